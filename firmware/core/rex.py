"""The request-to-exit contact of one door, of one of four kinds. Pure.

    none     there is no contact
    unlock   it unlocks, and the leaf may open without alarm
    shunt    the hardware frees the door; the leaf may open without alarm
    report   the hardware frees the door; an opening is an alarm that names this way out
Rules: RULES.md, "Doors", the three rows of REX.
"""


class Rex:
    def __init__(self, kind: str, unlock_ms: int):
        self.kind = kind
        self.unlocks = kind == "unlock"
        self.reports = kind == "report"
        # "The leaf often moves before the crash bar's switch", and only hardware frees the leaf by itself.
        self.may_come_late = kind in ("shunt", "report")
        self._unlock_ms = unlock_ms
        self._is_pressed = False
        self._until_ms = None

    def change(self, is_pressed: bool, now_ms: int) -> bool:
        """Take the contact; True if that is news."""
        if self.kind == "none" or is_pressed == self._is_pressed:
            return False
        self._is_pressed = is_pressed
        self._until_ms = now_ms + self._unlock_ms
        return True

    def is_leaving(self, now_ms: int) -> bool:
        """True from the press until unlock_ms after the release."""
        return self._is_pressed or (self._until_ms is not None and now_ms < self._until_ms)

    def lets_open(self, now_ms: int) -> bool:
        return not self.reports and self.is_leaving(now_ms)
