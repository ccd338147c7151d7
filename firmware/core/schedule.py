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

    def is_active(self, at_ms: int) -> bool:
        return self._is_active(at_ms // 1000)

    def next_change_ms(self, at_ms: int) -> int:
        """A strictly later moment: the next change, or, where none is in sight, one to ask again at."""
        at_s = at_ms // 1000
        now_active = self._is_active(at_s)
        today, _ = self.zone.local(at_s)
        for day in range(today - 1, today + _AHEAD_DAYS):
            for moment_s in self._edges(day):
                if moment_s > at_s and self._is_active(moment_s) != now_active:
                    return moment_s * 1000
        return self.zone.at_s(today + _AHEAD_DAYS, 0) * 1000

    def _is_active(self, at_s: int) -> bool:
        # Tomorrow, too: where clocks go back across midnight its first ranges start while the date is today's again.
        today, _ = self.zone.local(at_s)
        for day in (today - 1, today, today + 1):
            for start_s, end_s in self._spans(day):
                if start_s <= at_s < end_s:
                    return True
        return False

    def _edges(self, day: int) -> list:
        """The moments that matter between this day's midnight and the next, in order."""
        spans = self._spans(day - 1) + self._spans(day)
        first_s, last_s = self.zone.at_s(day, 0), self.zone.at_s(day + 1, 0)
        return sorted({edge for span in spans for edge in span if first_s <= edge < last_s})

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
    moments = [zone.at_s(day, minute) for day in (today, today + 1, today + 2) for minute in minutes]
    later = [moment_s for moment_s in moments if moment_s > at_s]
    return min(later) * 1000 if later else None
