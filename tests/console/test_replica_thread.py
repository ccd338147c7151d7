"""The replica's own thread."""
import logging

import pytest

from firmware.wire import messages, seal
from tests.brokers import wait_for
from tests.console.events import event
from tests.model import small
from tools.console.history import History, Trouble
from tools.console.replica import Replica
from tools.site import parse

KEY = b"k" * 16
SITE = parse(small.hall(), "site")


class Link:
    """A link that brings what a test puts into it."""

    def __init__(self):
        self.coming: list[tuple] = []
        self.sent: list[tuple[str, bytes]] = []

    def put(self, topic: str, payload: bytes, is_retained: bool = False) -> None:
        self.sent.append((topic, payload))

    def take(self) -> list[tuple]:
        found, self.coming = self.coming, []
        return found

    def bring(self, *events: dict, heads: int | None = None) -> None:
        last = heads or max(found["seq"] for found in events)
        told = {"t": "log", "from": "c1", "inc": 7, "heads": {"facts": last, "notes": 0, "site": 0}, "stamp": None, "entries": list(events)}
        for payload in messages.encode_all(told):
            self.coming = [*self.coming, ("message", "log/c1", seal.seal(payload, KEY), False)]

    def said(self, kind: str) -> list[dict]:
        return [messages.decode(seal.content(payload)) for topic, payload in self.sent if topic.startswith(kind + "/")]


@pytest.fixture
def link():
    return Link()


@pytest.fixture
def start(link, tmp_path):
    """`start(hear)`: a replica at work, and its history. All are stopped at the end."""
    made = []

    def begin(hear=lambda events: None) -> tuple[Replica, History]:
        history = History(str(tmp_path / "history.sqlite"))
        replica = Replica(SITE, "console", KEY, link, history, hear)
        replica.start()
        made.append((replica, history))
        link.coming = [("link", True)]
        return made[-1]

    yield begin
    for replica, history in made:
        replica.stop()
        history.close()


def test_what_comes_is_kept_and_told_and_what_is_missing_asked_for(link, start):
    heard = []
    replica, history = start(heard.extend)
    link.bring(event(1), event(2), event(5))
    wait_for(lambda: history.count() == 3)
    assert heard == [event(1), event(2), event(5)]
    wait_for(lambda: link.said("want"))
    want = link.said("want")[0]
    assert (want["origin"], want["stream"], want["first"], want["last"]) == (["c1", 7], "facts", 3, 4)
    wait_for(lambda: replica.peers()["c1"].behind == 3)
    link.bring(event(3), event(4), heads=5)
    wait_for(lambda: replica.peers()["c1"].behind == 0 and replica.peers()["c1"].is_online)
    assert history.count() == 5 and replica.state().waiting == 0 and replica.state().trouble is None


def test_at_its_end_it_writes_what_it_has(link, start, monkeypatch):
    monkeypatch.setattr("tools.console.replica.commits._LINGER_MS", 60_000)
    replica, history = start()
    link.bring(event(1), event(2))
    wait_for(lambda: replica.state().waiting == 2)
    assert history.count() == 0
    replica.stop()
    assert history.count() == 2 and replica.state().waiting == 0


def test_who_cannot_take_what_came_stops_nothing(link, start, caplog):
    def stumble(_):
        raise KeyError("no such thing")

    replica, history = start(stumble)
    with caplog.at_level(logging.ERROR):
        link.bring(event(1))
        wait_for(lambda: history.count() == 1)
        link.bring(event(2))
        wait_for(lambda: replica.state().faults.get("deaf") == 2)
    assert history.count() == 2 and "no such thing" in caplog.text


@pytest.mark.slow
def test_trouble_of_the_database_is_told_and_tried_again(link, start, monkeypatch):
    replica, history = start()
    append = history.append
    monkeypatch.setattr("tools.console.replica.commits._RETRY_MS", 20)

    def fail(*_):
        raise Trouble("disk is full")

    monkeypatch.setattr(history, "append", fail)
    link.bring(event(1))
    wait_for(lambda: replica.state().failures > 1)
    assert replica.state().trouble == "disk is full" and replica.state().waiting == 1
    monkeypatch.setattr(history, "append", append)
    wait_for(lambda: history.count() == 1)
    wait_for(lambda: replica.state().trouble is None)


def test_others_get_from_it_what_the_board_that_wrote_it_cannot_give(link, start):
    """A board is offline, and another asks for its events: the console serves what is committed."""
    _, history = start()
    link.bring(event(1), event(2))
    wait_for(lambda: history.count() == 2)
    gone = {"t": "status", "from": "c1", "online": False}
    want = {"t": "want", "from": "c2", "inc": 9, "heads": {"facts": 0, "notes": 0, "site": 0}, "stamp": None,
            "origin": ["c1", 7], "stream": "facts", "first": 1, "last": 2, "any": True}  # fmt: skip
    link.coming = [("message", f"{message['t']}/{message['from']}", seal.seal(messages.encode(message), KEY), False) for message in (gone, want)]
    wait_for(lambda: link.said("log"))
    assert [found["seq"] for found in link.said("log")[0]["entries"]] == [1, 2]
