"""Virtual time: what will happen and when, and the jumps from one such moment to the next."""

import heapq
from collections.abc import Callable

_TICK = 1 << 50  # at one moment what was sent, pressed or cut comes first, then the boards' own deadlines in their order
_RANK_SHIFT = 40
_RINGS_MAX = 1000  # of one alarm at one moment


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


class Alarm:
    """Rings when a deadline has come. Deadlines mostly move away: an alarm that comes too early is set again."""

    def __init__(self, timeline: Timeline, name: str, rank: int, ring: Callable[[], None]):
        self._timeline, self._name, self._rank, self._ring = timeline, name, rank, ring
        self._due_ms: int | None = None
        self._set_ms: int | None = None  # the nearest moment at which the timeline wakes it
        self._rung_ms, self._rings = 0, 0

    def set(self, due_ms: int | None) -> None:
        """Move the deadline; None: there is none. One that has passed is due now."""
        self._due_ms = due_ms
        if due_ms is not None and (self._set_ms is None or due_ms < self._set_ms):
            self._plan(max(due_ms, self._timeline.now_ms))

    def _plan(self, at_ms: int) -> None:
        self._set_ms = at_ms
        self._timeline.tick_at(at_ms, self._rank, self._wake)

    def _wake(self) -> None:
        now_ms = self._timeline.now_ms
        if now_ms != self._set_ms:
            return
        self._set_ms = None
        if self._due_ms is not None and self._due_ms > now_ms:
            self._plan(self._due_ms)
        elif self._due_ms is not None:
            self._rings = self._rings + 1 if self._rung_ms == now_ms else 0
            self._rung_ms = now_ms
            assert self._rings < _RINGS_MAX, f"{self._name} is due for ever at {now_ms} ms"
            self._ring()
