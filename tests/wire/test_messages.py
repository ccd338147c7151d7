"""Messages between controllers: what comes back as it was sent, and what is none."""

import json

from firmware.core import stamp
from firmware.wire import messages, packed
from tests.core.facts import START_MS, Writer, area

SLOW = ("test_no_field_can_be_spoiled_so_that_decoding_raises",)

HEADS = {"facts": 3, "notes": 0, "site": 1}


def message(kind, **fields):
    made = {"t": kind, "from": "c1", "inc": 1, "heads": HEADS, "stamp": stamp.at(START_MS) + 5}
    made.update(fields)
    return made


def each_kind():
    write = Writer()
    events = [
        write.badge(1, "in", user="kim", after={"a": ["c2", 1, 7]}),
        write.denied(2, "out", because={"area": "a"}, areas=["a"]),
        write("access.denied", 3, no=None, user=None, door="d", reader="c1_in", reason="bad_read"),
        write("access.entered", 4, no=65535, door="d", reader="c1_in"),
        write.clear(5, nonce="n1", of=["c1", 1, 1]),
        write.move(6, "unknown"),
        write.set(7, settings=area("deny", reset_at=[240], capacity=3)),
        write("emergency.started", 8, source=["c1", "fire", 1]),
        write("emergency.ended", 9, ends=[["c1", "fire", 1], ["ada", "n2"]]),
        write("lockdown.started", 10, doors=["d"]),
        write("controller.retired", 11, peer="c2"),
        write("door.forced", 12, door="d", egress=True),
    ]
    return [
        message("log", entries=events),
        message("log", entries=[], gone=[["c2", 1, "notes", 3, 9]], stamp=None),
        full_heartbeat(),
        message("want", origin=["c2", 1], stream="facts", first=1, last=9, any=True),
        message("ask", to=["c2", "c3"], question=stamp.at(START_MS), no=4, areas=["a"]),
        message("ask", to=[], question=stamp.at(START_MS), no=None, areas=[]),
        message("answer", to="c2", question=1),
        message("wait", to="c2", question=(1 << 64) - 1),
        message("have", hw="", clock=[START_MS, 100, True]),
    ]


def full_heartbeat():
    """A heartbeat with all that one can carry."""
    return message(
        "have",
        hw="24:6f:28:01:02:03",
        clock=[START_MS, 60000, False],
        newest=stamp.at(START_MS),
        sources=[[["c1", "fire", 1], stamp.at(START_MS), START_MS], [["ada", "n2"], 1, 2]],
        lockdowns=[[["d", "e"], stamp.at(START_MS), ["c1", 1, 3], None], [["f"], 5, ["c1", 1, 0], "n3"]],
        health={"dropped": 3},
        digest=["a", 77, "00ff"],
        vector=[["c1", 1, "facts", 3], ["c2", 5, "notes", 0]],
        beyond=[["c3", 1, "site", 7]],
        began=[["facts", 4, stamp.at(START_MS)], ["site", 1, 5]],
        asks=False,
    )


def test_every_message_comes_back_as_it_was_sent():
    for sent in each_kind():
        assert messages.decode(messages.encode(sent)) == sent, sent["t"]


def test_encoding_changes_nothing_of_the_event():
    write = Writer()
    event = write.badge(1, "in")
    before = dict(event)
    messages.encode(message("log", entries=[event]))
    assert event == before and isinstance(event["stamp"], int)


def test_bytes_that_are_no_message_are_none():
    for payload in (b"", b"x", b"{", b"[]", b"null", b"1", b'"have"', b"{}", b"\xff\xfe", b"[" * 500, b"\x00", b"{}" * 9):
        assert messages.decode(payload) is None, payload
    assert messages.decode(b" " * 70000) is None


def spoiled(sent, path, value):
    """A message with one field replaced, or left out where the value is `spoiled`."""
    made = json.loads(messages.encode(sent))
    place = made
    for key in path[:-1]:
        place = place[key]
    if value is spoiled:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return json.dumps(made).encode()


def paths(value, path=()):
    found = [path] if path else []
    if isinstance(value, dict):
        for key in sorted(value):
            found += paths(value[key], path + (key,))
    elif isinstance(value, list):
        for place in range(len(value)):
            found += paths(value[place], path + (place,))
    return found


def test_no_field_can_be_spoiled_so_that_decoding_raises():
    bad = (spoiled, None, -1, "", [[]], {"a": 5}, "0" * 16)
    for sent in each_kind():
        for path in paths(json.loads(messages.encode(sent))):
            for value in bad:
                made = messages.decode(spoiled(sent, path, value))
                assert made is None or made["t"] in ("log", "have", "want", "ask", "answer", "wait")


def refused(sent, path, *values):
    for value in values:
        assert messages.decode(spoiled(sent, path, value)) is None, (path, value)
    return True


def test_what_a_fold_reads_is_checked():
    log = each_kind()[0]
    refused(log, ("entries", 0, "no"), None, -1, 65536, "0", True, spoiled)
    refused(log, ("entries", 0, "judge"), {"a": 5}, {"a": ["in"]}, {"a": ["up", "hard"]}, {"a": ["in", "firm"]}, [], spoiled)
    refused(log, ("entries", 0, "after"), {"a": 5}, {"a": ["c1", 1]}, {"a": ["c1", -1, 1]}, [], None)
    refused(log, ("entries", 0, "at_ms"), -1, 1 << 45, None, "now", spoiled)
    refused(log, ("entries", 0, "err_ms"), -1, None, spoiled)
    refused(log, ("entries", 0, "stamp"), 5, None, "0" * 15, "0x" + "0" * 14, spoiled)
    refused(log, ("entries", 0, "stream"), "notes", "site", None, spoiled)
    refused(log, ("entries", 0, "type"), "access.maybe", [], {}, None, spoiled)
    refused(log, ("entries", 0, "reader"), None, 5, "", spoiled)
    refused(log, ("entries", 3, "door"), None, 5, spoiled)
    refused(log, ("entries", 4, "of"), None, ["c1", 1], "c1", [1, 1, 1])
    refused(log, ("entries", 5, "presence"), "never", None, "inside", spoiled)
    refused(log, ("entries", 7, "source"), [1, 2], ["c1"], ["c1", "fire", "1"], ["c1", 1, 1], ["c1", "fire", -1], spoiled)
    refused(log, ("entries", 8, "ends"), [["c1"]], [[1, 2]], None, {}, spoiled)
    refused(log, ("entries", 9, "doors"), None, 5, [5], "d", spoiled)
    refused(log, ("entries", 1, "areas"), 5, [5], "a", {})
    refused(log, ("entries", 9, "judge"), 5, True, [5], "a", {"a": 5})  # a link reads it, whatever the type


def test_settings_are_an_object():
    refused(each_kind()[0], ("entries", 6, "settings"), None, [], 5, "hard", spoiled)


def test_what_names_a_sender_a_stream_or_a_question_is_checked():
    have = each_kind()[2]
    refused(have, ("from",), "", "x" * 65, 5, None, spoiled)
    refused(have, ("heads", "facts"), -1, None, "3", spoiled)
    refused(have, ("vector", 0), ["c1", 1, "facts"], ["c1", 1, "none", 3], "c1fa", 5, None)
    refused(have, ("stamp",), 5, "zz", spoiled)
    refused(each_kind()[3], ("origin",), ["c1"], "c1", None, spoiled)
    refused(each_kind()[3], ("any",), 5, "yes", [])
    refused(each_kind()[4], ("question",), None, 5, spoiled)
    refused(each_kind()[4], ("to",), None, "c2", [5], spoiled)
    refused(each_kind()[6], ("to",), None, ["c2"], 5, spoiled)
    refused(each_kind()[1], ("gone", 0), ["c2", 1, "notes", 3], ["c2", 1, "notes", -3, 9], 5, None)


def test_what_a_heartbeat_tells_is_checked():
    have = full_heartbeat()
    refused(have, ("hw",), None, 5, "x" * 65, spoiled)
    refused(have, ("clock",), None, 5, [], [1, 2], [1, 2, 3], [-1, 2, True], [1 << 45, 2, True], [1, "2", True])
    refused(have, ("newest",), 5, "zz", [])
    refused(have, ("sources",), None, 5, [[["c1", "fire", 1], "0" * 16]], [[["c1"], "0" * 16, 1]], {"a": 1})
    refused(have, ("sources", 0, 1), 5, None, "0" * 15)
    refused(have, ("lockdowns", 0), [["d"], "0" * 16, ["c1", 1, 3]], [["d"], "0" * 16, ["c1", 1], None], [[5], "0" * 16, ["c1", 1, 3], None])
    refused(have, ("lockdowns", 1, 3), 5, "", [])
    refused(have, ("health",), None, [], {"a": -1}, {"a": "1"}, 5)
    refused(have, ("digest",), 5, ["a", 1], ["", 1, 2], ["a", None, 2], ["a", [], 2])
    refused(have, ("asks",), 5, "yes", [])
    refused(have, ("vector",), None, 5, {"a": 1})
    refused(have, ("beyond",), None, 5, {"a": 1}, [["c3", 1, "site"]], [["c3", 1, "none", 7]])


def test_a_long_list_goes_in_several_messages():
    write = Writer()
    entries = [write.badge(at, "in", user="kim", after={"a": ["c2", 1, 7]}) for at in range(60)]
    log = message("log", entries=entries, gone=[["c2", 1, "notes", 3, 9]])
    payloads = messages.encode_all(log)
    parts = [messages.decode(payload) for payload in payloads]
    assert [event for part in parts for event in part["entries"]] == entries
    assert max([len(payload) for payload in payloads]) <= 1000 and len(entries) >= 2 * len(parts)
    assert [part.get("gone") for part in parts[1:]] == [None] * (len(parts) - 1) and parts[0]["gone"] == log["gone"]
    have = full_heartbeat()
    have["vector"] = [["controller-%d" % number, 1767600000, "facts", 123456] for number in range(192)]
    have["asks"] = True
    parts = [messages.decode(payload) for payload in messages.encode_all(have)]
    assert [row for part in parts for row in part["vector"]] == have["vector"] and 10 < len(parts) < 40
    assert [part.get("asks") for part in parts] == [True] + [None] * (len(parts) - 1)
    assert all([part["stamp"] == have["stamp"] and part["heads"] == HEADS for part in parts])


def test_one_message_is_one_whether_it_may_be_several_or_not():
    short = message("log", entries=each_kind()[0]["entries"][:2])
    for sent in each_kind()[1:] + [short]:
        assert [messages.decode(payload) for payload in messages.encode_all(sent)] == [sent]


def test_a_long_entry_goes_alone():
    write = Writer()
    long = write("command.refused", 1, operator="\x01" * 300, action="a", reason="\x01" * 300)
    payloads = messages.encode_all(message("log", entries=[write.badge(1, "in"), long, write.badge(2, "in")]))
    assert [len(messages.decode(payload)["entries"]) for payload in payloads] == [1, 1, 1]


def test_every_message_cut_short_is_none():
    for sent in each_kind():
        payload = messages.encode(sent)
        step = 1 if len(payload) < 400 else 37
        # MicroPython's json does not miss the last bracket, and nothing is lost with it.
        for length in range(0, len(payload) - 1, step):
            assert messages.decode(payload[:length]) is None
        assert messages.decode(payload + payload) is None


def test_what_the_flash_cannot_hold_is_refused():
    value, deep = 1, []
    for _ in range(20):
        value = [value]
        deep.append(value)
    too_much = [0.5, 1e300, 1 << 64, -(1 << 64) - 1, "x" * 481, "\u8d77" * 161, list(range(600)), "a\ud83d", {"\udc00": 1}]
    too_much += [["text-number-%d" % number for number in range(300)], deep[15], deep[19]]
    fitting = [1 << 63, -(1 << 63), "x" * 480, "\u8d77" * 160, list(range(200)), deep[14], None, True]
    fitting.append(["controller-of-house-%d" % number for number in range(63)])
    for value in too_much + fitting:
        made = messages.encode(message("log", entries=[Writer()("door.opened", 1, door="d")]))
        sent = json.loads(made.decode())
        sent["entries"][0]["note"] = value
        told = messages.decode(json.dumps(sent).encode()[:4096])
        if value in too_much:
            assert told is None, value
        else:
            assert packed.pack_all(told["entries"][0], packed.Names())


def test_a_nonce_is_short():
    for nonce, is_one in (("n" * 64, True), ("n" * 65, False), ("", False), (1, False), (None, True)):
        made = messages.encode(message("log", entries=[Writer()("door.opened", 1, door="d", nonce=nonce)]))
        assert (messages.decode(made) is not None) == is_one


def test_what_parsers_read_differently_is_no_message():
    have = messages.encode(message("have", hw=""))
    assert messages.decode(have[:-1] + b',"more":[1,{"of":"it"}]}') is not None
    for more in (b"1.5", b"1e3", b"NaN", b"[1,]", b"[1 2]", b"01", b'"\\z"', b'"\\u12zz"', b'"\x01"', b"{1:2}", b"[" * 20 + b"]" * 20, b'"\xc0\xaf"'):
        assert messages.decode(have[:-1] + b',"more":' + more + b"}") is None, more
    for end in (b"", b"}}", b"\x00", b"\x00}", b",}"):
        assert messages.decode(have[:-1] + end) is None, end


def test_an_escaped_backslash_begins_no_escape():
    made = message("have", hw="C:\\udata\\uD83D")
    assert messages.decode(messages.encode(made)) == made


def test_heads_are_those_of_the_three_streams():
    have = full_heartbeat()
    for more in ({"rumours": 1}, {"rumours": []}):
        refused(have, ("heads",), dict(HEADS, **more))


def test_the_bytes_of_a_page_are_base64_by_the_letter():
    page = message("page", to="c2", offset=0, size=4, crc=1, bytes="AAECAw==")
    assert messages.decode(messages.encode(page)) == page
    refused(page, ("bytes",), "AAECAw", "AAECAw=", "AAEC\nAw==", "AAEC*Aw==", "AAECAx==", "AAECAw==AAEC", "=", "A", "\u00e9", 5, None, spoiled)
    assert messages.decode(spoiled(page, ("bytes",), "")) is not None
    assert messages.decode(spoiled(page, ("bytes",), "AAAA" * 900)) is not None
    refused(page, ("bytes",), "AAAA" * 901)


def test_characters_go_as_they_are_and_halves_are_refused():
    made = messages.encode(message("log", entries=[Writer().clear(1, reason="\U0001f600\u8d77")]))
    assert b"\\u" not in made and "\U0001f600\u8d77".encode() in made
    assert messages.decode(made)["entries"][0]["reason"] == "\U0001f600\u8d77"
    spoiled_ones = (b"\\ud83d\\ude00", b"\\uD83D", b"\xed\xa0\xbd\xed\xb8\x80")
    for raw in spoiled_ones:
        assert messages.decode(made.replace("\U0001f600".encode(), raw)) is None
    assert messages.decode(made.replace("\U0001f600".encode(), "\ud7ff".encode())) is not None
