"""Noise must not push history out of the flash: one event per kind and source in 10 s."""

from firmware.const import const

_QUIET_MS = const(10000)
_SOURCES_MAX = const(64)


class Throttle:
    """Counts what it holds back; the next event carries the count."""

    def __init__(self):
        self._last = {}  # (kind, source) -> [time of the last event, held back since]

    def pass_count(self, kind: str, source, now_ms: int) -> int | None:
        """Return how many this event stands for, or None where it is held back."""
        key = (kind, source)
        last = self._last.get(key)
        if last and now_ms - last[0] < _QUIET_MS:
            last[1] += 1
            return None
        if len(self._last) >= _SOURCES_MAX and key not in self._last:
            self._last.pop(min(self._last, key=lambda other: self._last[other][0]))
        self._last[key] = [now_ms, 0]
        return 1 + (last[1] if last else 0)
