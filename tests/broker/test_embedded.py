"""The broker inside a process: its address, two of them, its end and its return."""
import socket
import threading

import pytest

from host_sim.broker import EmbeddedBroker
from tools.mqtt import MqttLink
from tests.brokers import wait_for

pytestmark = pytest.mark.broker


def settings(url: str) -> dict:
    return {"host": "127.0.0.1", "port": int(url.rpartition(":")[2]), "user": None, "password": None, "tls": None}


@pytest.fixture
def link():
    """Makes links that end with the test."""
    links = []

    def make(url: str, name: str, *more: str) -> MqttLink:
        links.append(MqttLink(settings(url), name, "backstop/v1/hq", ["log/+", *more], None, len(links)))
        links[-1].start()
        return links[-1]

    yield make
    for one in links:
        one.stop()
        assert not one.is_running


def heard(link: MqttLink, event: tuple) -> None:
    """Wait until a link tells an event."""
    told = []
    wait_for(lambda: told.extend(link.take()) or event in told, f"{event} was not told")


def test_two_brokers_have_ports_of_their_own_and_do_not_hear_each_other(link):
    with EmbeddedBroker() as one, EmbeddedBroker() as two:
        assert one != two and one.startswith("mqtt://127.0.0.1:")
        first, second = link(one, "a"), link(two, "a")
        for each in (first, second):
            heard(each, ("link", True))
        first.put("log/a", b"one")
        heard(first, ("message", "log/a", b"one", False))
        assert second.take() == []


def test_its_end_is_noticed_and_its_return_on_the_same_port_too(link):
    with EmbeddedBroker() as url:
        one = link(url, "a")
        heard(one, ("link", True))
    heard(one, ("link", False))
    with EmbeddedBroker(settings(url)["port"]):
        heard(one, ("link", True))


def test_it_ends_while_clients_go_on_talking(link):
    with EmbeddedBroker() as url:
        talkers = [link(url, name) for name in "abcdef"]
        for each in talkers:
            heard(each, ("link", True))
        is_over = threading.Event()

        def talk(each: MqttLink) -> None:
            while not is_over.is_set():
                each.put("log/" + "x" * 20, bytes(200))

        mouths = [threading.Thread(target=talk, args=(each,), daemon=True) for each in talkers]
        for mouth in mouths:
            mouth.start()
        heard(talkers[0], ("message", "log/" + "x" * 20, bytes(200), False))
    is_over.set()
    for mouth in mouths:
        mouth.join()
    for each in talkers:
        heard(each, ("link", False))
    with EmbeddedBroker(settings(url)["port"]):
        for each in talkers:
            heard(each, ("link", True))


def test_of_several_addresses_the_next_is_tried_when_one_fails_and_kept_while_it_works(link):
    with EmbeddedBroker() as second:
        with EmbeddedBroker() as first:
            nowhere = settings("mqtt://127.0.0.1:1")
            others = [["127.0.0.1", settings(url)["port"]] for url in (first, second)]
            one, listener = MqttLink(nowhere | {"others": others}, "a", "backstop/v1/hq", ["log/+"], None, 1), link(second, "b")
            one.start()
            heard(one, ("link", True))
            assert one.counts["failures"] == 1 and one.counts["connects"] == 1
            heard(listener, ("link", True))
        heard(one, ("link", False))
        heard(one, ("link", True))
        one.put("log/a", b"from the second")
        heard(listener, ("message", "log/a", b"from the second", False))
        one.stop()


def test_a_port_in_use_is_said_at_once():
    with EmbeddedBroker() as url, pytest.raises(Exception, match="start"):
        EmbeddedBroker(settings(url)["port"]).__enter__()


def test_many_who_come_at_once_all_get_in_at_their_first_attempt(link):
    """Each listens to something else, while the broker hands out what it keeps."""
    with EmbeddedBroker() as url:
        doors = [f"door/{number}" for number in range(30)]
        first = link(url, "first", *doors)
        heard(first, ("link", True))
        for door in doors:
            first.put(door, b"shut", True)
        heard(first, ("message", doors[-1], b"shut", False))
        links = [link(url, f"c{number}", f"have/{number}") for number in range(30)]
        wait_for(lambda: all(one.counts["connects"] for one in links), "not all got in")
        assert not any(one.counts["failures"] for one in links)


def test_who_is_silent_for_longer_than_he_promised_is_told_to_be_gone(link):
    with EmbeddedBroker() as url:
        one = link(url, "a")
        heard(one, ("link", True))
        silent = socket.create_connection(("127.0.0.1", settings(url)["port"]))
        # CONNECT: clean session and a will, keepalive 1 s, client "b", will "gone" on log/b
        topic = b"backstop/v1/hq/log/b"
        rest = b"\0\4MQTT\4\6\0\1" + b"\0\1b" + b"\0" + bytes([len(topic)]) + topic + b"\0\4gone"
        silent.sendall(b"\x10" + bytes([len(rest)]) + rest)
        heard(one, ("message", "log/b", b"gone", False))
        silent.close()


def test_a_command_given_while_the_link_is_broken_is_not_carried_later(link):
    with EmbeddedBroker() as url:
        one = link(url, "a")
        heard(one, ("link", True))
    heard(one, ("link", False))
    one.put("command/c1", b"unlock")
    one.put("log/a", b"after")
    with EmbeddedBroker(settings(url)["port"]):
        # Both links reconnect at their own time: what came through is seen by whom the broker had first.
        heard(one, ("link", True))
        other = link(url, "listener", "command/+")
        heard(other, ("link", True))
        one.put("command/c1", b"silence")
        heard(other, ("message", "command/c1", b"silence", False))
    assert one.counts["dropped_out"] == 1
