"""Virtual time: what will happen and when, and the jumps from one such moment to the next."""

import heapq
from collections.abc import Callable

_TICK = 1 << 50  # at one moment what was sent, pressed or cut comes first, then the boards' own deadlines in their order
_RANK_SHIFT = 40


class Timeline:
    """Times are milliseconds since the start. What was planned first for a moment happens first."""

    def __init__(self):
        self.now_ms = 0
        self._queue: list[tuple] = []
        self._planned = 0

    def after(self, delay_ms: int, what: Callable, *args) -> None:
        """Let something happen later."""
        self._planned += 1
        heapq.heappush(self._queue, (self.now_ms + delay_ms, self._planned, what, args))

    def tick_at(self, at_ms: int, rank: int, what: Callable) -> None:
        """Let something happen at the end of a moment, by rank. Limits: `rank` below 1024."""
        self._planned += 1
        heapq.heappush(self._queue, (at_ms, _TICK + (rank << _RANK_SHIFT) + self._planned, what, ()))

    def run_until(self, until_ms: int) -> None:
        """Jump from moment to moment up to a time, that included."""
        queue, pop = self._queue, heapq.heappop
        while queue and queue[0][0] <= until_ms:
            at_ms, _, what, args = pop(queue)
            if at_ms > self.now_ms:
                self.now_ms = at_ms
            what(*args)
        self.now_ms = max(self.now_ms, until_ms)
