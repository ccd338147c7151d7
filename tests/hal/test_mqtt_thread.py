"""Trouble of every kind ends in a close and a later attempt; the thread starts, ends, and leaves nobody waiting."""

import time

from firmware.hal.mqtt_thread import MqttLink
from tests.hal.fake_mqtt import CONNACK, SETTINGS, FakeSocket, Libraries, MQTTException, message, suback

VERSIONS = ((1, 3, 4), (1, 5, 0), (1, 8, 0))
SUBSCRIBED = suback(1) + suback(2)


def good():
    return FakeSocket(CONNACK + SUBSCRIBED)


def link_over(sockets, version=(1, 3, 4), seed=1, settings=SETTINGS):
    libraries = Libraries(sockets, version)
    will = ("status/lobby", b"gone")
    return MqttLink(settings, "lobby", "backstop/v1/hq", ["log/+"], will, seed, libraries), libraries


def rests(link, libraries, count):
    """The waits after so many failures in a row, with the time between them passed."""
    waits = []
    while len(waits) < count:
        failures = link.counts["failures"]
        rest_ms = link.turn()
        libraries.clock_ms += rest_ms
        if link.counts["failures"] > failures:
            waits.append(rest_ms)
    return waits


def test_a_link_comes_up_and_carries_messages_with_every_version():
    for version in VERSIONS:
        raw = good()
        raw.incoming += message(b"backstop/v1/hq/log/gate", b"in")
        link, libraries = link_over([raw], version)
        link.put("log/lobby", b"out", True)
        link.turn()
        assert link.take() == [("link", True), ("message", "log/gate", b"in", False)]
        assert raw.sent.endswith(b"backstop/v1/hq/log/lobbyout")
        assert libraries.umqtt.clients[0].will == (b"backstop/v1/hq/status/lobby", b"gone", True)


def test_a_root_with_and_without_a_slash_is_the_same():
    libraries = Libraries([good()])
    link = MqttLink(SETTINGS, "lobby", "backstop/v1/hq/", ["log/+"], None, 1, libraries)
    link.turn()
    assert b"backstop/v1/hq/log/+" in libraries.socket.opened[0].sent
    assert libraries.umqtt.clients[0].will is None


def test_every_kind_of_exception_ends_in_a_close_and_another_attempt():
    kinds = (OSError(104), IndexError(), AssertionError(), ValueError(), TypeError(), KeyError("x"), AttributeError())
    kinds += (ZeroDivisionError(), RuntimeError(), MemoryError(), ImportError(), MQTTException(5), NotImplementedError())
    for trouble in kinds:
        for place in ("connect", "publish"):
            broken, fine = good(), good()
            link, libraries = link_over([broken, fine] if place == "publish" else [fine])
            libraries.umqtt.raises[place] = trouble
            link.put("log/lobby", b"x")
            rest_ms = link.turn()
            assert 500 <= rest_ms <= 1000 and link.counts["failures"] == 1, repr(trouble)
            assert place == "connect" or broken.is_closed
            libraries.umqtt.raises.clear()
            link.take()
            link.turn()
            assert link.take() == [("link", True)], repr(trouble)


def test_trouble_of_the_socket_at_any_place_ends_the_same_way():
    for place in ("connect", "recv", "send"):
        broken = good()
        broken.fails[place] = OSError(113)
        link, libraries = link_over([broken, good()])
        assert 500 <= link.turn() <= 1000 and broken.is_closed
        link.turn()
        assert link.take() == [("link", True)]


def test_a_break_is_told_and_healed():
    broken = good()
    link, _ = link_over([broken, good()])
    link.turn()
    assert link.take() == [("link", True)]
    broken.has_ended = True
    link.turn()
    assert link.take() == [("link", False)] and broken.is_closed
    link.turn()
    assert link.take() == [("link", True)] and link.counts["connects"] == 2


def test_waits_grow_to_half_a_minute_and_differ_between_boards():
    link, libraries = link_over([FakeSocket() for _ in range(9)], seed=1)
    waits = rests(link, libraries, 9)
    for wait_ms, most_ms in zip(waits, (1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000, 30_000)):
        assert most_ms >> 1 <= wait_ms <= most_ms
    link, libraries = link_over([FakeSocket() for _ in range(9)], seed=2)
    assert rests(link, libraries, 9) != waits


def test_a_broker_that_takes_everybody_in_and_drops_him_is_not_asked_each_second():
    sockets = [good() for _ in range(6)]
    for raw in sockets:
        raw.has_ended = True
    link, libraries = link_over(sockets)
    assert rests(link, libraries, 6)[-1] >= 15_000 and link.counts["connects"] == 6


def test_an_echo_makes_the_next_waits_short_again():
    sockets = [FakeSocket() for _ in range(4)] + [good()] + [FakeSocket()]
    link, libraries = link_over(sockets)
    rests(link, libraries, 4)
    link.turn()
    libraries.clock_ms += 3000
    link.turn()
    sockets[4].incoming += message(b"backstop/v1/hq/echo/lobby", b"1")
    link.turn()
    sockets[4].has_ended = True
    assert rests(link, libraries, 1)[0] <= 1000


def test_of_several_nodes_each_trouble_turns_to_the_next_and_a_link_that_works_stays_where_it_is():
    settings = dict(SETTINGS)
    settings["others"] = [["10.0.0.2", 1884], ["10.0.0.3", 1885]]
    silent, ends, works = FakeSocket(), good(), good()
    link, libraries = link_over([silent, ends, works], settings=settings)
    link.turn()
    link.turn()
    ends.has_ended = True
    link.turn()
    for _ in range(5):
        link.turn()
    tried = [(client.server, client.port) for client in libraries.umqtt.clients]
    assert tried == [("10.0.0.1", 1883), ("10.0.0.2", 1884), ("10.0.0.3", 1885)]
    assert silent.is_closed and ends.is_closed and not works.is_closed and link.take()[-1] == ("link", True)


def test_waits_between_several_nodes_grow_as_between_attempts_at_one():
    settings = dict(SETTINGS)
    settings["others"] = [["10.0.0.2", 1884], ["10.0.0.3", 1885]]
    one, three = link_over([FakeSocket() for _ in range(6)]), link_over([FakeSocket() for _ in range(6)], settings=settings)
    assert rests(*one, 6) == rests(*three, 6)
    assert [client.server[-1] for client in three[1].umqtt.clients] == ["1", "2", "3", "1", "2", "3"]
    assert [client.server[-1] for client in one[1].umqtt.clients] == ["1"] * 6


def test_a_half_open_link_is_counted_as_such():
    link, libraries = link_over([good()])
    link.turn()
    failures = rests(link, libraries, 1)
    assert libraries.clock_ms <= 10_000 + failures[0]
    assert (link.counts["half_open"], link.counts["failures"]) == (1, 1)


def test_messages_wait_for_the_link_in_a_bounded_queue_without_the_oldest_heartbeats():
    raw = good()
    link, _ = link_over([raw])
    for number in range(100):
        link.put("log/lobby" if number % 4 == 0 else "have/lobby", b"<%d>" % number)
    assert link.counts["dropped_out"] == 52
    while link.turn() == 1:
        pass
    for number in range(0, 100, 4):
        assert b"<%d>" % number in raw.sent
    assert b"<1>" not in raw.sent and b"<99>" in raw.sent


def wait_until(is_so):
    for _ in range(500):
        if is_so():
            return
        time.sleep(0.01)
    assert False, "not within five seconds"


def test_the_thread_starts_and_ends_and_may_start_again():
    raws = [good(), good()]
    link, libraries = link_over(raws)
    libraries.sleep_ms = lambda ms: time.sleep(0.001)
    for raw in raws:
        link.start()
        told = []
        wait_until(lambda: told.extend(link.take()) or ("link", True) in told)
        assert link.is_running
        link.stop()
        wait_until(lambda: not link.is_running)
        assert link.take() == [("link", False)] and raw.is_closed


class Strange(Exception):
    """Neither the network's nor umqtt's: our bug."""


def test_an_error_that_nobody_foresaw_ends_the_thread_and_is_seen_from_outside():
    raw = good()
    link, libraries = link_over([raw])
    libraries.umqtt.raises["publish"] = Strange()
    link.put("log/lobby", b"x")
    link.is_running = True
    try:
        link._run()
        assert False
    except Strange:
        pass
    assert not link.is_running and raw.is_closed
    link.put("log/lobby", b"y")
    assert link.take() == []
