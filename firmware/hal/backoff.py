"""How long to wait before the next attempt: twice as long each time, and never the same on two boards."""

from firmware.const import const

_FIRST_MS = const(1000)
_MAX_MS = const(30_000)


class Backoff:
    """Waits of 1, 2, 4, … 30 s, of which a drawn part of up to a half is left out, so that boards do not come back together."""

    def __init__(self, seed: int):
        self._state = seed & 0x3FFFFFFF
        self._wait_ms = _FIRST_MS

    def next_ms(self) -> int:
        """Return the next wait."""
        wait_ms, self._wait_ms = self._wait_ms, min(2 * self._wait_ms, _MAX_MS)
        self._state = (self._state * 1103515245 + 12345) & 0x3FFFFFFF
        return wait_ms - (self._state >> 8) % ((wait_ms >> 1) + 1)

    def worked(self) -> None:
        """The other side has proved that it works: begin anew with short waits."""
        self._wait_ms = _FIRST_MS
