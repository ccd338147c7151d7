"""The console's one link to the broker, shared: one thread reads it and hands out, anybody may publish."""

import logging
import threading
from collections import Counter
from collections.abc import Callable

from firmware.hal.mailbox import Mailbox

# What a console may hear (tools/broker/identities.py), and somebody in it listens to.
SUBSCRIPTIONS = [f"{kind}/+" for kind in ("log", "have", "want", "status", "reply", "door", "output", "area")]
# As much as the link itself keeps: who cannot keep up loses messages, counted, and not the others with him.
_ITEMS_MAX = 5000
_BYTES_MAX = 8_000_000
_LOOK_S = 0.02
_STOP_S = 10
_log = logging.getLogger(__name__)


class End(Mailbox):
    """One listener's end of the link: `put` and `take` as tools.mqtt.MqttLink has them."""

    def __init__(self, link):
        super().__init__(_ITEMS_MAX, _BYTES_MAX)
        self._link = link
        self._news = threading.Event()

    def put(self, topic: str, payload: bytes, is_retained: bool = False) -> None:
        self._link.put(topic, payload, is_retained)

    def take(self) -> list:
        self._news.clear()
        return super().take()

    def wait(self, timeout_s: float) -> None:
        """Wait until something is there, or so long."""
        self._news.wait(timeout_s)

    def arrived(self, topic: bytes, payload: bytes, is_retained: bool) -> None:
        super().arrived(topic, payload, is_retained)
        self._news.set()

    def set_up(self, is_up: bool) -> None:
        super().set_up(is_up)
        self._news.set()


class Switchboard:
    """Hands out by the first part of the topic. All of it is told before `start` who listens.

    `link`: start, stop, put, take and counts as of tools.mqtt.MqttLink.
    """

    def __init__(self, link):
        self._link = link
        self._ends: list[tuple[frozenset[str], End]] = []
        self._handlers: dict[str, list[Callable[[tuple], None]]] = {}
        self._ending = threading.Event()
        self._up = threading.Event()
        self._thread = threading.Thread(target=self._run, name="switchboard", daemon=True)
        self.faults: Counter[str] = Counter()  # kind -> events that a handler failed at

    @property
    def is_up(self) -> bool:
        return self._up.is_set()

    @property
    def counts(self) -> dict:
        """Those of the link, and what listeners were too slow for."""
        return self._link.counts | {"dropped_ends": sum(end.counts["dropped_in"] for _, end in self._ends)}

    def end(self, *kinds: str) -> End:
        """An end that takes these kinds of messages, and the changes of the link, when its listener has time."""
        assert not self._thread.is_alive()
        made = End(self._link)
        self._ends.append((frozenset(kinds), made))
        return made

    def listen(self, kind: str, handler: Callable[[tuple], None]) -> None:
        """Let a handler take events of a kind, or of "link", as MqttLink.take gives them, in the thread that reads: it must not wait."""
        assert not self._thread.is_alive()
        self._handlers.setdefault(kind, []).append(handler)

    def publish(self, topic: str, payload: bytes, is_retained: bool = False) -> None:
        self._link.put(topic, payload, is_retained)

    def start(self) -> None:
        self._link.start()
        self._thread.start()

    def stop(self) -> None:
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join(_STOP_S)
        self._link.stop()

    def _run(self) -> None:
        while not self._ending.is_set():
            events = self._link.take()
            for event in events:
                self._hand_out(event)
            if not events:
                self._ending.wait(_LOOK_S)

    def _hand_out(self, event: tuple) -> None:
        if event[0] == "link":
            self._change(event[1])
        else:
            kind = event[1].partition("/")[0]
            for kinds, end in self._ends:
                if kind in kinds:
                    end.arrived(event[1].encode(), event[2], event[3])
            self._call(kind, event)

    def _change(self, is_up: bool) -> None:
        (self._up.set if is_up else self._up.clear)()
        for _, end in self._ends:
            end.set_up(is_up)
        self._call("link", ("link", is_up))

    def _call(self, kind: str, event: tuple) -> None:
        """A handler that breaks must not make everybody else deaf."""
        for handler in self._handlers.get(kind, ()):
            try:
                handler(event)
            except Exception:
                self.faults[kind] += 1
                _log.exception("a listener to %s has failed", kind)
