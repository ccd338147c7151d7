"""Local times of a site, by the standard library's own zones. Units: ms since 1970 wherever a name ends in _ms."""

from datetime import datetime, timedelta, timezone
from functools import cache
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def zone(site: dict) -> ZoneInfo:
    return ZoneInfo(site.get("timezone", "UTC"))


def local(site: dict, at_ms: int) -> datetime:
    """The wall clock at a moment."""
    return (EPOCH + timedelta(milliseconds=at_ms)).astimezone(zone(site))


def unix_ms(site: dict, text) -> int:
    """A local time such as 2026-01-05T09:00:00; one that occurs twice is its first."""
    wall = text if isinstance(text, datetime) else datetime.fromisoformat(text)
    return instant_ms(site, wall)


def instant_ms(site: dict, wall: datetime) -> int:
    """The first moment at which the wall clock shows this; for one it skips, the first that exists."""
    return 1000 * instant_s(zone(site), wall)


@cache
def instant_s(tz: ZoneInfo, wall: datetime) -> int:
    as_if_utc = round(wall.replace(tzinfo=timezone.utc).timestamp())
    offsets = {round(datetime.fromtimestamp(as_if_utc + hour * 3600, tz).utcoffset().total_seconds())
               for hour in range(-26, 27)}
    tried = sorted(as_if_utc - offset for offset in offsets)
    shown = [s for s in tried if datetime.fromtimestamp(s, tz).replace(tzinfo=None, fold=0) == wall]
    return shown[0] if shown else transition_s(tz, tried[0], tried[-1])


def transition_s(tz: ZoneInfo, low_s: int, high_s: int) -> int:
    """The moment within these at which the zone's offset changes."""
    before = datetime.fromtimestamp(low_s, tz).utcoffset()
    return next(s for s in range(low_s, high_s + 1) if datetime.fromtimestamp(s, tz).utcoffset() != before)


def minute(text) -> int:
    """Minutes since midnight; a fact has them already."""
    if isinstance(text, int):
        return text
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def moments(site: dict, times: list, after_ms: int, until_ms: int) -> list:
    """The moments of these times of day in (after_ms, until_ms]."""
    if not times:
        return []
    day = local(site, after_ms).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None) - timedelta(days=1)
    found = []
    while instant_ms(site, day) <= until_ms + 2 * 86_400_000:
        found += [instant_ms(site, day + timedelta(minutes=minute(text))) for text in times]
        day += timedelta(days=1)
    return sorted(m for m in found if after_ms < m <= until_ms)


def first_moment(site: dict, times: list, after_ms: int, until_ms: int):
    """The first of them, or None."""
    return next(iter(moments(site, times, after_ms, min(until_ms, after_ms + 4 * 86_400_000))), None)


def weekly(schedule: dict, weekday: int) -> list:
    """The ranges written for a day of the week, 0 = Monday."""
    ranges = []
    for days, written in schedule.get("weekly", {}).items():
        first, _, last = days.partition("-")
        if DAYS.index(first) <= weekday <= DAYS.index(last or first):
            ranges += written
    return ranges


def spans(site: dict, name: str, day: datetime) -> list:
    """[(from_ms, to_ms)] of a schedule's ranges that start on a day."""
    schedule = site["schedules"][name]
    holidays = schedule.get("holidays", {})
    key = day.date().isoformat()
    ranges = holidays[key] if key in holidays else weekly(schedule, day.weekday())
    found = []
    for text in ranges:
        start, end = (minute(part) for part in text.split("-"))
        end += 1440 if end <= start else 0
        found.append((instant_ms(site, day + timedelta(minutes=start)), instant_ms(site, day + timedelta(minutes=end))))
    return found


def period(site: dict, name: str, at_ms: int):
    """The (from_ms, to_ms) of a schedule that holds a moment, or None."""
    if name == "always":
        return (0, None)
    if name == "never":
        return None
    day = local(site, at_ms).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    candidates = spans(site, name, day - timedelta(days=1)) + spans(site, name, day)
    return next((span for span in candidates if span[0] <= at_ms < span[1]), None)


def is_active(site: dict, name: str, at_ms: int) -> bool:
    return period(site, name, at_ms) is not None
