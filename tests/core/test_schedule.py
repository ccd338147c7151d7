"""Weekly ranges, nights, holidays, and the hours that clocks skip or repeat."""

from firmware.core.calendar import Zone, days_from_civil
from firmware.core.schedule import Schedule, first_moment_after, named

UTC = Zone([[0, 0]])
MONDAY = days_from_civil(2026, 11, 23)
MON, TUE, WED, THU, FRI, SAT, SUN = range(MONDAY, MONDAY + 7)

SPRING = 1774746000  # 2026-03-29 01:00 UTC: 01:00 becomes 02:00
AUTUMN = 1792890000  # 2026-10-25 01:00 UTC: 02:00 becomes 01:00
LISBON = Zone([[0, 0], [SPRING, 3600], [AUTUMN, 0]])
DAY_MS, HOUR_MS, MIN_MS = 86400000, 3600000, 60000


def clock(text):
    """Minutes of the day of "HH:MM"."""
    return int(text[:2]) * 60 + int(text[3:])


def ranges(*texts):
    return [[clock(text[:5]), clock(text[6:])] for text in texts]


def schedule(weekly, holidays=None, zone=UTC):
    """weekly: {0..6: (ranges)}, holidays: {day: (ranges)}."""
    return Schedule(
        {
            "weekly": [ranges(*weekly.get(day, ())) for day in range(7)],
            "holidays": {str(day): ranges(*texts) for day, texts in (holidays or {}).items()},
        },
        zone,
    )


def at(day, text, zone=UTC):
    return zone.at_s(day, clock(text)) * 1000


def office(holidays=None):
    return schedule({day: ("08:00-12:00", "13:00-18:30") for day in range(5)}, holidays)


def nights(holidays=None):
    return schedule({4: ("22:00-06:00",)}, holidays)


def is_active_at(made, rows):
    for day, text, active in rows:
        assert made.is_active(at(day, text)) is active, (day - MONDAY, text)


def test_a_range_holds_from_its_start_until_before_its_end():
    is_active_at(
        office(),
        (
            (MON, "07:59", False),
            (MON, "08:00", True),
            (MON, "11:59", True),
            (MON, "12:00", False),
            (MON, "13:00", True),
            (FRI, "18:29", True),
            (FRI, "18:30", False),
            (SAT, "10:00", False),
            (SUN, "10:00", False),
        ),
    )
    assert office().is_active(at(MON, "12:00") - 1)


def test_what_was_asked_before_changes_no_answer():
    asked = office({SAT: ("09:00-10:00",)})
    for step in range(400):
        at_ms = at(MON, "00:00") + step * 7919 % 400 * 37 * MIN_MS  # to and fro, through ten days
        assert asked.is_active(at_ms) == office({SAT: ("09:00-10:00",)}).is_active(at_ms)


def test_a_range_past_midnight_belongs_to_the_day_it_starts_on():
    is_active_at(
        nights(),
        (
            (THU, "23:00", False),
            (FRI, "05:00", False),
            (FRI, "22:00", True),
            (SAT, "00:00", True),
            (SAT, "05:59", True),
            (SAT, "06:00", False),
            (SAT, "22:00", False),
        ),
    )


def test_an_end_that_is_the_start_is_a_day_later():
    made = schedule({0: ("08:00-08:00",)})
    is_active_at(made, ((MON, "07:59", False), (MON, "08:00", True), (TUE, "07:59", True), (TUE, "08:00", False)))


def test_midnight_may_be_written_at_either_end():
    for text in ("20:00-24:00", "20:00-00:00"):
        made = schedule({0: (text,)})
        is_active_at(made, ((MON, "23:59", True), (TUE, "00:00", False)))


def test_a_holiday_replaces_the_ranges_of_its_day():
    made = office({TUE: (), WED: ("20:00-02:00",)})
    is_active_at(
        made,
        (
            (MON, "10:00", True),
            (TUE, "10:00", False),
            (WED, "10:00", False),
            (WED, "20:00", True),
            (THU, "01:59", True),
            (THU, "02:00", False),
            (THU, "08:00", True),
        ),
    )


def test_the_night_before_a_holiday_runs_to_its_end():
    is_active_at(nights({SAT: ()}), ((FRI, "23:00", True), (SAT, "05:59", True), (SAT, "06:00", False)))


def test_a_holiday_takes_its_own_night_with_it():
    is_active_at(nights({FRI: ()}), ((FRI, "23:00", False), (SAT, "01:00", False)))


def test_a_range_over_the_skipped_hour_is_shorter():
    made, sunday = schedule({6: ("00:30-02:30",)}, zone=LISBON), days_from_civil(2026, 3, 29)
    start, end = at(sunday, "00:30", LISBON), at(sunday, "02:30", LISBON)
    assert end - start == HOUR_MS
    assert [made.is_active(moment) for moment in (start - 1, start, end - 1, end)] == [False, True, True, False]


def test_a_range_inside_the_skipped_hour_is_empty():
    made = schedule({6: ("01:10-01:50",)}, zone=LISBON)
    assert not any(made.is_active(SPRING * 1000 + minute * MIN_MS) for minute in range(-120, 120))


def test_a_range_runs_through_the_repeated_hour_once():
    # Shown times: 01:30 .. 01:59, 01:00 .. 01:59 again, 02:00 .. 02:29.
    made = schedule({6: ("01:30-02:30",)}, zone=LISBON)
    active = [made.is_active(AUTUMN * 1000 + minute * MIN_MS) for minute in range(-120, 180)]
    assert active == [False] * 90 + [True] * 120 + [False] * 90


def test_a_range_that_ends_in_the_repeated_hour_ends_the_first_time():
    made = schedule({6: ("00:30-01:30",)}, zone=LISBON)
    active = [made.is_active(AUTUMN * 1000 + minute * MIN_MS) for minute in range(-120, 180)]
    assert active == [False] * 30 + [True] * 60 + [False] * 210


def test_tomorrow_that_starts_twice_stays_begun():
    # As in St. John's of old: at 00:01 clocks went back to 23:01 of the day before.
    back = MONDAY * 86400 + 60
    made = schedule({0: ("00:00-08:00",)}, zone=Zone([[0, 0], [back, -3600]]))
    assert [made.is_active((back + s) * 1000) for s in (-61, -60, 0, 1800, 3600)] == [False, True, True, True, True]


def test_changes_come_in_order():
    made, moment = office({WED: ()}), at(SUN, "12:00") - 7 * DAY_MS
    expected = ("08:00", "12:00", "13:00", "18:30")
    for day in (MON, TUE, THU, FRI):
        for text in expected:
            moment = made.next_change_ms(moment)
            assert moment == at(day, text)


def test_a_change_is_strictly_later():
    made = office()
    assert made.next_change_ms(at(MON, "08:00") - 1) == at(MON, "08:00")
    assert made.next_change_ms(at(MON, "08:00")) == at(MON, "12:00")


def test_ranges_that_touch_or_overlap_are_one():
    made = schedule({0: ("08:00-12:00", "12:00-14:00", "13:00-24:00"), 1: ("00:00-06:00",)})
    assert made.next_change_ms(at(MON, "08:00")) == at(TUE, "06:00")


def test_nothing_in_sight_is_looked_at_again_later():
    constant = schedule({day: ("00:00-24:00",) for day in range(7)})
    for made in (constant, schedule({}), schedule({}, {MON + 100: ("10:00-11:00",)})):
        assert made.next_change_ms(at(MON, "12:00")) > at(MON, "12:00") + 8 * DAY_MS


def test_a_change_a_week_away_is_seen():
    assert nights().next_change_ms(at(SAT, "06:00")) == at(FRI, "22:00") + 7 * DAY_MS


def test_always_and_never_are_built_in():
    made = named({"office": {"weekly": [[]] * 7, "holidays": {}}}, UTC)
    assert sorted(made) == ["always", "never", "office"]
    assert made["always"].is_active(0) and not made["never"].is_active(0)
    assert made["always"].next_change_ms(0) is None and made["never"].next_change_ms(0) is None


def test_the_first_moment_after():
    reset_at = [clock("04:00"), clock("20:00")]
    for now, then in (
        (at(MON, "03:59"), at(MON, "04:00")),
        (at(MON, "04:00") - 1, at(MON, "04:00")),
        (at(MON, "04:00"), at(MON, "20:00")),
        (at(MON, "20:00") + 1, at(TUE, "04:00")),
    ):
        assert first_moment_after(reset_at, UTC, now) == then
    assert first_moment_after([], UTC, 0) is None


def test_a_skipped_moment_happens_once():
    half_past_one = [clock("01:30")]
    first = first_moment_after(half_past_one, LISBON, (SPRING - 3600) * 1000)
    assert first == SPRING * 1000
    assert first_moment_after(half_past_one, LISBON, first) == (SPRING + 23 * 3600 + 1800) * 1000


def test_a_repeated_moment_happens_once():
    half_past_one = [clock("01:30")]
    first = first_moment_after(half_past_one, LISBON, (AUTUMN - 3600) * 1000)
    assert first == (AUTUMN - 1800) * 1000
    assert first_moment_after(half_past_one, LISBON, first) == (AUTUMN + 24 * 3600 + 1800) * 1000


def test_a_midnight_that_is_already_over_is_not_awaited():
    # Clocks went back at 00:01 of Tuesday: it is Monday again, and Tuesday's midnight has happened.
    back = TUE * 86400 + 60
    zone = Zone([[0, 0], [back, -3600]])
    assert first_moment_after([0], zone, (back + 30) * 1000) == zone.at_s(WED, 0) * 1000
