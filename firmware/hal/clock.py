"""Monotonic time of whatever this runs on."""

import time

if hasattr(time, "ticks_ms"):
    _ticks_ms, _ticks_diff = time.ticks_ms, time.ticks_diff
else:

    def _ticks_ms() -> int:
        return time.monotonic_ns() // 1000000

    def _ticks_diff(later: int, earlier: int) -> int:
        return later - earlier


class Clock:
    """Milliseconds since it was made. For one thread only; asked at least once in six days, because ticks wrap after twelve."""

    def __init__(self, ticks_ms=_ticks_ms, ticks_diff=_ticks_diff):
        self._ticks_ms, self._ticks_diff = ticks_ms, ticks_diff
        self._ticks, self._now_ms = ticks_ms(), 0

    def now_ms(self) -> int:
        """Return the time. It never goes back."""
        ticks = self._ticks_ms()
        self._now_ms += self._ticks_diff(ticks, self._ticks)
        self._ticks = ticks
        return self._now_ms
