"""What the fuzzer of an OSDP line watches over can be broken, each of it, and is noticed then. And its parts."""

import random

import pytest

from firmware.wire import osdp_bus, osdp_cp, osdp_frame, osdp_keys, osdp_link, osdp_replies, osdp_start
from tests.fuzz import kept, soundness, story
from tests.fuzz.osdp import seeds, target
from tests.fuzz.osdp.frames import check_stream, is_frame
from tests.fuzz.osdp.line import ANSWERS_MAX, STORY_MS_MAX
from tests.fuzz.osdp.mutator import LineMutator
from tests.fuzz.osdp.pieces import ANSWER, BE, DO, FRAME, ONLINE, PIECES_MAX, SAY, WAIT, joined, pieces
from tests.fuzz.osdp.watch import SHAPES
from tests.wire.osdp_pd import framed
from tests.wire.osdp_vectors import all_frames

pytestmark = pytest.mark.slow

CARD = b"\0\0\x08\0\xa5"
PLAIN_CARD = (FRAME, b"\0\0\x50\0" + CARD)
A_SECOND = (WAIT, b"\xe8\3")
LOUD = [(DO, bytes([0, 2, 0]))] * 12


def believing(link, frame, judge=osdp_link.Link.judge):
    """A plain answer is one, whatever was agreed on."""
    if frame.address == link.address | 0x80 and not frame.block and frame.control & 3 == link._number:
        return link._reply(frame, frame.data)
    return judge(link, frame)


def asking_for_default(keys):
    return 0, b"0123456789:;<=>?"


def all_is_right(raw, takes_sums):
    return ""


# What is broken, how, and the story that shows it.
BROKEN = {
    "plain is believed": (osdp_link.Link, "judge", believing, joined(ONLINE, [PLAIN_CARD])),
    "downgrade": (osdp_start.Start, "_cap", lambda start, data: osdp_start.READY, joined(0, [A_SECOND])),
    "the default key at any time": (osdp_keys.Keys, "choice", asking_for_default, joined(0, [A_SECOND])),
    "a plain reader though none is allowed": (osdp_cp.OsdpReader, "_may_speak", lambda reader: True,
        joined(0, [(BE, bytes([who, 0, 1])) for who in range(4)] + [(WAIT, b"\xff\x20"), (BE, b"\2\0\0"), (WAIT, b"\xff\x20")])),
    "polls without a pause": (osdp_cp, "_POLL_MS", 0, joined(ONLINE, [A_SECOND])),
    "time stands still": (osdp_bus.OsdpBus, "next_deadline_ms", lambda bus: 0, joined(0, [A_SECOND])),
    "a queue without an end": (osdp_cp, "_QUEUE_LEN_MAX", 99, joined(ONLINE, LOUD)),
    "an event that nobody knows": (osdp_cp.OsdpReader, "_news", lambda reader, said: [("strange",)], joined(ONLINE, [A_SECOND])),
    "a card of any bits": (osdp_replies, "_card", lambda data: ("card", "1" * data[2], data[0]), joined(ONLINE, [(SAY, b"\0\x50" + CARD), A_SECOND])),
    "a card without bits": (osdp_replies, "_card", lambda data: ("card", "1" * data[2], data[0]), joined(ONLINE, [(SAY, b"\0\x50\0"), A_SECOND])),
    "every frame is right": (osdp_frame, "_damage", all_is_right, joined(ONLINE, [(ANSWER, b"\1\x05\1")])),
    "no way back": (osdp_cp, "_REFUSED_MS", 1 << 40, joined(ONLINE, [(BE, b"\0\x0a\1"), (BE, b"\0\1\0"), A_SECOND])),
    "plain questions to a key": (osdp_link.Link, "is_secure", property(lambda link: False, lambda link, value: None), joined(ONLINE, [A_SECOND])),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_what_is_broken_is_noticed(monkeypatch, name):
    owner, attribute, value, told = BROKEN[name]
    target.verdict(told)
    monkeypatch.setattr(owner, attribute, value, raising=False)
    with pytest.raises((AssertionError, KeyError, IndexError)):
        target.verdict(told)


def test_a_search_that_works_too_much_is_noticed(monkeypatch):
    told = next(told for told in (joined(ONLINE, [A_SECOND] * count) for count in range(1, 40)) if soundness.counts(told))
    soundness.check_line(told)
    tick = osdp_bus.OsdpBus.tick
    monkeypatch.setattr(osdp_bus.OsdpBus, "tick", lambda bus, now_ms: [bus.next_deadline_ms() for _ in range(200)] and tick(bus, now_ms))
    with pytest.raises(AssertionError, match="calls for"):
        soundness.check_line(told)


def test_a_forged_card_of_the_right_key_and_number_is_a_card():
    """A frame can be made that is right in all, or else nothing behind the MAC would be reached."""
    for who, how in ((0, 0x80), (1, 0), (3, 0x80)):
        line = target.live(joined(ONLINE, [(FRAME, bytes([who, how, 0x50, 0]) + CARD), A_SECOND]))
        assert line.say("card") == [("card", "10100101", 0)], who
        assert line.reader().faults == {}


def test_each_way_for_bytes_to_arrive_is_one():
    for way, faults in ((0x00, {}), (0x40, {}), (0x80, {"cut": 1}), (0xC0, {})):
        line = target.live(joined(ONLINE, [(ANSWER, bytes([1 | way])), A_SECOND]))
        assert line.bus.frames.faults.get("cut", 0) == faults.get("cut", 0), way


def test_any_bytes_are_a_story():
    draw = random.Random(1)
    for _ in range(300):
        beginning, made = pieces(draw.randbytes(draw.randrange(80)))
        assert pieces(joined(beginning, made)) == (beginning, made)
    assert pieces(b"") == (0, []) and len(pieces(bytes(1000))[1]) == PIECES_MAX


def test_a_story_has_an_end():
    line = target.live(joined(0, [(WAIT, b"\xff\xff")] * PIECES_MAX))
    assert STORY_MS_MAX <= line.now_ms and len(line.watch.all_ms) < ANSWERS_MAX + 5 * STORY_MS_MAX // 1000


def test_what_it_begins_with_goes_many_ways():
    told = seeds.for_line()
    assert len({target.verdict(each) for each in told}) > 100
    events = {event[0] for each in told for event in target.live(each).say()}
    assert events == set(SHAPES)


def test_changed_stories_are_others_and_say_all_kinds_of_things():
    draw = random.Random(1)
    mutator = LineMutator(draw, lambda raw: raw[::-1])
    told, kinds = joined(ONLINE, []), set()
    for _ in range(400):
        changed = mutator.story(told)
        kinds |= {kind for kind, _ in pieces(changed)[1]}
        told = mutator.mixed(changed, told) if draw.random() < 0.2 else changed
    assert kinds == set(range(8))


def test_a_frame_is_what_a_frame_is():
    for data, _ in all_frames():
        assert is_frame(data) and not is_frame(data[:-1]) and not is_frame(data + b"\0")
    for place in range(8):
        made = bytearray(framed(0x80, 4, 0x50, CARD))
        made[place] ^= 1
        assert not is_frame(bytes(made))


def test_a_frame_that_was_not_there_is_noticed():
    class Liar(osdp_frame.Frames):
        def next(self, is_over=False):
            frame = super().next(is_over)
            if frame:
                frame.signed = frame.signed[:-1] + b"\xee"
            return frame

    stream = b"\xff" + framed(0x80, 4, 0x40) + b"\0\x53" + framed(0x80, 5, 0x50, CARD)
    for size in (1, 5, 100):
        assert check_stream(osdp_frame.Frames(), stream, size) == 2
        with pytest.raises(AssertionError):
            check_stream(Liar(), stream, size)


def test_the_kept_stories_reach_what_is_hard_to_reach():
    """Both halves of a rotation, a window's ends, and every reason to refuse that a reader can bring about."""
    seen = set()
    for _, told in story.load(str(kept.path("osdp"))):
        seen |= {event[:2] if event[0] in ("refused", "pairing_failed", "rotation_failed") else event[:1] for event in target.live(told).say()}
    for why in ("identity", "no_encryption", "challenge", "default_key", "cryptogram", "rmac", "forged", "malformed", "bad_mac", "nak", "no_key"):
        assert ("refused", why) in seen, why
    assert ("paired",) in seen and ("rotated",) in seen and ("pairing_failed", "timeout") in seen
