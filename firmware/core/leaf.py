"""The leaf of one door, and what may be wrong with one opening: forced, held. Pure.

Its methods return what is to be told: [(event type or "held_warning", fields)].
Rules: RULES.md, "Doors", the rows "door opens" and "door stays open".
"""

from firmware.const import const

_VERDICT_MS = const(250)  # RULES.md, "Doors": the leaf often moves before the crash bar's switch
_WARNING_MS = const(5000)  # RULES.md, "Doors": the reader warns 5 s before
EXTENDED = const(3)  # RULES.md, "Doors": three times unlock_s and held_open_s


class Leaf:
    def __init__(self, held_open_ms: int, rex, is_open: bool):
        self.is_open = is_open
        self.is_extended = False
        self._held_open_ms = held_open_ms
        self._rex = rex
        self._is_forced = False
        self._is_held = False
        self._verdict_at_ms = None
        self._warn_at_ms = None
        self._held_at_ms = None

    def open(self, is_let: bool, now_ms: int) -> list:
        """Take an opening, with or without something that let it."""
        self.is_open = True
        return [("door.opened", {})] + ([] if is_let else self._judge(now_ms))

    def close(self) -> list:
        self.is_open = False
        return [("door.closed", {})] + self._restore()

    def explain(self) -> list:
        """Take a REX contact that came soon enough after the opening."""
        is_awaited = self._verdict_at_ms is not None
        self.excuse()
        return self._force(True) if is_awaited and self._rex.reports else []

    def excuse(self):
        """Drop the verdict on an opening that waits for one."""
        self._verdict_at_ms = None

    def watch(self, is_suspended: bool, now_ms: int):
        """Keep the held timer running exactly while it should; it starts anew after a suspension."""
        if is_suspended or self._is_held or not self.is_open or not self._held_open_ms:
            self.restart()
        elif self._held_at_ms is None:
            self._held_at_ms = now_ms + self._held_open_ms * (EXTENDED if self.is_extended else 1)
            self._warn_at_ms = max(now_ms, self._held_at_ms - _WARNING_MS)

    def alarm(self) -> str | None:
        """Return what is wrong with the leaf: "forced", "held" or nothing."""
        if self._is_forced:
            return "forced"
        return "held" if self._is_held else None

    def restart(self):
        """Stop the held timer; the next `watch` starts it from the beginning."""
        self._warn_at_ms = self._held_at_ms = None

    def tick(self, at_ms: int) -> list:
        """Tell what falls due at `at_ms`."""
        told = []
        if _is_due(self._verdict_at_ms, at_ms):
            self.excuse()
            told += self._force(False)
        if _is_due(self._warn_at_ms, at_ms):
            self._warn_at_ms = None
            told.append(("held_warning", {}))
        if _is_due(self._held_at_ms, at_ms):
            self._is_held = True
            self.restart()
            told.append(("door.held", {}))
        return told

    def next_deadline_ms(self) -> int | None:
        first_ms = self._verdict_at_ms
        for at_ms in (self._warn_at_ms, self._held_at_ms):
            if at_ms is not None and (first_ms is None or at_ms < first_ms):
                first_ms = at_ms
        return first_ms

    def _judge(self, now_ms: int) -> list:
        """Judge an opening that nothing let. Where the contact may come late, wait for it."""
        if self._rex.reports and self._rex.is_leaving(now_ms):
            return self._force(True)
        if not self._rex.may_come_late:
            return self._force(False)
        if self._verdict_at_ms is None:
            # A second opening meanwhile shares the verdict on the first.
            self._verdict_at_ms = now_ms + _VERDICT_MS
        return []

    def _force(self, is_egress: bool) -> list:
        self._is_forced = True
        # The verdict may come when the leaf has closed again.
        return [("door.forced", {"egress": is_egress})] + ([] if self.is_open else self._restore())

    def _restore(self) -> list:
        was_wrong = self._is_forced or self._is_held
        self._is_forced = self._is_held = self.is_extended = False
        return [("door.restored", {})] if was_wrong else []


def _is_due(moment_ms: int | None, at_ms: int) -> bool:
    return moment_ms is not None and moment_ms <= at_ms
