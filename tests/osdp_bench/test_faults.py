"""The faults of the benchmark spoil what they say, once, and nothing else."""

from firmware.wire.osdp_frame import Frames
from tests.wire.osdp_pd import framed
from tools.bench.osdp.faults import REPLIES, Busy, Gone, Once, carries_card, faults

POLL = b"\xff" + framed(1, 5, 0x60, b"", b"\x15", lambda begun: bytes(4))
ACK = framed(0x81, 5, 0x40, b"", b"\x16", lambda begun: b"abcd")
CARD = framed(0x81, 5, 0x50, bytes(16), b"\x18", lambda begun: b"abcd")
SECOND_US = 1_000_000


def frame(data):
    """The frame that one who listens makes of it, and what was wrong."""
    frames = Frames()
    frames.feed(data)
    return frames.next(True), frames.faults


def test_only_an_answer_with_data_in_secure_channel_carries_a_card():
    assert carries_card(CARD)
    for other in (ACK, framed(0x81, 5, 0x50, bytes(16)), framed(0x81, 5, 0x78, bytes(16), b"\x14\x01"), framed(0x81, 5, 0x40)):
        assert not carries_card(other)


def test_what_a_reply_becomes():
    spoiled = {name: frame(how(CARD)) for name, how in REPLIES.items()}
    assert spoiled["dropped reply"] == (None, {}) and spoiled["corrupted reply"] == (None, {"crc": 1, "noise": 1})
    assert spoiled["truncated reply"] == (None, {"cut": 1, "noise": 1})
    plain, bad, other = (spoiled[name][0] for name in ("reply in plaintext", "reply with a bad MAC", "reply from a wrong address"))
    assert (plain.address, plain.control & 7, plain.block, plain.code) == (0x81, 5, b"", 0x40)
    assert (bad.address, bad.block, bad.mac, bad.data) == (0x81, b"\x18", b"abce", bytes(16))
    assert (other.address, other.block, other.mac) == (0x80, b"\x18", b"abcd")


def test_one_reply_is_spoiled_and_the_first_with_a_card():
    once = Once(REPLIES["dropped reply"])
    assert once(False, POLL, 1) == (POLL, b"") and once(True, ACK, 2) == (ACK, b"") and once.over_us is None
    assert once(True, CARD, 3) == (b"", b"") and once.over_us == 3
    assert once(True, CARD, 4) == (CARD, b"") and once.over_us == 3


def test_a_busy_reader_has_not_heard_the_question():
    busy = Busy()
    heard, answer = busy(False, POLL, 7)
    said, _ = frame(answer)
    assert heard == b"" and (said.address, said.control & 3, said.block, said.code) == (0x81, 0, b"", 0x79) and busy.over_us == 7
    assert busy(False, POLL, 8) == (POLL, b"") and busy(True, CARD, 9) == (CARD, b"")


def test_silence_takes_replies_and_a_pulled_cable_all():
    for is_pulled, question in ((False, POLL), (True, b"")):
        gone = Gone(9 * SECOND_US, is_pulled)
        assert gone(True, ACK, 1) == (ACK, b"") and gone(True, CARD, 2) == (b"", b"") and gone.over_us == 9 * SECOND_US + 2
        assert gone(False, POLL, 3) == (question, b"") and gone(True, ACK, 9 * SECOND_US + 1) == (b"", b"")
        assert gone(True, ACK, 9 * SECOND_US + 2) == (ACK, b"") and gone(False, POLL, 9 * SECOND_US + 3) == (POLL, b"")


def test_each_round_has_fresh_faults():
    assert len(faults()) == 9 and all(faults()[name] is not fault for name, fault in faults().items())
