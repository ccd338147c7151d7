"""Time zones: their transitions for a board that has no zone table, and local times as Unix seconds.

Source: the tzdata package, not the zones of the machine, so that a site compiles to the same bytes everywhere.
"""

import datetime
import functools
import importlib.resources
import zoneinfo

_STEP_S = 86400
_SURELY_S = 2 * 86400
_YEARS = 10
_YEARS_BEFORE = 2


@functools.cache
def names() -> frozenset:
    """Every zone there is."""
    return frozenset(importlib.resources.files("tzdata").joinpath("zones").read_text().split())


@functools.cache
def zone(name: str) -> zoneinfo.ZoneInfo:
    """A zone by its name, one of names()."""
    with importlib.resources.files("tzdata").joinpath("zoneinfo", name).open("rb") as file:
        return zoneinfo.ZoneInfo.from_file(file, key=name)


def offset_s(name: str, at_s: int) -> int:
    """Local time minus UTC at a moment."""
    moment = datetime.datetime.fromtimestamp(at_s, zone(name))
    return round(moment.utcoffset().total_seconds())


@functools.cache
def transitions(name: str, from_s: int, until_s: int) -> list:
    """[[from_s, offset_s], ...] that hold in a stretch of time; the first one from 0."""
    found = [[0, offset_s(name, from_s)]]
    for start_s in range(from_s, until_s, _STEP_S):
        if offset_s(name, start_s + _STEP_S) != found[-1][1]:
            moment_s = _change_s(name, start_s, start_s + _STEP_S)
            found.append([moment_s, offset_s(name, moment_s)])
    return found


def for_part(name: str, start_s: int) -> list:
    """Transitions from two years before to ten years after, in whole years: parts must not change from day to day."""
    year = datetime.datetime.fromtimestamp(start_s, datetime.UTC).year
    return transitions(name, _new_year_s(year - _YEARS_BEFORE), _new_year_s(year + _YEARS + 1))


def unix_s(name: str, local: datetime.datetime) -> int:
    """The first moment at which clocks of the zone show this local time or, where it does not exist, a later one."""
    local_s = round(local.replace(tzinfo=datetime.UTC).timestamp())
    low_s, high_s = local_s - _SURELY_S, local_s + _SURELY_S
    before_s, after_s = offset_s(name, low_s), offset_s(name, high_s)
    if before_s == after_s:
        return local_s - before_s
    change_s = _change_s(name, low_s, high_s)
    return local_s - before_s if local_s - before_s < change_s else max(local_s - after_s, change_s)


def _change_s(name: str, low_s: int, high_s: int) -> int:
    """The first second of the new offset between two moments with different offsets."""
    old = offset_s(name, low_s)
    while high_s - low_s > 1:
        middle_s = (low_s + high_s) // 2
        if offset_s(name, middle_s) == old:
            low_s = middle_s
        else:
            high_s = middle_s
    return high_s


def _new_year_s(year: int) -> int:
    return round(datetime.datetime(year, 1, 1, tzinfo=datetime.UTC).timestamp())
