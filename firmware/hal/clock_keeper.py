"""Between a board's clock chip and its controller: after a start the chip tells the time, until somebody does who knows better.

Whoever knows it better than the chip is written back into it: at the beginning of a second, because the chip begins one
there. The bus is used when no reader is in a frame, and announced: a bus that hangs stops the interpreter for some time.
"""

from firmware.const import const
from firmware.hal.clock_chip import SET_ERR_MS, ClockChip

_LOOK_MS = const(1000)
_AGAIN_MS = const(60_000)  # after a transfer that went wrong
_SET_EVERY_MS = const(3_600_000)
_FAR_MS = const(2000)  # so far from the truth it is set at once
_SECOND_MS = const(1000)
_EARLY_MS = const(50)  # so much of a second may be over when it is set


class ClockKeeper:
    """`chip`: a ClockChip; `busy`: a Busy. Call `tick` from `due_ms` on."""

    def __init__(self, chip, busy):
        self.chip = chip
        self.due_ms = 0
        self._busy = busy
        self._is_read = False
        self._ahead_ms = None  # of monotonic time; None: nobody can believe it
        self._set_ms = None  # when it was set in this life

    def tick(self, now_ms: int, at_ms: int | None, err_ms: int | None) -> tuple | None:
        """Take the controller's time (None: it does not know it). Return (Unix time in ms, its error) for it to take, or None."""
        if self._busy.is_reading():
            return None
        self.due_ms = now_ms + _LOOK_MS
        try:
            if at_ms is None:
                return self._read(now_ms)
            if err_ms <= SET_ERR_MS and self._is_due(now_ms, at_ms):
                self._set(now_ms, at_ms)
        except OSError:  # the chip has counted it
            self.due_ms = now_ms + _AGAIN_MS
        return None

    def _read(self, now_ms: int) -> tuple | None:
        """Read it, once: what it says later comes from the same oscillator."""
        if self._is_read:
            return None
        with self._busy:
            found = self.chip.read()
        self._is_read = True
        if found:
            self._ahead_ms = found[0] - now_ms
        return found

    def _is_due(self, now_ms: int, at_ms: int) -> bool:
        if self._ahead_ms is None or abs(at_ms - now_ms - self._ahead_ms) > _FAR_MS:
            return True
        return self._set_ms is None or now_ms - self._set_ms >= _SET_EVERY_MS

    def _set(self, now_ms: int, at_ms: int) -> None:
        over_ms = at_ms % _SECOND_MS
        if over_ms > _EARLY_MS:
            self.due_ms = now_ms + _SECOND_MS - over_ms
            return
        self._ahead_ms = None
        with self._busy:
            self.chip.set(at_ms)
        self._ahead_ms, self._set_ms = at_ms - over_ms - now_ms, now_ms


def of_board(kind: str, i2c, busy) -> ClockKeeper:
    """Return the keeper of a board's chip."""
    return ClockKeeper(ClockChip(kind, i2c), busy)
