"""What time it is where no time server answers: from a peer that knows, or as late as any board here has ever been."""

from firmware.const import const
from firmware.core import stamp
from firmware.core.wall import ERR_GUESSED_MS

_PATIENCE_MS = const(10000)  # with a link, for a time server
_WAY_MS = const(1000)  # a heartbeat may have been that long on its way
_FIRST_MS = const(1704067200000)  # 2024: nothing was stamped before


class Timekeeper:
    """Sets an untrusted clock in the end. Without a link it stays untrusted: events get their stamps later, exactly."""

    def __init__(self, site, stamps):
        self._site = site
        self._stamps = stamps
        self._link_ms = None  # since when the link is up
        self._best = None  # (how far a peer's clock is ahead of our monotonic time, its error)

    def link(self, is_up: bool) -> None:
        """Take the state of the link."""
        self._link_ms = self._site.now_ms if is_up else None
        self._best = None

    def heard(self, at_ms: int, err_ms: int) -> None:
        """Take what the clock of a peer says who trusts it. The least delayed of several is the best."""
        ahead = at_ms - self._site.now_ms
        if self._best is None or ahead > self._best[0]:
            self._best = (ahead, err_ms)

    def next_deadline_ms(self) -> int | None:
        if self._site.is_clock_trusted() or self._link_ms is None or not self._knows_any():
            return None
        return self._link_ms + _PATIENCE_MS

    def _knows_any(self) -> bool:
        """Say whether there is anything to guess from: a board alone that never knew the time goes without."""
        return self._best is not None or stamp.at_ms(self._stamps.newest) > _FIRST_MS

    def guess(self) -> tuple | None:
        """Return (at_ms, err_ms) to set the clock to, once nothing better is to be expected; else None."""
        due_ms, now_ms = self.next_deadline_ms(), self._site.now_ms
        if due_ms is None or now_ms < due_ms:
            return None
        if self._best:
            return (now_ms + self._best[0], self._best[1] + _WAY_MS)
        return (max(stamp.at_ms(self._stamps.newest), self._site.at_ms()), ERR_GUESSED_MS)

    def better(self, at_ms: int, err_ms: int) -> tuple | None:
        """Return (at_ms, err_ms) to set a clock to that was only guessed, from what a peer who knows better says; else None."""
        if not self._site.is_clock_trusted() or not self._site.wall.is_guessed() or err_ms + _WAY_MS >= ERR_GUESSED_MS:
            return None
        return (at_ms, err_ms + _WAY_MS)
