"""How old an event is when it is heard of, and what that means for an alert. Pure.

A board that was alone for a while tells later what has happened. Within two minutes that is as good as at once: links come and
go. Up to a day somebody can still act on it, so it is sent, and says first how old it is. What is older helps nobody at
night: it is shown on the page, and not sent. A board that returns after a week would else wake people with last week.
"""

LATE_MS = 2 * 60 * 1000
OLD_MS = 24 * 3600 * 1000
_UNITS = ((86_400_000, "d"), (3_600_000, "h"), (60_000, "min"))


def is_late(at_ms: int, now_ms: int) -> bool:
    return now_ms - at_ms > LATE_MS


def is_old(at_ms: int, now_ms: int) -> bool:
    return now_ms - at_ms > OLD_MS


def words(age_ms: int) -> str:
    """ "3 h", "2 d", "45 s": the largest unit of which there is one, rounded down."""
    for unit_ms, name in _UNITS:
        if age_ms >= unit_ms:
            return f"{age_ms // unit_ms} {name}"
    return f"{max(0, age_ms) // 1000} s"
