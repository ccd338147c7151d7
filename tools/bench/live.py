"""Real processes over a real mosquitto: how long until the table of another has a grant, and how long people wait at a door."""

import functools
import statistics
import threading
import time

from paho.mqtt import client as paho

from host_sim.live import LiveSite
from host_sim.live.interpreters import MICROPYTHON
from host_sim.views import WorldError
from tools.bench.figure import Figure
from tools.bench.hall import site
from tools.bench.mosquitto import Mosquitto, is_here

_START_MS = 1767603600000
_PEOPLE = 120
_ROUNDS = 100
_BADGES = 40  # of each kind and state
_EVERY_MS = 110
_CARD_MS = 52  # 26 bits
_EVENT_BYTES = 430  # a granted badge with its seal, as it travels
_MORE_MS = 50  # what a broker in trouble may add at a door
_NO_ANSWERS = ("asking", "waiting")
_KINDS = ("second entrance", "grant", "unknown card")
_SECOND = 12  # second entrances for each state: a board that hears nobody gives its link up after nine seconds
_CONFIRM_MS = 300  # so long a board asks the others before it denies by anti-passback


def bench_live_tables() -> list[Figure]:
    """From a grant at one controller to the table of another, beside a bare message of the same size."""
    if not is_here():
        return []
    with Mosquitto() as broker:
        bare_ms = _bare(broker.port)
        found = [Figure(f"bare publish to subscribe, {_EVENT_BYTES} B, median", bare_ms, None, "ms")]
        for kind, name in ((None, "CPython"), (MICROPYTHON, "MicroPython")):
            try:
                taken_ms = _tables(broker, {"c02": kind} if kind else {})
            except WorldError as error:
                print(f"NOTICE: {error}")
                continue
            goal = 2 * bare_ms + 10
            found.append(Figure(f"grant to the table of another on {name}, median", taken_ms, goal, "ms", less_is_better=True))
    return found


def _bare(port: int) -> float:
    """Return the median of a message's way through the broker, between clients that do nothing else."""
    came, waits = threading.Event(), []
    sender, receiver = (paho.Client(paho.CallbackAPIVersion.VERSION2) for _ in range(2))
    receiver.on_message = lambda *_: came.set()
    receiver.on_subscribe = lambda *_: came.set()
    for client in (sender, receiver):
        client.connect("127.0.0.1", port)
        client.loop_start()
    receiver.subscribe("bare")
    came.wait(10)
    for _ in range(_ROUNDS):
        came.clear()
        start_s = time.perf_counter()
        sender.publish("bare", bytes(_EVENT_BYTES))
        assert came.wait(10)
        waits.append((time.perf_counter() - start_s) * 1000)
        time.sleep(0.01)
    for client in (sender, receiver):
        client.disconnect()
        client.loop_stop()
    return statistics.median(waits)


def _tables(broker: Mosquitto, kinds: dict) -> float:
    granted, waits = {}, []

    def written(event: dict) -> None:
        if event["type"] == "access.granted":
            granted[event["controller"], event["inc"], event["stream"], event["seq"]] = time.perf_counter()

    def taken(_controller: str, name: tuple) -> None:
        if name in granted:
            waits.append((time.perf_counter() - granted[name]) * 1000)

    with LiveSite(site(2, _PEOPLE), _START_MS, broker.settings, kinds=kinds) as live:
        live.on_event, live.taken = written, taken
        live.run_until(3000)
        reader = sorted(live.site.readers)[0]
        for user in sorted(live.site.users)[:_ROUNDS]:
            live.badge(reader, user=user)
            live.run_until(live.now_ms + _EVERY_MS)
    assert len(waits) >= _ROUNDS - 2, len(waits)
    return statistics.median(waits)


# -- at the door -------------------------------------------------------------------------------------


class _Door:
    """Badges at one door. Answers are the signals of its reader."""

    def __init__(self, live: LiveSite, reader: str):
        self._live, self._reader = live, reader
        self._known, self._users = [], sorted(live.site.users)
        self._read_s, self._waits = 0.0, []
        live.signal_shown = self._shown

    def measured(self) -> dict[str, list[float]]:
        """Return the waits of each kind of badge, in ms. Who came in last time tries again; then others come in."""
        known, self._known, self._users = self._known, self._users[:_BADGES], self._users[_BADGES:]
        cards = [f"H10301:99:{no}" for no in range(_BADGES)]
        return {
            "second entrance": self._tap([{"user": user} for user in known[:_SECOND]]),
            "grant": self._tap([{"user": user} for user in self._known]),
            "unknown card": self._tap([{"card": card} for card in cards]),
        }

    def _tap(self, badges: list[dict]) -> list[float]:
        self._waits = []
        for badge in badges:
            count = len(self._waits)
            self._read_s = time.perf_counter() + _CARD_MS / 1000
            self._live.badge(self._reader, **badge)
            self._live.time.wait_for(lambda count=count: len(self._waits) > count, 5)
            self._live.run_until(self._live.now_ms + _EVERY_MS)
        return self._waits[:]

    def _shown(self, _reader: str, pattern: str) -> None:
        if self._read_s and pattern not in _NO_ANSWERS:
            self._waits.append((time.perf_counter() - self._read_s) * 1000)
            self._read_s = 0.0


@functools.cache
def _at_the_door() -> dict[str, dict]:
    with Mosquitto() as broker, LiveSite(site(2, 4 * _BADGES), _START_MS, broker.settings) as live:
        live.run_until(3000)
        door = _Door(live, sorted(live.site.readers)[0])
        door.measured()
        found = {"up": door.measured()}
        broker.freeze()
        found["frozen"] = door.measured()
        broker.thaw()
        live.time.wait_for(lambda: all(station.has_link for station in live.boards.values()), 60)
        live.run_until(live.now_ms + 3000)
        broker.kill()
        found["down"] = door.measured()
    return found


def bench_live_doors() -> list[Figure]:
    """From a card's last bit to the answer at the reader, 30 ms of which are the silence that ends a frame."""
    if not is_here():
        return []
    found = _at_the_door()
    return [_figure(found, state, kind, place) for state in found for kind in _KINDS for place in (50, 99)]


def _figure(found: dict, state: str, kind: str, place: int) -> Figure:
    wait_ms = _percentile(found[state][kind], place)
    more_ms = _MORE_MS + (_CONFIRM_MS if kind == "second entrance" else 0)
    goal = None if state == "up" else _percentile(found["up"][kind], place) + more_ms
    return Figure(f"door, broker {state}: {kind}, p{place}", wait_ms, goal, "ms", less_is_better=True)


def _percentile(waits: list[float], place: int) -> float:
    return sorted(waits)[min(len(waits) - 1, len(waits) * place // 100)]
