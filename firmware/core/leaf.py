"""The leaf of one door, and what may be wrong with one opening: forced, held. Pure.

Spec: door.md, "door opens" and "door open for held_open_s".
"""

try:
    from micropython import const
except ImportError:

    def const(value):
        return value


_VERDICT_MS = const(250)  # door.md: the leaf often moves before the crash bar's switch
_WARNING_MS = const(5000)  # door.md: the reader beeps as a warning 5 s before
EXTENDED = const(3)  # door.md: three times unlock_s and held_open_s


class Leaf:
    def __init__(self, held_open_ms: int, is_open: bool):
        self.held_open_ms = held_open_ms
        self.is_open = is_open
        self.is_extended = False
        self.is_forced = False
        self.is_held = False
        self.verdict_at_ms = None
        self.warn_at_ms = None
        self.held_at_ms = None

    def await_verdict(self, now_ms: int):
        """Leave an opening undecided for a moment; a second one meanwhile shares its verdict."""
        if self.verdict_at_ms is None:
            self.verdict_at_ms = now_ms + _VERDICT_MS

    def watch(self, is_suspended: bool, now_ms: int):
        """Keep the held timer running exactly while it should; it starts anew after a suspension."""
        if is_suspended or self.is_held or not self.is_open or not self.held_open_ms:
            self.restart()
        elif self.held_at_ms is None:
            self.held_at_ms = now_ms + self.held_open_ms * (EXTENDED if self.is_extended else 1)
            self.warn_at_ms = max(now_ms, self.held_at_ms - _WARNING_MS)

    def restart(self):
        """Stop the held timer; the next `watch` starts it from the beginning."""
        self.warn_at_ms = self.held_at_ms = None

    def due(self, at_ms: int) -> list:
        """Take what has fallen due: "forced", "warning", "held"."""
        found = []
        if _is_due(self.verdict_at_ms, at_ms):
            self.verdict_at_ms = None
            found.append("forced")
        if _is_due(self.warn_at_ms, at_ms):
            self.warn_at_ms = None
            found.append("warning")
        if _is_due(self.held_at_ms, at_ms):
            self.held_at_ms = None
            found.append("held")
        return found

    def take_alarms(self) -> bool:
        """Forget the alarms of an opening that is over; True if there was one to forget."""
        was_wrong = self.is_forced or self.is_held
        self.is_forced = self.is_held = self.is_extended = False
        return was_wrong

    def deadlines_ms(self) -> list:
        moments_ms = (self.verdict_at_ms, self.warn_at_ms, self.held_at_ms)
        return [at_ms for at_ms in moments_ms if at_ms is not None]


def _is_due(moment_ms: int | None, at_ms: int) -> bool:
    return moment_ms is not None and moment_ms <= at_ms
