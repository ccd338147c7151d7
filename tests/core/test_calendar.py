"""Dates, weekdays and local times, the two odd hours of the year included."""

from firmware.core.calendar import Zone, civil_from_days, days_from_civil, weekday

DATES = (
    # date, days since 1970, weekday (0 = Monday)
    ((1970, 1, 1), 0, 3),
    ((1969, 12, 31), -1, 2),
    ((2000, 2, 29), 11016, 1),
    ((2000, 3, 1), 11017, 2),
    ((2024, 2, 29), 19782, 3),
    ((2026, 12, 25), 20812, 4),
    ((2038, 1, 19), 24855, 1),
    ((2100, 2, 28), 47540, 6),
    ((2100, 3, 1), 47541, 0),
)

WINTER_S, SUMMER_S = 0, 3600
SPRING = 1774746000  # 2026-03-29 01:00 UTC: 01:00 becomes 02:00
AUTUMN = 1792890000  # 2026-10-25 01:00 UTC: 02:00 becomes 01:00
LISBON = [[0, WINTER_S], [SPRING, SUMMER_S], [AUTUMN, WINTER_S]]


def test_dates_and_days_agree_both_ways():
    for date, days, of_week in DATES:
        assert days_from_civil(*date) == days
        assert civil_from_days(days) == date
        assert weekday(days) == of_week


def test_every_day_of_a_century_follows_its_predecessor():
    last = civil_from_days(days_from_civil(1999, 12, 31))
    for days in range(days_from_civil(2000, 1, 1), days_from_civil(2100, 1, 1), 7):
        date = civil_from_days(days)
        assert date > last and days_from_civil(*date) == days
        last = date


def test_a_zone_of_one_offset():
    zone = Zone([[0, 19800]])
    day = days_from_civil(2026, 11, 23)
    midnight = day * 86400 - 19800
    assert zone.local(midnight) == (day, 0)
    assert zone.local(midnight - 1) == (day - 1, 86399)
    assert zone.at_s(day, 0) == midnight
    assert zone.at_s(day, 1440) == zone.at_s(day + 1, 0) == midnight + 86400


def test_local_time_changes_at_the_transition():
    zone = Zone(LISBON)
    for at_s, minute in ((SPRING - 1, 59), (SPRING, 120), (AUTUMN - 1, 119), (AUTUMN, 60), (AUTUMN + 3600, 120)):
        assert zone.local(at_s)[1] // 60 == minute


def test_a_time_that_does_not_exist_happens_at_the_first_that_does():
    day, zone = days_from_civil(2026, 3, 29), Zone(LISBON)
    for minute, at_s in ((59, SPRING - 60), (60, SPRING), (90, SPRING), (120, SPRING), (121, SPRING + 60)):
        assert zone.at_s(day, minute) == at_s


def test_a_time_that_occurs_twice_happens_the_first_time():
    day, zone = days_from_civil(2026, 10, 25), Zone(LISBON)
    for minute, at_s in ((59, -3660), (60, -3600), (119, -60), (120, 3600), (121, 3660)):
        assert zone.at_s(day, minute) == AUTUMN + at_s


def test_a_day_that_does_not_exist_happens_at_its_end():
    # As in Apia, which left out 2011-12-30.
    skip = days_from_civil(2011, 12, 30) * 86400 + 36000
    zone = Zone([[0, -36000], [skip, 50400]])
    gone = days_from_civil(2011, 12, 30)
    assert zone.local(skip - 1) == (gone - 1, 86399)
    assert zone.local(skip) == (gone + 1, 0)
    for minute in (0, 1, 720, 1440):
        assert zone.at_s(gone, minute) == skip


def test_the_first_offset_also_holds_before_it():
    zone = Zone([[SPRING, SUMMER_S], [AUTUMN, WINTER_S]])
    assert zone.local(SPRING - 86400)[1] == 7200
    assert zone.at_s(days_from_civil(2026, 3, 28), 120) == SPRING - 86400
