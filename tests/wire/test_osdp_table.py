"""Every question of a start, the first poll and the first command, times everything that can come instead of the answer.

Layout of a cell: "on" to the next question, "again" the same bytes, "start" anew, "wait" for the answer, or why it is refused.
"""

from firmware.hal import aes
from firmware.wire import osdp_commands as commands
from firmware.wire.osdp_cp import OsdpReader
from firmware.wire.osdp_frame import Frames
from tests.wire.osdp_pd import Pd, framed
from tests.wire.osdp_world import KEY, Dice

QUESTIONS = "id cap chlng scrypt id2 cap2 poll led".split(" ")


def nak(reason):
    return lambda number, reply: framed(0x80, 4 | number, 0x41, bytes([reason]))


def with_mac(code):
    return lambda number, reply: framed(0x80, 4 | number, code, b"", b"\x16", lambda begun: bytes(4))


INPUTS = {
    "answer": lambda number, reply: reply,
    "silence": None,
    "busy": lambda number, reply: framed(0x80, 4, 0x79),
    "nak 1": nak(1),
    "nak 3": nak(3),
    "nak 4": nak(4),
    "nak 5": nak(5),
    "nak 6": nak(6),
    "ack": lambda number, reply: framed(0x80, 4 | number, 0x40),
    "card": lambda number, reply: framed(0x80, 4 | number, 0x50, b"\0\0\x08\0\xa5"),
    "mac": with_mac(0x40),
    "card, mac": with_mac(0x50),
    "handshake": lambda number, reply: framed(0x80, 4 | number, 0x40, b"", b"\x14\x01"),
    "number": lambda number, reply: framed(0x80, 4 | number % 3 + 1, 0x40),
    "number 0": lambda number, reply: framed(0x80, 4, 0x40),
    "address": lambda number, reply: framed(0x81, 4 | number, 0x40),
    "question": lambda number, reply: framed(0x00, 4 | number, 0x60),
}
# To the first question a new start is the same bytes again. Number 0 is the right one there.
SAME = ("again",) * 8
TABLE = {
    "answer": ("on",) * 8,
    "silence": SAME,
    "busy": SAME,
    "nak 1": SAME,
    "nak 3": ("again", "start", "challenge", "start", "start", "start", "start", "start"),
    "nak 4": ("again", "start", "challenge", "start", "start", "start", "start", "start"),
    "nak 5": ("again", "start", "no_encryption", "start", "start", "start", "start", "start"),
    "nak 6": ("again", "start", "challenge", "start", "start", "start", "start", "start"),
    "ack": ("again", "start", "start", "rmac", "again", "again", "again", "again"),
    "card": ("again", "start", "start", "rmac", "again", "again", "again", "again"),
    "mac": ("again", "start", "start", "start", "again", "again", "again", "again"),
    "card, mac": ("again", "start", "start", "start", "again", "again", "again", "again"),
    "handshake": ("again", "start", "start", "rmac", "again", "again", "again", "again"),
    "number": ("wait",) * 8,
    "number 0": ("again",) + ("start",) * 7,
    "address": ("wait",) * 8,
    "question": ("wait",) * 8,
}


def frame_of(data):
    frames = Frames()
    frames.feed(data)
    return frames.next()


def asked(place):
    """(a reader that has just asked this question, its question, the answer, when it was)."""
    reader, pd, now_ms = OsdpReader(0, KEY, aes, Dice()), Pd(0, KEY), 0
    while True:
        assert reader.tick(now_ms) == []
        question = reader.question(now_ms)
        reply = pd.hear(question)
        if not place:
            return reader, question, reply, now_ms
        place -= 1
        reader.answer(frame_of(reply), now_ms)
        if question[5] & 8 and question[8] == 0x60:
            reader.command("led", commands.led((1, 0, 1, 0)))
        now_ms = reader.due_ms


def outcome(place, name):
    reader, question, reply, now_ms = asked(place)
    if INPUTS[name]:
        events = reader.answer(frame_of(INPUTS[name](question[5] & 3, reply)), now_ms + 5)
    else:
        events = reader.no_answer(now_ms + 200)
    if events is None:
        return "wait"
    assert name == "answer" or not [event for event in events if event[0] not in ("refused", "offline")], events
    if reader.refused:
        assert reader.due_ms >= now_ms + 500
        return reader.refused
    assert reader.due_ms <= now_ms + 1300
    again = reader.question(reader.due_ms)
    if again == question:
        return "again"
    return "start" if again[6] == 0x61 and again[5] & 3 == 0 else "on"


def test_every_question_times_everything_that_can_come():
    assert set(INPUTS) == set(TABLE)
    for name in sorted(TABLE):
        seen = tuple([outcome(place, name) for place in range(len(QUESTIONS))])
        assert seen == TABLE[name], (name, seen)


def test_the_questions_are_these():
    seen = []
    for place in range(len(QUESTIONS)):
        question = asked(place)[1]
        seen.append(question[6] if not question[5] & 8 else question[6 + question[6]])
    assert seen == [0x61, 0x62, 0x76, 0x77, 0x61, 0x62, 0x60, 0x69]


def test_what_stays_away_three_times_is_asked_three_times_and_then_anew():
    for place in range(1, len(QUESTIONS)):
        for name in ("silence", "nak 1"):
            reader, question, reply, now_ms = asked(place)
            for no in range(3):
                if name == "silence":
                    assert reader.no_answer(now_ms) == []
                else:
                    assert reader.answer(frame_of(INPUTS[name](question[5] & 3, reply)), now_ms) == []
                now_ms = reader.due_ms
                assert (reader.question(now_ms) == question) == (no < 2), (QUESTIONS[place], name, no)
            assert reader.faults["restart_no_answer"] == 1


def test_what_somebody_else_may_have_said_is_asked_once_more_and_then_anew():
    for place in range(4, len(QUESTIONS)):
        for name, why in (("ack", "plain"), ("card", "plain"), ("handshake", "plain"), ("mac", "bad_mac"), ("card, mac", "bad_mac")):
            reader, question, reply, now_ms = asked(place)
            for no in range(2):
                assert reader.answer(frame_of(INPUTS[name](question[5] & 3, reply)), now_ms) == []
                now_ms = reader.due_ms
                assert (reader.question(now_ms) == question) == (no < 1), (QUESTIONS[place], name, no)
            assert reader.faults["restart_" + why] == 1
