"""Packed events: they come back as they were, bytes that are none are refused, and names are spelled once."""

from firmware.core import stamp
from firmware.core.events import stream_of, types
from firmware.wire import packed, packed_words
from firmware.wire.packed import Names, head, pack, peek, unpack
from tests.core.facts import START_MS, Writer, area

INC = 1767603600
PLACED = ("type", "controller", "inc", "stream", "seq", "stamp", "no", "at_ms", "err_ms")
NO_END = (1 << 64) - 1  # a head holds `no` + 1 in 64 bits


def events():
    """One of each kind, as controllers write them, and some that nobody writes."""
    write = Writer()
    violates = {"a": "double_entrance"}
    because = {"area": "a", "at": START_MS + 80, "reader": "c1_in", "since": None, "expires": None, "ends": ["site_admin"]}
    made = [
        write.badge(1, "in", user="kim", card=1, after={"a": ["c2", INC, 700]}),
        write.badge(1, "out", user="kim", card=1, after={}, boot=2, up_ms=80, unverified=True),
        write.denied(2, "in", user="kim", card=2, because=because, areas=["a"], after={"a": ["c1", 1, 1]}, violates=violates),
        write("access.denied", 3, no=None, user=None, card=None, door="d", reader="c1_in", reason="bad_read", fault="parity"),
        write("access.entered", 4, no=65535, user="person-65535", door="d", reader="c1_in"),
        write("access.not_used", 4, no=65534, user="x", door="d", reader="c1_in", lost=True),
        write.clear(5, user="kim", operator="max", reason="he told me himself", of=["c1", 1, 1]),
        write.move(6, "unknown", nonce="n1", was=[INC - 5, 31]),
        write.set(7, settings=area("deny", reset_at=[240], capacity=3), configuration=70000),
        write("emergency.started", 8, source=["c1", "fire", 1], sources=[["c1", "fire", 1], ["ada", "n2"]]),
        write("emergency.ended", 9, ends=[["c1", "fire", 1]], source=["c1", "fire", 1], sources=[]),
        write("area.isolated", 10, area="a", controllers=["c%d" % n for n in range(20)]),
        write("output.on", 11, output="siren", why="door.forced"),
        write("door.forced", 12, door="d", egress=True),
        write("clock.set", 13, boot=1, offset=START_MS + 13000),
        write("door.opened", 14, door="\u00fc\u20ac\U0001f600\x00", note="x" * 200, stream="site"),
    ]
    return made + [changed(made[0], field, value) for field, value in CHANGES]


# As the first version packed events()[0], [0], [3], [12] and [7] in this order: these bytes are on people's boards.
PACKED = (
    "54010000000001019b8d2b8fe80000000117000563310102640a63315f696e026105633290fbedca06000000e9036b696d0001a1d102f3d102eb01bc05",
    "50010000000001019b8d2b8fe800000001000000e9036b696d0001a1d102f3d102eb01bc05",
    "50020000000004019b8d2b97b800000000030000e00001e06ed1e4459b",
    "6419000000000d019b8d2bb6f80000000007050a736972656e00000003ec12",
    "50090000000008019b8d2ba3700000000191060000028478e9026e31d1c7c2e5ebfaedca06bf",
)

CHANGES = [
    ("seq", (1 << 32) - 1), ("seq", 1 << 32), ("seq", (1 << 64) - 1), ("seq", -1), ("seq", True), ("seq", None),
    ("inc", INC), ("inc", 0), ("inc", (1 << 64) - 1), ("inc", -1), ("inc", "1"),
    ("stamp", 0), ("stamp", (1 << 64) - 1), ("stamp", None), ("stamp", False),
    ("at_ms", 0), ("at_ms", START_MS - 9), ("at_ms", (1 << 64) - 1), ("at_ms", -1), ("at_ms", True), ("at_ms", None),
    ("err_ms", 60000), ("err_ms", -1), ("err_ms", False), ("err_ms", []),
    ("no", 65534), ("no", 65535), ("no", NO_END - 1), ("no", NO_END), ("no", -1), ("no", True), ("no", "kim"),
    ("type", "door.unheard_of"), ("type", None), ("type", ["access.granted"]), ("type", ""),
    ("stream", "notes"), ("stream", "else"), ("stream", ["facts"]), ("controller", None), ("controller", ""),
    ("user", True), ("user", 31), ("user", 32), ("user", 1 << 63), ("user", -(1 << 63)), ("user", START_MS),
    ("user", [["in", "hard"], ["in", "c1"], ["out", True], ["in"], ["c1", 1, True], ["c1", -1, 1], [True, 1, 1], []]),
    ("user", {"judge": {"": {}}, "type": "type", "apb.reset": [list(range(40))], "long" * 20: None}),
]


def changed(event, field, value):
    made = dict(event)
    made[field] = value
    return made


def without(event, field):
    return {key: event[key] for key in event if key != field}


def is_same(one, other):
    """Equal, and of the same types all the way down: True is not 1."""
    if type(one) is not type(other) or one != other:
        return False
    if isinstance(one, dict):
        return all(is_same(one[key], other[key]) for key in one)
    return not isinstance(one, list) or all(is_same(one[place], other[place]) for place in range(len(one)))


def refuses(call, *arguments):
    try:
        call(*arguments)
    except ValueError:
        return True
    return False


def test_every_event_comes_back_as_it_was():
    for event in events():
        assert is_same(unpack(pack(event, Names()), Names()), event), event


def test_every_event_comes_back_from_a_sector_full_of_others():
    writer, reader = Names(), Names()
    for event in events() + events():
        assert is_same(unpack(pack(event, writer), reader), event), event
        assert reader.texts == writer.texts and reader.origins == writer.origins


def test_an_event_that_lacks_any_field_comes_back_without_it_and_null_as_null():
    for event in events()[:16] + [Writer()(kind, 1) for kind in types()]:
        assert is_same(unpack(pack(event, Names()), Names()), event), event
        for field in event:
            less, other = without(event, field), changed(event, field, None)
            assert is_same(unpack(pack(less, Names()), Names()), less), (event, field)
            assert is_same(unpack(pack(other, Names()), Names()), other), (event, field)
    assert unpack(pack({}, Names()), Names()) == {}


def test_every_interpreter_packs_as_the_first_version_did():
    writer, reader = Names(), Names()
    for place, digits in zip((0, 0, 3, 12, 7), PACKED):
        assert pack(events()[place], writer) == bytes.fromhex(digits), place
        assert is_same(unpack(bytes.fromhex(digits), reader), events()[place])


def test_packing_changes_nothing_of_the_event():
    for event in events():
        before = dict(event)
        pack(event, Names())
        assert event == before


def test_what_was_spelled_once_is_a_byte_from_then_on_but_for_people():
    names, event = Names(), events()[0]
    first, second = pack(event, names), pack(event, names)
    assert len(second) <= 38 and len(first) > len(second) + len("c1c1_indac2")
    assert names.find("kim") is None and names.find("c1_in") is not None


def test_who_knows_many_names_learns_no_more_and_everything_comes_back():
    writer, reader, write = Names(), Names(), Writer()
    for number in range(200):
        event = write("door.opened", number, door="door-%d" % number)
        assert is_same(unpack(pack(event, writer), reader), event)
    assert len(writer.texts) == len(reader.texts) <= 64


def test_the_head_tells_the_place_and_learns_what_the_record_spells():
    writer, reader = Names(), Names()
    for event in events():
        data = pack(event, writer)
        if peek(data) is None:
            assert head(data, reader) is None and reader.texts == writer.texts
            continue
        no = event["no"] if type(event.get("no")) is int and 0 <= event["no"] < NO_END else None
        told = head(data, reader)
        assert told == (event["controller"], event["inc"], event["stream"], event["seq"], event["stamp"], no)
        assert reader.texts == writer.texts and reader.origins == writer.origins
        assert peek(data)[2:] == told[2:] and writer.origins[peek(data)[0]] == told[:2]
        assert is_same(unpack(data, reader), event)


def test_an_event_without_a_place_has_no_head():
    for field in ("controller", "inc", "stream", "seq", "stamp"):
        data = pack(without(events()[0], field), Names())
        assert peek(data) is None and head(data, Names()) is None


def test_reading_a_record_again_teaches_nothing_twice():
    writer = Names()
    packed_events = [(pack(event, writer), event) for event in events()]
    before = len(writer)
    for data, event in packed_events:
        assert is_same(unpack(data, writer), event)
    assert len(writer) == before


def test_a_record_whose_sector_was_not_read_is_refused():
    names = Names()
    pack(events()[0], names)
    assert refuses(unpack, pack(events()[0], names), Names())
    assert refuses(unpack, pack(events()[4], names), Names())
    assert refuses(head, pack(events()[4], names), Names())
    half = Names()
    half.add_origin("c1", 1)
    siren = pack(events()[12], names)
    assert refuses(unpack, siren, half) and refuses(head, siren, half) and len(half) == 1


def test_a_broken_spelling_teaches_nothing():
    twice, too_long, no_number, no_text = b"\x05\x00\x02a\x02a", b"\x05\x00\x02a\x04b", b"\x04\x00\x02a\x80", b"\x05\x00\x02a\x02\xff"
    for spelling in (twice, too_long, no_number, no_text):
        names, record = Names(), b"\x74" + spelling + b"\xe0"
        assert refuses(unpack, record, names) and refuses(head, record, names)
        assert len(names) == 0 and not names.texts and names.find("a") is None
    assert unpack(b"\x74\x05\x00\x02a\x02b\xe0", Names()) is None


def test_values_within_values_have_an_end():
    assert unpack(b"\x70" + b"\xd1\x70" * 16 + b"\xa0", Names())
    for deep in (b"\xd1\x70" * 17 + b"\xa0", b"\xd1\x70" + b"\xc1" * 400 + b"\xa0", b"\xd1\x70" * 200 + b"\xa0"):
        assert refuses(unpack, b"\x70" + deep, Names())
    event, value = events()[0], 1
    for depth in range(1, 19):
        value = [value]
        for field in ("user", "unheard_of"):
            made = changed(event, field, value)
            assert refuses(pack, made, Names()) if depth > 16 - (field != "user") else unpack(pack(made, Names()), Names()) == made


def test_what_cannot_be_packed_is_refused_and_spells_nothing():
    names, event = Names(), events()[0]
    deep = []
    for _ in range(40):
        deep = [deep]
    wrong = [1 << 70, -(1 << 70), deep, b"bytes", {1: 2}, {"a": 1, 2: 3}, "x" * 500, ["some-name-%d" % n for n in range(99)]]
    for value in wrong:
        assert refuses(pack, changed(event, "user", value), names), value
        assert refuses(pack, changed(event, "other", value), names), value
        assert refuses(pack, {"other": value}, names), value
    assert len(names) == 0 and not names.texts and not names.origins and names.find("kim") is None


def test_an_event_with_many_or_long_texts_takes_several_records():
    controllers = ["controller-of-house-%d" % n for n in range(64)]
    long_one = Writer()("area.isolated", 1, area="a", controllers=controllers, reason="\u8d77" * 140, nonce="n" * 300)
    writer, reader, scan = Names(), Names(), Names()
    assert refuses(pack, long_one, writer) and len(writer) == 0
    records = packed.pack_all(long_one, writer)
    assert len(records) > 3 and max(len(record) for record in records) <= packed.BYTES_MAX
    for record in records[:-1]:
        assert unpack(record, reader) is None and head(record, scan) is None and peek(record) is None
    assert is_same(unpack(records[-1], reader), long_one) and head(records[-1], scan)[3] == 1
    assert scan.texts == reader.texts == writer.texts and unpack(records[0], reader) is None
    assert packed.pack_all(events()[0], Names()) == [pack(events()[0], Names())]
    assert packed.pack_all(long_one, writer) == [pack(long_one, writer)]


def test_what_no_records_can_hold_is_refused_and_spells_nothing():
    names, deep = Names(), []
    for _ in range(400):
        deep = [deep]
    for value in ("x" * 600, list(range(600)), deep, 1 << 70, b"bytes", {1: 1, "a": 1}):
        assert refuses(packed.pack_all, changed(events()[0], "user", value), names)
    assert len(names) == 0


def test_copied_names_grow_on_their_own():
    names = Names()
    names.add("one")
    other = names.copy()
    other.add("two")
    other.add_origin("c1", 1)
    assert names.find("two") is None and other.find("two") == 1 and other.text(1) == "two"
    assert len(names) == 1 and len(other) == 3


def test_bytes_cut_off_anywhere_are_refused():
    for event in events():
        data = pack(event, Names())
        for size in range(len(data)):
            assert refuses(unpack, data[:size], Names()), (event, size)
        assert refuses(unpack, data + b"\x00", Names())


def test_any_bit_turned_raises_nothing_but_a_refusal():
    for event in events()[:16]:
        data = bytearray(pack(event, Names()))
        for place in range(len(data)):
            for bit in range(8):
                data[place] ^= 1 << bit
                refuses(unpack, bytes(data), Names())
                refuses(head, bytes(data), Names())
                data[place] ^= 1 << bit


def test_bytes_by_chance_raise_nothing_but_a_refusal():
    state = 7
    for length in range(300):
        data = bytearray()
        for _ in range(length):
            state = state * 1664525 + 1013904223 & 0xFFFFFFFF
            data.append(state >> 24)
        for first in (None, 0x44, 0x54, 0x5C, 0x74, 0x70):
            refuses(unpack, bytes([first]) + data if first else bytes(data), Names())


def test_the_tables_fit_their_bytes():
    words = [packed_words.word(code) for code in range(packed_words.WORD_COUNT)]
    assert len(words) == len(set(words)) and packed_words.TYPE_COUNT == 54 <= 256
    assert words[0] == "in" and words[64] == "area" and words[124] == "type" and words[-1] == "main"
    assert [packed_words.code_of_word(word) for word in words] == list(range(len(words)))
    for code in range(1, packed_words.TYPE_COUNT):
        known = packed_words.kind(code)
        fields = known[2] + known[3]
        assert known == packed_words.kind_of(known[1]) and code == known[0] == packed_words.code_of_type(known[1])
        assert len(fields) == len(set(fields)) <= 60 and not any(field in PLACED for field in fields)
        assert all(field in words for field in fields) and stream_of(known[1])
    assert packed_words.kind(0) == packed_words.NO_KIND
    assert packed.BYTES_MAX == 490 and stamp.at_ms(stamp.at(5)) == 5


def test_nothing_but_a_whole_word_is_one():
    for text in ("", " ", "i", "n", "in out", " in", "in ", "main ", "nounced", "hard\n", "\u00fcber", "x" * 2000):
        assert packed_words.code_of_word(text) is None
    for text in ("", "access", "access.granted ", "access.granted user", "\naccess.granted", "granted", "user", "-"):
        assert packed_words.code_of_type(text) == 0 and packed_words.kind_of(text) is None
