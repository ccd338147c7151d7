"""An area's settings: what its rules read of them, and what an operator may change."""

from firmware.core import area_changes
from firmware.core.calendar import Zone
from tests.core.facts import START_MS, area
from tests.core.facts import rules as ruled

HOUR_MS = 3600 * 1000
MIDNIGHT_MS = START_MS - 8 * HOUR_MS
SCHEDULES = ("always", "never", "office_hours")
MODES = ("off", "soft", "deny", "hard")


def full(mode="hard", **settings):
    return area(mode, has_sensors=True, **settings)


def test_reset_moments_wait_for_a_clock_that_can_be_trusted():
    rules = ruled(reset_at=[240])
    moment = MIDNIGHT_MS + 4 * HOUR_MS
    rules._horizon.until_ms = moment - 1
    assert rules.reset_after(MIDNIGHT_MS) is None and rules.last_reset(moment) == moment - 24 * HOUR_MS
    rules._horizon.until_ms = moment
    assert rules.reset_after(MIDNIGHT_MS) == moment


def modes(entrances, exits):
    return {"anti_passback": {"entrances": entrances, "exits": exits}}


def test_each_direction_has_its_own_mode():
    rules = ruled(**modes("hard", "soft"))
    assert rules.mode("in") == "hard" and rules.mode("out") == "soft"


def test_an_area_denies_where_either_direction_does():
    for entrances in MODES:
        for exits in MODES:
            expected = entrances in ("deny", "hard") or exits in ("deny", "hard")
            assert ruled(**modes(entrances, exits)).denies() == expected


def test_reset_moments_before_and_after():
    rules = ruled(reset_at=[240, 1200])
    at = lambda hour: MIDNIGHT_MS + hour * HOUR_MS
    assert rules.reset_after(at(3)) == at(4) and rules.reset_after(at(4)) == at(20)
    assert rules.reset_after(at(20)) == at(28)
    assert [rules.last_reset(at(hour)) for hour in (3, 4, 19, 20, 27)] == [at(-4), at(4), at(4), at(20), at(20)]
    assert rules.last_reset(at(4) - 1) == at(-4)
    never = ruled()
    assert never.reset_after(at(3)) is None and never.last_reset(at(3)) == 0


def test_the_last_reset_on_the_days_the_clocks_change():
    # Lisbon, 2026: forward on 29 March at 01:00, back on 25 October at 02:00 (01:00 UTC).
    zone = Zone([[0, 0], [1774746000, 3600], [1792890000, 0]])
    for changes_s in (1774746000, 1792890000):
        rules = ruled(zone=zone, reset_at=[30, 90, 1439])
        for hour in range(-30, 30):
            at_ms = (changes_s + hour * 3600) * 1000
            last = rules.last_reset(at_ms)
            assert last <= at_ms < rules.reset_after(last) and rules.reset_after(last - 1) == last


def test_a_direction_that_becomes_strict_forgives():
    for old in MODES:
        for new in MODES:
            rules = ruled(**modes(old, "soft"))
            forgives = rules.forgives(area(**modes(new, "soft")))
            if old == "soft" and new in ("deny", "hard"):
                assert forgives
            if old == new or new == "soft":
                assert not forgives, (old, new)
    assert ruled(mode="hard").forgives(area("off"))
    assert not ruled(mode="hard").forgives(area(**modes("off", "hard")))


def refused(change, settings=None, groups=("staff",)):
    try:
        area_changes.changed(settings or full(), change, groups, SCHEDULES)
    except ValueError as error:
        return str(error)
    return None


def test_every_setting_takes_its_values_and_no_others():
    rows = {
        "anti_passback": (MODES + (modes("hard", "off")["anti_passback"],), ("firm", "", None, 1, [], {}, {"entrances": "hard"})),
        "first_use": (("either", "entrance"), ("exit", None, 0, True)),
        "moves_on": (("grant", "entry"), ("Entry", None)),
        "when_isolated": (("soft", "enforce"), ("hard", None)),
        "after_emergency": (("reset", "keep"), ("", None)),
        "confirm_grants": ((True, False), (1, 0, "true", None)),
        "violation_timeout_s": ((0, 900), (-1, "900", None, True, 1 << 32)),
        "presence_timeout_s": ((0, 60), (-1, None)),
        "confirm_ms": ((1, 2000), (0, 2001, None, True)),
        "capacity": ((None, 1, 65535), (0, 65536, -1, "2", True)),
        "minimum": ((None, 2), (0, True)),
        "reset_at": (([], ["04:00"], ["23:59", "00:00"]), ("04:00", ["4:00"], ["24:00"], ["04:60"], [240], [None], None, ["²²:00"])),
        "exempt_groups": (([], ["staff"]), (["nobody"], "staff", [5], None)),
        "schedule": (("always", "office_hours"), ("sometimes", None, 5)),
        "parent": ((), (None, "b")),
        "no": ((), (1,)),
        "controllers": ((), ([],)),
    }
    for key in sorted(rows):
        for value in rows[key][0]:
            assert refused({key: value}) is None, (key, value)
        for value in rows[key][1]:
            assert refused({key: value}), (key, value)
            assert key in refused({key: value}) or key == "exempt_groups" or key == "reset_at"


def test_times_of_day_become_minutes_in_order():
    new = area_changes.changed(full(), {"reset_at": ["23:59", "00:00", "04:05", "04:05"]}, (), SCHEDULES)
    assert new["reset_at"] == [0, 245, 1439]


def test_one_mode_means_both_directions():
    assert area_changes.changed(full(), {"anti_passback": "soft"}, (), SCHEDULES)["anti_passback"] == modes("soft", "soft")["anti_passback"]


def test_settings_that_contradict_each_other_are_refused():
    assert "presence_timeout_s" in refused({"capacity": 2, "presence_timeout_s": 60})
    assert "minimum" in refused({"capacity": 2, "minimum": 3}) and refused({"capacity": 2, "minimum": 2}) is None
    assert "sensor" in refused({"moves_on": "entry"}, area("hard", has_sensors=False))
    no_exits = full("soft", has_exits=False)
    for mode in ("deny", "hard"):
        assert "locked out" in refused({"anti_passback": mode}, no_exits)
        assert refused({"anti_passback": mode, "reset_at": ["04:00"]}, no_exits) is None
        assert refused({"anti_passback": mode, "presence_timeout_s": 60}, no_exits) is None
    assert "locked out" in refused({"reset_at": []}, full("hard", has_exits=False, reset_at=[240]))
    assert refused({"anti_passback": modes("soft", "hard")["anti_passback"]}, no_exits) is None


def test_a_change_leaves_the_old_settings_alone():
    old = full()
    before = dict(old)
    new = area_changes.changed(old, {"capacity": 5, "anti_passback": "soft"}, (), SCHEDULES)
    assert old == before and new["capacity"] == 5 and new["violation_timeout_s"] == 0


def test_what_a_fact_carries_is_taken_by_others():
    carried = area_changes.shared(full("deny", reset_at=[240], exempt_groups=["staff"], parent="b", capacity=3))
    for own in ("no", "controllers", "has_exits", "has_sensors"):
        assert own not in carried
    new = area_changes.told(full("soft"), carried)
    assert (new["reset_at"], new["exempt_groups"], new["capacity"]) == ([240], ["staff"], 3)
    assert new["anti_passback"] == modes("deny", "deny")["anti_passback"]
    assert new["parent"] is None and new["controllers"] == full()["controllers"], "who is around is the configuration's"


def test_settings_that_would_stop_a_fold_are_left_out():
    for key, values in (
        ("anti_passback", ("hard", {"entrances": "hard"}, {"entrances": "hard", "exits": "firm"}, None, [])),
        ("violation_timeout_s", (-1, None, "9", 1 << 40, True)),
        ("reset_at", (5, ["04:00"], [1440], [-1], [True], None)),
        ("exempt_groups", ("staff", [1], None)),
        ("first_use", ("never", None, [])),
        ("confirm_grants", (1, None, "yes")),
        ("schedule", (5, None)),
        ("capacity", (0, "3", 70000)),
        ("controllers", (["c9"],)),
        ("no such setting", (1,)),
    ):
        for value in values:
            assert area_changes.told(full(), {key: value}) == full(), (key, value)
