"""One connection: up when all subscriptions are confirmed, closed when nothing comes back, messages both ways."""

from firmware.hal.busy import Busy
from firmware.hal.mailbox import Mailbox
from firmware.hal.mqtt_client import Client
from firmware.hal.mqtt_session import Session
from tests.hal.fake_mqtt import CONNACK, SETTINGS, FakeSocket, Libraries, message, suback

ECHO = b"r/echo/lobby"


class Side:
    """A session at time 0 with two subscriptions and its echo, and the socket it talks to."""

    def __init__(self):
        self.raw = FakeSocket(CONNACK)
        libraries = Libraries([self.raw])
        client = Client(libraries, SETTINGS, b"lobby", None, 20, Busy(bool))
        client.connect()
        self.box = Mailbox(99, 99_000)
        self.raw.sent = bytearray()
        self.session = Session(client, self.box, b"r/", [b"log/+", b"have/+"], b"echo/lobby", 0)
        self.now_ms = 0

    def hears(self, *packets):
        for packet in packets:
            self.raw.incoming += packet

    def step(self, now_ms=None):
        self.now_ms = self.now_ms if now_ms is None else now_ms
        return self.session.step(self.now_ms)

    def sent(self):
        sent, self.raw.sent = bytes(self.raw.sent), bytearray()
        return sent

    def is_half_open(self, now_ms):
        try:
            self.step(now_ms)
        except OSError:
            assert self.raw.incoming == b""
            return True
        return False


def ready():
    side = Side()
    side.hears(suback(1), suback(2), suback(3))
    side.step()
    side.sent()
    assert side.box.take() == [("link", True)]
    return side


def test_the_link_is_up_when_the_last_subscription_is_confirmed():
    side = Side()
    assert [text in side.sent() or text for text in (ECHO,)] == [True]
    side.hears(suback(2), suback(1))
    side.step()
    assert side.box.take() == []
    side.hears(suback(3))
    side.step()
    assert side.box.take() == [("link", True)] and side.box.counts["connects"] == 1


def test_subscriptions_that_nobody_confirms_end_the_connection():
    side = Side()
    side.hears(suback(1), suback(2))
    assert not side.is_half_open(6000) and side.is_half_open(6001)


def test_an_answer_to_no_question_changes_nothing():
    side = Side()
    side.hears(suback(9), suback(1), suback(1))
    side.step()
    assert side.box.take() == [] and side.box.counts["strange"] == 2


def test_nothing_is_sent_before_the_link_is_up():
    side = Side()
    side.sent()
    side.box.put("log/a", b"early")
    side.step(1000)
    assert not side.sent()
    side.hears(suback(1), suback(2), suback(3))
    side.step()
    assert b"r/log/a" in side.sent()


def test_messages_lose_the_root_on_the_way_in_and_get_it_on_the_way_out():
    side = ready()
    side.box.put("log/a", b"out", True)
    side.hears(message(b"r/log/b", b"in"), message(b"r/status/c", b"kept", 0x31))
    side.step()
    assert side.sent() == b"\x31\x8c\0\0\x07r/log/aout"
    assert side.box.take() == [("message", "log/b", b"in", False), ("message", "status/c", b"kept", True)]


def test_a_topic_that_begins_with_a_slash_is_not_below_the_root():
    side = ready()
    side.box.put("/other/a", b"out", True)
    side.step()
    assert side.sent() == b"\x31\x8c\0\0\x07other/aout"


def test_what_is_not_under_the_root_is_nobody_s():
    side = ready()
    side.hears(message(b"other/log/b", b"in"))
    side.step()
    assert side.box.take() == [] and side.box.counts["strange"] == 1


def test_too_long_messages_and_stray_packets_are_counted():
    side = ready()
    side.hears(message(b"r/log/b", bytes(5000)), b"\x40\x02\0\x07", message(b"r/log/b", b"in"))
    side.step()
    assert side.box.take() == [("message", "log/b", b"in", False)]
    assert (side.box.counts["too_long"], side.box.counts["strange"]) == (1, 1)


def test_a_link_whose_echo_does_not_come_back_is_found_within_ten_seconds():
    side = ready()
    side.step(2999)
    assert not side.sent()
    side.step(3000)
    assert side.sent().endswith(ECHO + b"1")
    assert not side.is_half_open(9000) and side.is_half_open(9001)


def test_a_link_whose_echo_comes_back_stays():
    side = ready()
    for number in range(1, 50):
        side.step(number * 3000)
        assert side.sent().endswith(ECHO + str(number).encode())
        assert side.session.is_proved == (number > 1)
        side.hears(message(ECHO, str(number).encode()))
        side.step(number * 3000 + 2990)
        assert side.session.is_proved and side.box.take() == []


def test_an_old_echo_proves_nothing():
    side = ready()
    side.step(3000)
    side.hears(message(ECHO, b"0"), message(ECHO, b"7"), message(ECHO, b""))
    side.step(4000)
    assert not side.session.is_proved and side.is_half_open(9001)


def test_other_messages_do_not_stand_for_the_echo():
    side = ready()
    side.step(3000)
    side.hears(message(b"r/log/a", b"x"))
    assert side.is_half_open(9001)


def test_an_echo_behind_a_heap_of_unread_messages_is_not_late():
    side = ready()
    side.step(3000)
    side.hears(*[message(b"r/log/a", b"x")] * 20 + [message(ECHO, b"1")])
    for _ in range(3):
        assert not side.is_half_open(20_000)
    assert side.session.is_proved


def test_a_flood_in_one_direction_leaves_room_for_the_other():
    side = ready()
    side.hears(*[message(b"r/log/a", b"x")] * 100)
    for _ in range(100):
        side.box.put("log/b", b"y")
    assert side.step()
    assert len(side.box.take()) == 8 and side.sent().count(b"r/log/b") == 8


def test_of_long_messages_few_come_in_one_step():
    side = ready()
    side.hears(*[message(b"r/log/a", bytes(3000))] * 5)
    for count in (2, 2, 1):
        assert side.step() and len(side.box.take()) == count


def test_an_idle_step_says_so():
    side = ready()
    assert not side.step()
    side.box.put("log/b", b"y")
    assert side.step() and not side.step()
    side.hears(message(b"r/log/a", b"x"))
    assert side.step() and not side.step()
