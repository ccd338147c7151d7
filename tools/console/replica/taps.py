"""One link to the broker for all rooms of the console: each has its own tap, with the verbs of the link."""
import threading
from collections import deque

_NAP_S = 0.01
_QUEUE_MAX = 20_000


class Tap:
    """`put` and `take` as a link has them; of what comes, the kinds of topics asked for, and whether the link is up."""

    def __init__(self, link, kinds: tuple[str, ...]):
        self.kinds = kinds
        self.dropped = 0
        self._link = link
        self._queue: deque[tuple] = deque()
        self._arrived = threading.Event()

    def put(self, topic: str, payload: bytes, is_retained: bool = False) -> None:
        self._link.put(topic, payload, is_retained)

    def take(self) -> list[tuple]:
        """("link", is_up) and ("message", topic, payload, is_retained) since the last time."""
        self._arrived.clear()
        found = []
        while self._queue:
            found.append(self._queue.popleft())
        return found

    def wait(self, timeout_s: float) -> None:
        """Wait until something is there, or so long."""
        self._arrived.wait(timeout_s)

    def offer(self, event: tuple) -> None:
        if event[0] == "message" and len(self._queue) >= _QUEUE_MAX:
            self.dropped += 1
            return
        self._queue.append(event)
        self._arrived.set()


class Taps:
    """Hands on what a link brings. Taps are made before it starts."""

    def __init__(self, link):
        self._link = link
        self._taps: list[Tap] = []
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="taps", daemon=True)

    def tap(self, *kinds: str) -> Tap:
        """`kinds`: first words of topics, such as log or status."""
        self._taps.append(Tap(self._link, kinds))
        return self._taps[-1]

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._ending.is_set():
            found = self._link.take()
            for event in found:
                self._hand_on(event)
            if not found:
                self._ending.wait(_NAP_S)

    def _hand_on(self, event: tuple) -> None:
        kind = event[1].partition("/")[0] if event[0] == "message" else None
        for tap in self._taps:
            if kind is None or kind in tap.kinds:
                tap.offer(event)
