"""Local dates and times: days since 1970, minutes of the local day, and a zone's offsets.

A board has no zone table: a Zone knows the offsets that came with the site's configuration. Two rules hold
for every local time: one that does not exist happens at the first that does, one that occurs twice the first time.
"""

from firmware.const import const

_DAY_S = const(86400)
# Days from 0000-03-01 to 1970-01-01. A year that starts in March has its leap day at its end.
_EPOCH = const(719468)


def days_from_civil(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01 of a date of the Gregorian calendar."""
    if month <= 2:
        year -= 1
    leap_days = year // 4 - year // 100 + year // 400
    return year * 365 + leap_days + ((month + 9) % 12 * 153 + 2) // 5 + day - 1 - _EPOCH


def civil_from_days(days: int) -> tuple:
    """(year, month, day) of a day since 1970-01-01. Limits: from the year 1 on."""
    # Leap days make this first guess too high, never too low.
    year = (days + _EPOCH) // 365
    while days_from_civil(year, 3, 1) > days:
        year -= 1
    left = days - days_from_civil(year, 3, 1)
    month = (left * 5 + 2) // 153
    day = left - (month * 153 + 2) // 5 + 1
    return (year, month + 3, day) if month < 10 else (year + 1, month - 9, day)


def weekday(days: int) -> int:
    """0 for Monday to 6 for Sunday; 1970-01-01 was a Thursday."""
    return (days + 3) % 7


class Zone:
    """The offsets of one time zone.

    Layout: transitions = [[from_s, offset_s], ...], ascending Unix seconds, at least one; the first also holds before it.
    """

    def __init__(self, transitions: list):
        assert transitions
        self.transitions = transitions

    def local(self, at_s: int) -> tuple:
        """(days since 1970, second of that local day) at a moment."""
        local_s = at_s + self.transitions[self._segment(at_s)][1]
        return local_s // _DAY_S, local_s % _DAY_S

    def at_s(self, days: int, minute: int) -> int:
        """The first moment at which local clocks show this time or a later one. A minute of 1440 is the next midnight."""
        local_s, transitions = days * _DAY_S + minute * 60, self.transitions
        # No offset exceeds a day, so the search starts where local clocks are surely still earlier.
        index = self._segment(local_s - 2 * _DAY_S)
        while True:
            from_s, offset_s = transitions[index]
            moment_s = local_s - offset_s
            if index and moment_s < from_s:
                moment_s = from_s
            index += 1
            if index == len(transitions) or moment_s < transitions[index][0]:
                return moment_s

    def _segment(self, at_s: int) -> int:
        low, high = 0, len(self.transitions) - 1
        while low < high:
            middle = (low + high + 1) // 2
            if self.transitions[middle][0] <= at_s:
                low = middle
            else:
                high = middle - 1
        return low
