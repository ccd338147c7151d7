"""Zones without a zone table: offsets agree with the zone, and local times that do not exist or occur twice."""

import datetime

from hypothesis import given
from hypothesis import strategies as st

from firmware.core.calendar import Zone
from tools.site.values import zones

_2026_S = 1767225600
_ZONES = (
    "UTC",
    "Europe/Lisbon",
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "America/Sao_Paulo",
)


def test_a_zone_without_changes_is_one_entry():
    assert zones.for_part("UTC", _2026_S) == [[0, 0]]
    assert zones.for_part("Asia/Kathmandu", _2026_S) == [[0, 20700]]


def test_lisbon_changes_on_the_known_days():
    found = zones.for_part("Europe/Lisbon", _2026_S)
    assert found[0] == [0, 0]
    assert [1774746000, 3600] in found  # 2026-03-29 01:00 UTC
    assert [1792890000, 0] in found  # 2026-10-25 01:00 UTC
    assert len(found) == 1 + 2 * 13


def test_ten_years_are_known_and_two_before():
    found = zones.for_part("Europe/Lisbon", _2026_S + 200 * 86400)
    assert found[1][0] < _2026_S - 365 * 86400 * 2 + 200 * 86400
    assert found[-1][0] > _2026_S + 3652 * 86400 + 200 * 86400


def test_a_part_does_not_change_with_the_day_of_its_compilation():
    assert zones.for_part("Europe/Lisbon", _2026_S) == zones.for_part("Europe/Lisbon", _2026_S + 364 * 86400)


@given(st.sampled_from(_ZONES), st.integers(_2026_S - 86400 * 700, _2026_S + 86400 * 3650))
def test_a_part_knows_the_offset_of_every_moment(name, at_s):
    days, second = Zone(zones.for_part(name, _2026_S)).local(at_s)
    assert days * 86400 + second == at_s + zones.offset_s(name, at_s)


@given(st.sampled_from(_ZONES), st.integers(20454, 24000), st.integers(0, 1439))
def test_local_times_mean_the_same_on_the_host_and_on_the_board(name, day, minute):
    local = datetime.datetime(1970, 1, 1) + datetime.timedelta(days=day, minutes=minute)
    assert zones.unix_s(name, local) == Zone(zones.for_part(name, _2026_S)).at_s(day, minute)


def test_a_time_that_does_not_exist_happens_at_the_first_that_does():
    change_s = 1774746000
    for text in ("2026-03-29T01:00:00", "2026-03-29T01:30:30", "2026-03-29T01:59:59"):
        assert zones.unix_s("Europe/Lisbon", datetime.datetime.fromisoformat(text)) == change_s
    assert zones.unix_s("Europe/Lisbon", datetime.datetime(2026, 3, 29, 2, 0)) == change_s
    assert zones.unix_s("Europe/Lisbon", datetime.datetime(2026, 3, 29, 0, 59, 59)) == change_s - 1


def test_a_time_that_occurs_twice_is_the_first():
    assert zones.unix_s("Europe/Lisbon", datetime.datetime(2026, 10, 25, 1, 30)) == 1792890000 - 1800
    assert zones.unix_s("Europe/Lisbon", datetime.datetime(2026, 10, 25, 2, 0)) == 1792890000 + 3600
