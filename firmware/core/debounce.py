"""One contact: act on its first edge, then be deaf while it bounces. Pure."""

from firmware.const import const

_SETTLE_MS = const(20)


class Debounce:
    """Call `tick` at its deadline before the edges that come after it."""

    def __init__(self, level: bool, settle_ms: int = _SETTLE_MS):
        self.level = level
        self._settle_ms = settle_ms
        self._heard = level
        self._deaf_until_ms = None

    def edge(self, level: bool, now_ms: int) -> bool | None:
        """Take an edge to `level`; return the level to act on, or None."""
        self._heard = level
        return self.tick(now_ms)

    def tick(self, now_ms: int) -> bool | None:
        """Return the level that stayed when the bouncing was over, if it is news."""
        is_deaf = self._deaf_until_ms is not None and now_ms < self._deaf_until_ms
        if is_deaf or self._heard == self.level:
            return None
        self.level = self._heard
        self._deaf_until_ms = now_ms + self._settle_ms
        return self.level

    def next_deadline_ms(self) -> int | None:
        return self._deaf_until_ms if self._heard != self.level else None
