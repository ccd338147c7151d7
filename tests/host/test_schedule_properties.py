"""Zones and schedules against a second, naive reading of the rules made of zoneinfo and datetime."""

from datetime import date, datetime, timedelta, timezone
from functools import cache
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.core.calendar import Zone, civil_from_days, days_from_civil, weekday
from firmware.core.schedule import Schedule, first_moment_after

pytestmark = pytest.mark.slow
# Half an hour, a quarter to the hour, half an hour of summer time, a day left out, clocks going back at 00:01 and at 00:00.
ZONES = (
    "Europe/Lisbon", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia", "UTC",
    "America/St_Johns", "America/Sao_Paulo", "Africa/Casablanca",
)
FIRST_S = int(datetime(2005, 1, 1, tzinfo=timezone.utc).timestamp())
LAST_S = int(datetime(2037, 1, 1, tzinfo=timezone.utc).timestamp())
EPOCH = date(1970, 1, 1)
DAY_S = 86400

# The first example in a zone finds its transitions, which takes longer than those that follow.
RELAXED = settings(deadline=None)
THOROUGH = settings(deadline=None, max_examples=300)

MINUTES = st.one_of(st.integers(0, 240), st.integers(0, 1439), st.just(0))
RANGES = st.lists(st.tuples(MINUTES, st.one_of(MINUTES, st.just(1440))), max_size=3)


def offset_s(name: str, at_s: int) -> int:
    return int(datetime.fromtimestamp(at_s, ZoneInfo(name)).utcoffset().total_seconds())


@cache
def transitions(name: str) -> list:
    """[[from_s, offset_s], ...] found by looking at the clock every six hours."""
    found = [[0, offset_s(name, FIRST_S)]]
    for low in range(FIRST_S, LAST_S, 6 * 3600):
        high = low + 6 * 3600
        if offset_s(name, high) == found[-1][1]:
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if offset_s(name, middle) == found[-1][1] else (low, middle)
        found.append([high, offset_s(name, high)])
    return found


@st.composite
def moments(draw, name: str) -> int:
    """Unix seconds anywhere, or within three days or ten seconds of a change of the clocks."""
    anchors = [from_s for from_s, _ in transitions(name)[1:]]
    near = draw(st.sampled_from((0, 10, 3 * DAY_S))) if anchors else 0
    if near:
        return draw(st.sampled_from(anchors)) + draw(st.integers(-near, near))
    return draw(st.integers(FIRST_S + 30 * DAY_S, LAST_S - 30 * DAY_S))


@st.composite
def zoned_moments(draw) -> tuple:
    name = draw(st.sampled_from(ZONES))
    return name, draw(moments(name))


@st.composite
def schedules(draw) -> tuple:
    """(zone name, moment, spec), with holidays around the moment."""
    name, at_s = draw(zoned_moments())
    holidays = draw(st.dictionaries(st.integers(-2, 10), RANGES, max_size=3))
    today = at_s // DAY_S
    spec = {
        "weekly": draw(st.lists(RANGES, min_size=7, max_size=7)),
        "holidays": {str(today + day): ranges for day, ranges in holidays.items()},
    }
    return name, at_s, spec


def naive_at_s(name: str, day: date, minute: int) -> int:
    """Wait, minute by minute on the wall, for a local time that exists."""
    zone, wall = ZoneInfo(name), datetime(day.year, day.month, day.day) + timedelta(minutes=minute)
    while True:
        moment = wall.replace(tzinfo=zone).astimezone(timezone.utc)
        if moment.astimezone(zone).replace(tzinfo=None) == wall:
            return int(moment.timestamp())
        wall += timedelta(minutes=1)


def ranges_of(spec: dict, day: date) -> list:
    return spec["holidays"].get(str((day - EPOCH).days), spec["weekly"][day.weekday()])


def naive_spans(name: str, spec: dict, first: date, days: int) -> list:
    """(start, end) in Unix seconds of every range of these days."""
    spans = []
    for day in (first + timedelta(days=count) for count in range(days)):
        for start, end in ranges_of(spec, day):
            end_day = day if end > start else day + timedelta(days=1)
            spans.append((naive_at_s(name, day, start), naive_at_s(name, end_day, end)))
    return spans


def naive_is_active(spans: list, at_s: int) -> bool:
    return any(start <= at_s < end for start, end in spans)


def local_date(name: str, at_s: int) -> date:
    return datetime.fromtimestamp(at_s, ZoneInfo(name)).date()


@RELAXED
@given(st.dates(date(1, 1, 1), date(9998, 12, 31)))
def test_dates_agree_with_datetime(day):
    days = (day - EPOCH).days
    assert days_from_civil(day.year, day.month, day.day) == days
    assert civil_from_days(days) == (day.year, day.month, day.day)
    assert weekday(days) == day.weekday()


@RELAXED
@given(zoned_moments())
def test_local_times_agree_with_zoneinfo(case):
    name, at_s = case
    days, second = Zone(transitions(name)).local(at_s)
    wall = datetime.fromtimestamp(at_s, ZoneInfo(name)).replace(tzinfo=None)
    assert datetime(1970, 1, 1) + timedelta(days=days, seconds=second) == wall


@RELAXED
@given(zoned_moments(), st.integers(0, 1440))
def test_moments_of_local_times_agree_with_zoneinfo(case, minute):
    name, at_s = case
    day = local_date(name, at_s)
    assert Zone(transitions(name)).at_s((day - EPOCH).days, minute) == naive_at_s(name, day, minute)


@RELAXED
@given(zoned_moments(), st.integers(1, 4000))
def test_later_local_times_never_happen_earlier(case, minutes):
    name, at_s = case
    zone, day = Zone(transitions(name)), at_s // DAY_S
    assert zone.at_s(day, 0) <= zone.at_s(day, minutes) <= zone.at_s(day, minutes + 1)


@THOROUGH
@given(schedules(), st.integers(0, 999))
def test_being_active_agrees_with_the_naive_reading(case, ms):
    name, at_s, spec = case
    spans = naive_spans(name, spec, local_date(name, at_s) - timedelta(days=3), 7)
    assert Schedule(spec, Zone(transitions(name))).is_active(at_s * 1000 + ms) == naive_is_active(spans, at_s)


@RELAXED
@given(schedules())
def test_on_plain_days_the_clock_on_the_wall_decides(case):
    name, at_s, spec = case
    if len({offset_s(name, at_s + day * DAY_S) for day in range(-3, 4)}) > 1:
        return
    wall = datetime.fromtimestamp(at_s, ZoneInfo(name))
    minute = wall.hour * 60 + wall.minute
    today, yesterday = ranges_of(spec, wall.date()), ranges_of(spec, wall.date() - timedelta(days=1))
    expected = any(start <= minute < end or end <= start <= minute for start, end in today)
    expected = expected or any(minute < end <= start for start, end in yesterday)
    assert Schedule(spec, Zone(transitions(name))).is_active(at_s * 1000) == expected


@THOROUGH
@given(schedules(), st.integers(0, 999), st.integers(0, 2**32))
def test_the_next_change_is_the_next_change(case, ms, seed):
    name, at_s, spec = case
    made = Schedule(spec, Zone(transitions(name)))
    next_ms = made.next_change_ms(at_s * 1000 + ms)
    next_s, remainder = divmod(next_ms, 1000)
    assert next_s > at_s and remainder == 0
    spans = naive_spans(name, spec, local_date(name, at_s) - timedelta(days=3), 16)
    is_active = naive_is_active(spans, at_s)
    edges = {edge for span in spans for edge in span if at_s < edge < next_s}
    assert all(naive_is_active(spans, edge) == is_active for edge in edges)
    if naive_is_active(spans, next_s) == is_active:
        assert next_s - at_s > 7 * DAY_S  # eight days, less what the clocks change in them
    draw = Random(seed)
    for _ in range(20):
        assert made.is_active(draw.randrange(at_s * 1000 + ms, next_ms)) == is_active


@RELAXED
@given(zoned_moments(), st.lists(st.integers(0, 1440), min_size=1, max_size=3), st.integers(0, 999))
def test_the_first_moment_after_agrees_with_the_naive_reading(case, minutes, ms):
    name, at_s = case
    first = local_date(name, at_s) - timedelta(days=1)
    all_s = [naive_at_s(name, first + timedelta(days=day), minute) for day in range(6) for minute in minutes]
    expected = min(moment_s for moment_s in all_s if moment_s > at_s)
    assert first_moment_after(minutes, Zone(transitions(name)), at_s * 1000 + ms) == expected * 1000


def test_the_zones_have_what_they_are_here_for():
    # Without transitions in them the properties above would prove little.
    counts = {name: len(transitions(name)) - 1 for name in ZONES}
    assert counts["UTC"] == counts["Asia/Kolkata"] == 0
    assert all(counts[name] >= 60 for name in ("Europe/Lisbon", "America/New_York", "Australia/Lord_Howe"))
    steps = {after - before for (_, before), (_, after) in pairwise(transitions("Pacific/Apia"))}
    assert DAY_S in steps
