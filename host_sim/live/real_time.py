"""Real time, with what is planned in it and the sockets that are listened to meanwhile."""

import heapq
import selectors
import time
from collections.abc import Callable

_NAP_S = 0.02  # the longest that `each` does not have its turn


class RealTime:
    """Times are milliseconds since the start. One thread: all callbacks come from within `run_until` and `wait_for`."""

    def __init__(self):
        self._selector = selectors.DefaultSelector()
        self._zero_s = time.monotonic()
        self._queue: list[tuple] = []
        self._planned = 0
        self.each: Callable[[], None] = lambda: None  # has its turn again and again

    @property
    def now_ms(self) -> int:
        return int((time.monotonic() - self._zero_s) * 1000)

    def begin(self) -> None:
        """Let time start now."""
        self._zero_s = time.monotonic()

    def after(self, delay_ms: int, what: Callable, *args) -> None:
        """Let something happen later."""
        self._planned += 1
        heapq.heappush(self._queue, (self.now_ms + delay_ms, self._planned, what, args))

    def listen(self, file, heard: Callable[[], None]) -> None:
        """Call `heard` whenever a file has something to read."""
        self._selector.register(file, selectors.EVENT_READ, heard)

    def forget(self, file) -> None:
        self._selector.unregister(file)

    def run_until(self, until_ms: int) -> None:
        """Let time pass."""
        while self.now_ms < until_ms:
            self._turn(until_ms)

    def catch_up(self) -> None:
        """Do what is due, and wait for nothing."""
        self._turn(self.now_ms)

    def wait_for(self, is_so: Callable[[], bool], wait_s: float) -> bool:
        """Let time pass until something is so. False: it is not, after so long."""
        until_ms = self.now_ms + int(wait_s * 1000)
        while not is_so():
            if self.now_ms >= until_ms:
                return False
            self._turn(until_ms)
        return True

    def close(self) -> None:
        self._selector.close()

    def _turn(self, until_ms: int) -> None:
        due_ms = min(until_ms, self._queue[0][0]) if self._queue else until_ms
        rest_s = min(max(0, due_ms - self.now_ms) / 1000, _NAP_S)
        for key, _ in self._selector.select(rest_s):
            key.data()
        while self._queue and self._queue[0][0] <= self.now_ms:
            _, _, what, args = heapq.heappop(self._queue)
            what(*args)
        self.each()
