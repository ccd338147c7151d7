"""Weekly schedules with holidays.

A range belongs to the day it starts on and is the stretch between two moments: its start and its end. So on the day
clocks go back it runs once and unbroken, from the first time its start is shown; on the day they go forward it loses
what the clocks skip. A holiday replaces the ranges of its own day: one that passed midnight from the day before
still runs to its end.
"""

from firmware.const import const
from firmware.core.calendar import weekday

_DAY_MIN = const(1440)
# How far next_change_ms looks; where it finds nothing it names the end of its view as the moment to ask again.
_AHEAD_DAYS = const(9)


class Schedule:
    """One schedule in one zone.

    Layout: spec = {"weekly": [7 lists, Monday first, of [start_min, end_min]], "holidays": {days since 1970: the same}};
    an end not after its start is on the next day.
    """

    def __init__(self, spec: dict, zone):
        self.weekly = spec["weekly"]
        self.holidays = {int(day): ranges for day, ranges in spec["holidays"].items()}
        self.zone = zone
        self._from_s = self._until_s = 0  # between these nothing changes
        self._was_active = False

    def is_active(self, at_ms: int) -> bool:
        at_s = at_ms // 1000
        if not self._from_s <= at_s < self._until_s:
            self._from_s = at_s
            self._was_active, self._until_s = self._look(at_s)
        return self._was_active

    def next_change_ms(self, at_ms: int) -> int:
        """A strictly later moment: the next change, or, where none is in sight, one to ask again at."""
        at_s = at_ms // 1000
        end_s = self.zone.at_s(self.zone.local(at_s)[0] + _AHEAD_DAYS, 0)
        now_active, moment_s = self._look(at_s)
        while moment_s < end_s:
            is_active, until_s = self._look(moment_s)
            if is_active != now_active:
                return moment_s * 1000
            moment_s = until_s
        return end_s * 1000

    def _look(self, at_s: int) -> tuple:
        """(whether it is active, a later moment up to which it surely stays so)."""
        today, _ = self.zone.local(at_s)
        is_active, until_s = False, self.zone.at_s(today + 2, 0)
        # Tomorrow, too: where clocks go back across midnight its first ranges start while the date is today's again.
        for day in (today - 1, today, today + 1):
            for start_s, end_s in self._spans(day):
                is_active = is_active or start_s <= at_s < end_s
                for edge_s in (start_s, end_s):
                    if at_s < edge_s < until_s:
                        until_s = edge_s
        return is_active, until_s

    def _spans(self, day: int) -> list:
        ranges = self.holidays.get(day)
        if ranges is None:
            ranges = self.weekly[weekday(day)]
        return [self._span(day, start, end) for start, end in ranges]

    def _span(self, day: int, start: int, end: int) -> tuple:
        if end <= start:
            end += _DAY_MIN
        return self.zone.at_s(day, start), self.zone.at_s(day, end)


class Fixed:
    """A schedule that never changes: `always` or `never`."""

    def __init__(self, active: bool):
        self.active = active

    def is_active(self, at_ms: int) -> bool:
        return self.active

    def next_change_ms(self, at_ms: int) -> None:
        return None


def named(schedules: dict, zone) -> dict:
    """Every schedule of a part by name, the two built-in ones included."""
    made = {name: Schedule(spec, zone) for name, spec in schedules.items()}
    made["always"] = Fixed(True)
    made["never"] = Fixed(False)
    return made


def first_moment_after(minutes: list, zone, at_ms: int) -> int | None:
    """The first moment strictly after at_ms whose local time of day is one of these minutes; None without minutes."""
    at_s = at_ms // 1000
    today, _ = zone.local(at_s)
    # Where clocks go back across midnight, all of tomorrow's may be over while the date is today's again.
    for day in (today, today + 1, today + 2):
        for minute in sorted(minutes):
            moment_s = zone.at_s(day, minute)
            if moment_s > at_s:  # later local times never happen earlier
                return moment_s * 1000
    return None
