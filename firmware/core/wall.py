"""Wall-clock time, worked out from monotonic time and the last synchronisation."""

ERR_SYNCED_MS = 100
ERR_GUESSED_MS = 60000  # of a clock that nobody set who knows the time
DRIFT_MS_PER_MS = 10000  # RULES.md, "Numbers": 0.1 ms of error for each second since


class Wall:
    """What a controller believes the time is, and how wrong that may be."""

    def __init__(self, now_ms: int = 0, at_ms: int = 0):
        self.is_trusted = False
        self.offset_ms = at_ms - now_ms  # between Unix time and monotonic time
        self._err_ms = ERR_GUESSED_MS
        self._synced_ms = now_ms

    def at_ms(self, now_ms: int) -> int:
        """Return Unix milliseconds."""
        return now_ms + self.offset_ms

    def trusted_at_ms(self, now_ms: int) -> int | None:
        """Return Unix milliseconds, or None while nobody may trust them."""
        return now_ms + self.offset_ms if self.is_trusted else None

    def now_ms(self, at_ms: int) -> int:
        """Return the monotonic time at which the wall clock will show `at_ms`."""
        return at_ms - self.offset_ms

    def err_ms(self, now_ms: int) -> int:
        """Return the largest error of `at_ms`, as far as this clock knows."""
        return self._err_ms + (now_ms - self._synced_ms) // DRIFT_MS_PER_MS

    def is_guessed(self) -> bool:
        """Say whether nobody set this clock who knows the time."""
        return self._err_ms >= ERR_GUESSED_MS

    def estimate(self, at_ms: int, now_ms: int) -> None:
        """Believe that it is this late at least, until a synchronisation says more."""
        self.offset_ms = max(self.offset_ms, at_ms - now_ms)

    def set(self, at_ms: int, now_ms: int, err_ms: int = ERR_SYNCED_MS) -> None:
        """Take a synchronisation: from NTP, a clock chip or a peer."""
        self.is_trusted = True
        self.offset_ms = at_ms - now_ms
        self._err_ms = err_ms
        self._synced_ms = now_ms
