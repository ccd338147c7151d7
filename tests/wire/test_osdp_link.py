"""One question and what may be its answer: a captured start, question by question, and frames that a panel has to refuse."""

from firmware.hal import aes
from firmware.wire.osdp_frame import Frames, closed
from firmware.wire.osdp_link import Link
from firmware.wire.osdp_secure import Session
from tests.wire import osdp_codes as codes
from tests.wire import osdp_vectors as vectors
from tests.wire.osdp_pd import framed
from tests.wire.osdp_vectors import BAD_MAC, CAPTURE, FIXTURES, NO_BLOCK, NO_SESSION, raw

SAID = dict(CAPTURE)


def frame_of(data, takes_sums=True):
    frames = Frames(takes_sums)
    frames.feed(data)
    return frames.next(True)


def heard(link, name):
    return link.judge(frame_of(raw(SAID[name])))


def captured_session(link):
    """The captured numbers are equal, which a session refuses: it is begun by hand."""
    session = Session(aes, raw(vectors.CAPTURE_KEY), frame_of(raw(SAID["chlng"])).data)
    session._reply_mac = frame_of(raw(SAID["rmac"])).data
    link.session, link.is_secure = session, True


def test_a_captured_start_is_asked_byte_by_byte_and_its_answers_are_answers():
    link = Link(5)
    proof = frame_of(raw(SAID["scrypt"])).data
    for name, reply, question in (
        ("id", "pdid", (codes.ID, b"\0")),
        ("cap", "pdcap", (codes.CAP, b"\0")),
        ("chlng", "ccrypt", (codes.CHLNG, frame_of(raw(SAID["chlng"])).data, b"\x11\1")),
        ("scrypt", "rmac", (codes.SCRYPT, proof, b"\x13\1")),
    ):
        assert link.ask(*question) == link.sent == b"\xff" + raw(SAID[name]), name
        frame = frame_of(raw(SAID[reply]))
        assert heard(link, reply) == ("reply", frame.code, frame.data, frame.block), reply
    captured_session(link)
    assert link.ask(codes.POLL, b"") == b"\xff" + raw(SAID["poll"])
    assert heard(link, "ack") == ("reply", codes.ACK, b"", b"\x16")


def test_each_flipped_bit_of_a_captured_answer_is_refused():
    answer = raw(SAID["ack"])
    for place in range(len(answer) * 8):
        link = Link(5)
        link._number = 1
        captured_session(link)
        link.ask(codes.POLL, b"")
        broken = bytearray(answer)
        broken[place // 8] ^= 1 << place % 8
        frame = frame_of(bytes(broken), False)
        assert frame is None, place
        frame = frame_of(closed(bytes(broken[:-2]))[1:]) if place // 8 < len(answer) - 2 else None  # with a CRC that is right
        assert frame is None or link.judge(frame)[0] in ("other", "lost", "bad_mac", "busy"), place
        assert link.judge(frame_of(answer)) == ("reply", codes.ACK, b"", b"\x16"), place


def asked(number=0):
    """A link to reader 0x65, whose question has this number."""
    link = Link(0x65)
    link._number = number
    link.ask(codes.POLL, b"")
    return link


def test_fixtures_of_another_panel():
    for code, data, text in FIXTURES:
        frame = frame_of(raw(text))
        if frame.address == 0x65:
            made = b"\xff" + raw(text)
            assert Link(0x65).ask(code, raw(data)) == made[:1] + framed(0x65, 4, code, raw(data))
        elif code == codes.NAK:
            assert asked(1).judge(frame) == ("unheard",)
        else:
            assert asked(frame.control & 3).judge(frame) == ("reply", code, raw(data), frame.block), text
    assert frame_of(raw(NO_BLOCK)) is None and frame_of(raw(NO_SESSION)) is None
    assert asked(1).judge(frame_of(raw(BAD_MAC))) == ("lost", "session")
    link = asked(1)
    captured_session(link)
    link.ask(codes.POLL, b"")
    assert link.judge(frame_of(raw(BAD_MAC))) == ("bad_mac",)
    assert link.judge(frame_of(raw("53e50700014080"))) == ("lost", "plain")


def test_numbers_go_0_1_2_3_1_and_only_the_same_one_is_an_answer():
    link, numbers = Link(0x65), []
    for _ in range(8):
        number = link.ask(codes.POLL, b"")[5] & 3
        numbers.append(number)
        for other in range(4):
            if other != number:
                expected = ("other",) if other else ("lost", "sequence")
                assert link.judge(frame_of(framed(0xE5, 4 | other, 0x40))) == expected
        assert link.judge(frame_of(framed(0xE5, 4 | number, 0x40)))[0] == "reply"
    assert numbers == [0, 1, 2, 3, 1, 2, 3, 1]
    link.restart()
    assert link.ask(codes.ID, b"\0")[5] & 3 == 0


def test_another_address_the_one_for_everybody_and_a_command_are_not_the_answer():
    for address in range(256):
        verdict = asked(1).judge(frame_of(framed(address, 5, 0x40)))
        assert (verdict == ("other",)) == (address != 0xE5)


def test_busy_is_plain_and_keeps_everything():
    for number in (0, 2):
        for is_secure in (False, True):
            link = asked(2)
            if is_secure:
                captured_session(link)
                link.ask(codes.POLL, b"")
            sent = link.sent
            assert link.judge(frame_of(framed(0xE5, 4 | number, 0x79))) == ("busy",)
            assert link.sent == sent and link._number == 2
    assert asked(2).judge(frame_of(framed(0xE5, 5, 0x79))) == ("other",)
    link = asked(2)
    captured_session(link)
    link.ask(codes.POLL, b"")
    assert link.judge(frame_of(framed(0xE5, 6, 0x79, b"", b"\x16", lambda begun: bytes(4)))) == ("bad_mac",)


def test_a_nak_that_claims_to_be_sealed_has_to_be():
    link = asked(2)
    captured_session(link)
    link.ask(codes.POLL, b"")
    assert link.judge(frame_of(framed(0xE5, 6, codes.NAK, b"\x01"))) == ("unheard",)
    assert link.judge(frame_of(framed(0xE5, 6, codes.NAK, b"\x01", b"\x16", lambda begun: bytes(4)))) == ("bad_mac",)


def test_a_session_that_is_over_leaves_no_keys():
    link = asked(2)
    captured_session(link)
    keys = link.session._keys
    assert keys == raw(vectors.CAPTURE_KEYS)
    link.restart()
    assert keys == bytearray(48) and link.session is None and not link.is_secure
