"""Several addresses of one broker: as people write them, and as links read them."""

import socket

import pytest

from host_sim.live.settings import broker, settings
from host_sim.views import WorldError
from tests.programs import free_ports
from tools.addresses import addressed, addresses, where

ONE = {"host": "a", "port": 1, "user": None}
THREE = [["a", 1], ["b", 2], ["c", 3]]


def test_each_turn_begins_with_the_next_address_and_has_them_all():
    for turn in range(7):
        found = addresses(addressed(THREE, turn))
        assert found == THREE[turn % 3 :] + THREE[: turn % 3]


def test_one_address_is_written_as_ever():
    assert addressed([["a", 1]], 5) == {"host": "a", "port": 1}
    assert settings("mqtt://a:1") == {"host": "a", "port": 1, "user": None, "password": None, "tls": None}
    assert addresses(ONE) == [["a", 1]] and where(ONE) == "a:1"


def test_urls_with_commas_between_are_the_nodes_of_one_broker():
    found = settings("mqtt://kim:a,b@x,mqtt://kim:a,b@y:1884")
    assert addresses(found) == [["x", 1883], ["y", 1884]] and (found["user"], found["password"]) == ("kim", "a,b")


@pytest.mark.parametrize("url", ["mqtt://x,mqtt://kim@y", "mqtt://kim:a@x,mqtt://kim:b@y", "mqtt://x,http://y", "mqtt://x,y"])
def test_nodes_that_cannot_be_of_one_broker_are_told(url):
    with pytest.raises(WorldError):
        settings(url)


def test_a_run_begins_when_one_of_the_nodes_is_there():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with broker(f"mqtt://127.0.0.1:1,mqtt://127.0.0.1:{port}") as found:
            assert addresses(found) == [["127.0.0.1", 1], ["127.0.0.1", port]]
    nobody = free_ports(1)[0]
    url = f"mqtt://127.0.0.1:1,mqtt://127.0.0.1:{nobody}"
    with pytest.raises(WorldError, match=f"127.0.0.1:1, 127.0.0.1:{nobody}"), broker(url):
        pass
