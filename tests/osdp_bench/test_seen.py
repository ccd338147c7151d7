"""When a panel counts as being in Secure Channel, from what is seen on the line alone."""

from tests.wire.osdp_pd import framed
from tools.bench.osdp.seen import poll_gaps_us, secure_us
from tools.bench.osdp.wire import Sent


def no_mac(begun):
    return bytes(4)


def poll(number, at_us, address=1):
    data = b"\xff" + framed(address, 4 | number, 0x60, b"", b"\x15", no_mac)
    return Sent(at_us, False, data, data)


def reply(number, at_us, code=0x40, block=b"\x16", is_heard=True):
    data = framed(0x81, 4 | number, code, b"", block, no_mac if block else None)
    return Sent(at_us, True, data, data if is_heard else b"")


def plain(number, at_us, code=0x61):
    data = b"\xff" + framed(1, 4 | number, code)
    return Sent(at_us, False, data, data)


def test_an_answer_that_is_taken_counts():
    for number, then in ((1, 2), (2, 3), (3, 1)):
        assert secure_us([poll(number, 1), reply(number, 2), poll(then, 3)], 0) == 2


def test_an_answer_that_nobody_goes_on_from_does_not():
    for rest in ([], [poll(1, 3)], [plain(0, 3)], [plain(2, 3)], [poll(3, 3)], [poll(0, 3)]):
        assert secure_us([poll(1, 1), reply(1, 2), *rest], 0) is None, rest


def test_what_is_no_answer_in_secure_channel_does_not():
    for answer in (reply(1, 2, 0x41), reply(1, 2, block=b""), reply(1, 2, block=b"\x14\x01"), reply(1, 2, is_heard=False)):
        assert secure_us([poll(1, 1), answer, poll(2, 3)], 0) is None, answer
    assert secure_us([plain(1, 1, 0x60), reply(1, 2), poll(2, 3)], 0) is None
    other = b"\xff" + framed(1, 5, 0x61, b"\0" * 16, b"\x17", no_mac)
    assert secure_us([Sent(1, False, other, other), reply(1, 2), poll(2, 3)], 0) is None


def test_only_what_came_after_the_moment_counts():
    said = [poll(1, 1), reply(1, 2), poll(2, 3), reply(2, 4), poll(3, 5)]
    assert [secure_us(said, since_us) for since_us in (0, 1, 2, 3, 4)] == [2, 2, 4, 4, None]


def test_a_spoiled_reply_that_is_asked_for_again_counts_when_it_comes():
    assert secure_us([poll(1, 1), reply(1, 2, is_heard=False), poll(1, 3), reply(1, 4), poll(2, 5)], 1) == 4


def test_gaps_are_those_of_each_reader_and_of_polls_in_secure_channel():
    said = [poll(1, 10), poll(1, 15, 2), reply(1, 18), plain(0, 19), poll(2, 30), poll(2, 37, 2), poll(3, 55)]
    assert sorted(poll_gaps_us(said, 0)) == [20, 22, 25]
    assert poll_gaps_us(said, 15) == [22, 25] and poll_gaps_us(said, 56) == []
