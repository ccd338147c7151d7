"""Times, dates, weekdays and ranges as people write them."""

import datetime
import re

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MINUTE = re.compile(r"([0-9]{2}):([0-9]{2})(?::00)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)")
_EPOCH = datetime.date(1970, 1, 1)


def minute_of_day(text: str, last: int = 1439) -> int:
    """Minutes since midnight of HH:MM. Raises: ValueError."""
    match = _MINUTE.fullmatch(text)
    if not match or int(match[2]) > 59 or int(match[1]) * 60 + int(match[2]) > last:
        raise ValueError("not a time of day")
    return int(match[1]) * 60 + int(match[2])


def range_of_day(text: str) -> list:
    """[start, end] in minutes of HH:MM-HH:MM; an end not after its start is on the next day. Raises: ValueError."""
    start, dash, end = text.partition("-")
    if not dash:
        raise ValueError("not a range")
    return [minute_of_day(start), minute_of_day(end, last=1440)]


def days_of_week(text: str) -> list:
    """Numbers (0 = Monday) of "sat", "mon-fri" or "fri-mon". Raises: ValueError."""
    first, dash, last = text.partition("-")
    start = DAYS.index(first)
    end = DAYS.index(last) if dash else start
    return [(start + step) % 7 for step in range((end - start) % 7 + 1)]


def day_number(text: str) -> int:
    """Days since 1970 of YYYY-MM-DD. Raises: ValueError."""
    if not _DATE.fullmatch(text):
        raise ValueError("not a date")
    return (datetime.date.fromisoformat(text) - _EPOCH).days


def moment(text: str) -> datetime.datetime:
    """The local time YYYY-MM-DDTHH:MM[:SS], from 1970 to 2099. Raises: ValueError."""
    match = _MOMENT.fullmatch(text)
    if not match or not "1970-01-02" <= text < "2100":
        raise ValueError("not a local time")
    return datetime.datetime.fromisoformat(f"{match[1]}T{match[2]}")
