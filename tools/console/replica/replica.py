"""The thread in which a console follows its site."""
import logging
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from tools.console.history import History
from tools.console.replica.follower import Follower, Place
from tools.console.replica.peers import Peer
from tools.site.model import Site

_NAP_MS = 500
_LOOK_MS = 250
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class State:
    """How a replica is: events `waiting` for the database, `trouble`: why it takes none now, `faults`: {kind: messages}."""

    waiting: int
    trouble: str | None
    failures: int
    faults: dict[str, int]


class Replica:
    """`link`: put and take as tools.mqtt.MqttLink has them, such as an end of the switchboard. `hear(events)`: what was newly committed, in that order.

    Whoever must miss nothing over a restart keeps its own place and asks `history.since`.
    """

    def __init__(self, site: Site, name: str, key: bytes, link, history: History, hear: Callable[[list[dict]], None]):
        self._link, self._hear, self._ending = link, hear, threading.Event()
        self._deaf = 0
        others = tuple(sorted(set(site.consoles) - {name}))
        place = Place(name, tuple(sorted(site.controllers)), others, key)
        self._follower = Follower(place, history, self._tell, link.put, _unix_ms, secrets.randbelow(1 << 30))
        self._thread = threading.Thread(target=self._run, name="replica", daemon=True)
        self._look_ms = 0
        self._look()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the thread, once what has come is in the database, if that takes it."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join()

    def peers(self) -> dict[str, Peer]:
        """What is known of each controller, a moment ago."""
        return self._peers

    def state(self) -> State:
        """How it goes, a moment ago."""
        return self._state

    def _run(self) -> None:
        while not self._ending.is_set():
            events = self._link.take()
            self._step(events)
            if not events:
                self._sleep(self._follower.next_deadline_ms())
        self._follower.finish(_now_ms())
        self._look()

    def _step(self, events: list[tuple]) -> None:
        for event in events:
            if event[0] == "link":
                self._follower.link(event[1], _now_ms())
            else:
                self._follower.message(event[1], event[2], event[3], _now_ms())
        self._follower.tick(_now_ms())
        if _now_ms() >= self._look_ms:
            self._look()

    def _tell(self, events: list[dict]) -> None:
        """Whoever cannot take what came: the history goes on."""
        try:
            self._hear(events)
        except Exception:
            self._deaf += 1
            _LOG.exception("what %d new events mean could not be worked out", len(events))

    def _look(self) -> None:
        """Others read what was looked at: they never wait for the database."""
        found = self._follower
        self._peers = found.peers.snapshot(_now_ms())
        faults = dict(found.faults) | ({"deaf": self._deaf} if self._deaf else {})
        self._state = State(found.waiting, found.trouble, found.failures, faults)
        self._look_ms = _now_ms() + _LOOK_MS

    def _sleep(self, due_ms: int | None) -> None:
        left_ms = _NAP_MS if due_ms is None else min(max(due_ms - _now_ms(), 0), _NAP_MS)
        wait = getattr(self._link, "wait", None)
        if wait:
            wait(left_ms / 1000)
        else:
            self._ending.wait(min(left_ms, 20) / 1000)


def _now_ms() -> int:
    return time.monotonic_ns() // 1_000_000


def _unix_ms() -> int:
    return time.time_ns() // 1_000_000
