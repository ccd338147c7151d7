"""The time from a server: what is an answer and what is none."""

from firmware.hal.time_server import TimeServer, read

MARK = b"12345678"
UNIX_S = 1_767_603_600


def answer(mark=MARK, head=0x24, stratum=2, seconds=UNIX_S + 2_208_988_800, fraction=0x80000000):
    return bytes([head, stratum]) + bytes(22) + mark + bytes(8) + (seconds & 0xFFFFFFFF).to_bytes(4, "big") + fraction.to_bytes(4, "big")


def test_an_answer_says_the_time_half_the_way_ago():
    assert read(answer(), MARK, 0) == UNIX_S * 1000 + 500
    assert read(answer(), MARK, 80) == UNIX_S * 1000 + 540


def test_the_second_era_goes_on_where_the_first_ended():
    late_s = 2_200_000_000
    assert read(answer(seconds=late_s + 2_208_988_800, fraction=0), MARK, 0) == late_s * 1000


def test_what_is_no_answer_is_none():
    for data in (b"", answer()[:47], answer(mark=b"87654321"), answer(head=0x23), answer(head=0xE4), answer(stratum=0), answer(stratum=16)):
        assert read(data, MARK, 0) is None, data
    assert read(answer(), MARK, 1001) is None


class Sockets:
    """A module whose one socket answers what `reply` makes of a question, or fails."""

    AF_INET = SOCK_DGRAM = 2

    def __init__(self, reply):
        self.reply, self.closed, self.asked = reply, 0, []

    def getaddrinfo(self, host, port, *_):
        if host == "nowhere":
            raise OSError(-2)
        return [(0, 0, 0, "", (host, port))]

    def socket(self, *_):
        return self

    def settimeout(self, _):
        pass

    def sendto(self, data, address):
        self.asked.append((data, address))

    def recv(self, _):
        found = self.reply(self.asked[-1][0])
        if found is None:
            raise OSError(110)
        return found

    def close(self):
        self.closed += 1


class Time:
    def __init__(self):
        self.ms = 0

    def now_ms(self):
        return self.ms

    def sleep_ms(self, ms):
        self.ms += ms


def lives(answers, naps):
    """A server that was asked, after so many naps of 200 ms: (the server, its sockets)."""
    time, left = Time(), [naps]
    sockets = Sockets(lambda asked: answer(asked[40:48]) if answers.pop(0) else None)
    server = TimeServer("ntp", sockets, time.now_ms, time.sleep_ms)
    server.ask()

    def sleep_ms(ms):
        time.ms += ms
        left[0] -= 1
        if not left[0]:
            server.stop()

    server._sleep_ms = sleep_ms
    server.run()
    return server, sockets


def test_it_asks_again_after_half_a_minute_until_there_is_an_answer_and_then_no_more():
    server, sockets = lives([None, None, True], 400)
    assert len(sockets.asked) == 3 and sockets.closed == 3 and (server.answers, server.failures) == (1, 2)
    assert server.take() == UNIX_S * 1000 + 500 and server.take() is None
    assert sockets.asked[0][0][0] == 0x23 and sockets.asked[0][1] == ("ntp", 123)


def test_once_it_was_asked_it_asks_again_each_hour():
    server, sockets = lives([True, True, None, True], 5 * 3600 * 2 + 100)
    assert (len(sockets.asked), server.answers, server.failures) == (3, 2, 1)
    server, sockets = lives([True, True, None, True], 5 * 3600 * 2 + 200)
    assert (len(sockets.asked), server.answers, server.failures) == (4, 3, 1)


def test_a_name_that_nobody_knows_is_no_answer():
    server = TimeServer("nowhere", Sockets(None), Time().now_ms, None)
    assert server.query() is None and server.failures == 1
