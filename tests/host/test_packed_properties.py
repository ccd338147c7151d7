"""Packed events: whatever JSON holds comes back exactly, whatever bytes arrive raise ValueError at most."""
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.wire import packed
from firmware.wire.packed import Names, head, pack, pack_all, peek, unpack
from firmware.wire.packed_words import STREAMS, TYPE_COUNT, WORD_COUNT, kind, word
from tests.wire.test_packed import events, is_same

pytestmark = pytest.mark.slow
START_MS = 1767600000000
WORDS = [word(code) for code in range(WORD_COUNT)]
TYPES = [kind(code)[1] for code in range(TYPE_COUNT)]
NATURALS = st.integers(0, 2**64 - 1) | st.integers(0, 200) | st.integers(START_MS - 10**10, START_MS + 10**10)
SCALARS = st.none() | st.booleans() | st.integers(-(2**63), 2**63) | NATURALS
TEXTS = st.text(max_size=30) | st.sampled_from([*WORDS, *TYPES, "c1", "kim", "lobby", "lobby_in"])
EVENT_NAMES = st.tuples(TEXTS, NATURALS, NATURALS).map(list)
PAIRS = st.tuples(st.sampled_from(["in", "out", "off"]), st.sampled_from(["off", "soft", "deny", "hard", "in"])).map(list)
JSON = st.recursive(
    SCALARS | TEXTS | EVENT_NAMES | PAIRS,
    lambda inner: st.lists(inner, max_size=20) | st.dictionaries(TEXTS, inner, max_size=6),
    max_leaves=12,
)
FIELDS = {
    "type": st.sampled_from(TYPES) | JSON,
    "controller": st.sampled_from(["c1", "c2"]) | JSON,
    "inc": st.sampled_from([0, 1, 1767603600]) | JSON,
    "stream": st.sampled_from(STREAMS) | JSON,
    "seq": NATURALS | JSON,
    "stamp": st.integers(0, 2**64 - 1) | st.integers(START_MS, START_MS + 9999).map(lambda ms: ms << 16) | JSON,
    "at_ms": st.integers(START_MS, START_MS + 9999) | JSON,
    "err_ms": st.integers(0, 300) | JSON,
    "no": st.none() | st.integers(0, 65535) | JSON,
}
OTHERS = st.dictionaries(st.sampled_from(WORDS) | TEXTS, JSON, max_size=8)
ANY_EVENT = st.builds(lambda fields, others: {**others, **fields}, st.fixed_dictionaries({}, optional=FIELDS), OTHERS)
REAL = events()


@st.composite
def changed_events(draw):
    """A real event of which some fields were dropped, replaced or added."""
    event = dict(draw(st.sampled_from(REAL)))
    for field in draw(st.lists(st.sampled_from(sorted(event)), max_size=3)):
        event.pop(field, None)
    for field in draw(st.lists(st.sampled_from([*FIELDS, "door", "judge", "after", "was", "boot", "x"]), max_size=3)):
        event[field] = draw(FIELDS.get(field, JSON))
    return event


EVENTS = ANY_EVENT | changed_events()


def packed_or_none(event, names):
    """Whatever fits must be packed: what is short as JSON is short when packed."""
    known = len(names)
    try:
        return pack(event, names)
    except ValueError:
        assert len(json.dumps(event, ensure_ascii=False).encode()) > packed.BYTES_MAX - 40
        assert len(names) == known
        return None


@settings(max_examples=400, deadline=None)
@given(EVENTS)
def test_any_event_comes_back_as_it_was(event):
    data = packed_or_none(event, Names())
    assert data is None or (len(data) <= packed.BYTES_MAX and is_same(unpack(data, Names()), event))


@settings(max_examples=150, deadline=None)
@given(st.lists(EVENTS, max_size=8), st.lists(st.booleans(), min_size=8, max_size=8))
def test_events_of_a_sector_come_back_whether_heads_or_all_of_those_before_were_read(sector, reads_head):
    writer, reader, memory = Names(), Names(), []
    for event, only_head in zip(sector, reads_head):
        data = packed_or_none(event, writer)
        if data is None:
            continue
        memory.append((data, event))
        if only_head:
            head(data, reader)
        else:
            assert is_same(unpack(memoryview(data), reader), event)
        assert (reader.texts, reader.origins) == (writer.texts, writer.origins)
    for data, event in memory:
        assert is_same(unpack(data, reader), event)


@settings(max_examples=200, deadline=None)
@given(EVENTS, st.randoms())
def test_bytes_do_not_depend_on_the_order_of_keys(event, random):
    keys = list(event)
    random.shuffle(keys)
    one, other = Names(), Names()
    assert packed_or_none(event, one) == packed_or_none({key: event[key] for key in keys}, other)
    assert (one.texts, one.origins) == (other.texts, other.origins)


@settings(max_examples=200, deadline=None)
@given(EVENTS)
def test_the_head_is_what_the_whole_event_says(event):
    names = Names()
    data = packed_or_none(event, names)
    place = peek(data) if data else None
    if place:
        assert head(data, Names())[2:] == place[2:] and names.origins[place[0]] == (event["controller"], event["inc"])
        assert place[2:5] == (event["stream"], event["seq"], event["stamp"])
        assert place[1] == (event.get("type") if event.get("type") in TYPES[1:] else "")
        assert place[5] is None or place[5] == event["no"]


@settings(max_examples=100, deadline=None)
@given(EVENTS, st.lists(st.text(min_size=15, max_size=60), max_size=60), st.text(max_size=300))
def test_events_too_long_for_one_record_come_back_from_several(event, doors, reason):
    event = {**event, "doors": doors, "reason": reason}
    writer, reader = Names(), Names()
    try:
        records = pack_all(event, writer)
    except ValueError:
        assert len(writer) == 0 and len(json.dumps(event)) > packed.BYTES_MAX
        return
    assert all(len(record) <= packed.BYTES_MAX for record in records)
    assert [unpack(record, reader) for record in records[:-1]] == [None] * (len(records) - 1)
    assert is_same(unpack(records[-1], reader), event)


def _is_event_or_refused(data, names):
    for call in (peek, head, unpack):
        try:
            told = call(data, names) if call is not peek else call(data)
            json.dumps(told)
        except ValueError:
            pass
        assert len(names) == len(names.texts) + len(names.origins) == len(set(names.texts)) + len(set(names.origins))


@settings(max_examples=400, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([b"", b"\x40", b"\x44", b"\x54", b"\x5c", b"\x68", b"\x70", b"\x74"]))
def test_any_bytes_are_an_event_or_refused(data, first):
    names = Names()
    pack(REAL[0], names)
    _is_event_or_refused(first + data, names)


@settings(max_examples=400, deadline=None)
@given(EVENTS, st.lists(st.tuples(st.integers(0, 489), st.integers(0, 255)), max_size=4), st.integers(0, 490))
def test_damaged_events_are_an_event_or_refused(event, changes, size):
    data = bytearray(packed_or_none(event, Names()) or b"")
    for place, byte in changes:
        if data:
            data[place % len(data)] = byte
    _is_event_or_refused(bytes(data[:size]), Names())
