"""Schedule, lockdown and emergency: who beats whom, and what comes out when one of them ends."""

from tests.core.doors import door, play


def test_schedule_unlocks_and_locks():
    d = door()
    assert play(d, (0, "schedule")) == "+schedule"
    assert d.stands_unlocked()
    assert play(d, (0, "schedule")) == ""
    assert play(d, (9, "unschedule")) == "-schedule"
    assert not d.stands_unlocked()


def test_what_the_schedule_hid_comes_out_when_it_ends():
    rows = (
        # happens 1 s before the schedule ends   and after it, the lock ends with
        ("grant", (5000, "tick"), "-access not_used:kim"),
        ("unlock", (5000, "tick"), "-operator"),
        ("press", (9000, "release"), "released"),
    )
    for hidden, later, words in rows:
        d = door(relock_on="timer")
        play(d, (-1000, "schedule"), (0, hidden))
        assert play(d, (1000, "unschedule")) == "", hidden
        assert not d.is_locked, hidden
        assert play(d, later) == words
    assert play(d, (14000, "tick")) == "-rex"


def test_lock_is_told_only_when_the_last_reason_ends():
    d = door(lock="fail_safe", relock_on="timer")
    told = [play(d, step) for step in ((0, "emergency"), (0, "schedule"), (0, "unlock"), (0, "press"), (0, "grant"))]
    assert told == ["+emergency", "", "", "pressed", ""]
    told = [play(d, step) for step in ((1000, "unschedule"), (2000, "calm"), (5000, "tick"), (6000, "release"))]
    assert told == ["", "", "not_used:kim", "released"]
    assert play(d, (11000, "tick")) == "-rex"


def test_first_person_in_begins_the_schedule():
    d = door(unlock_after_first=True)
    assert play(d, (0, "schedule")) == ""
    assert not d.stands_unlocked()
    assert play(d, (1000, "grant")) == "+access"
    assert d.stands_unlocked()
    assert play(d, (6000, "tick")) == "not_used:kim"
    assert not d.is_locked
    assert play(d, (9000, "unschedule")) == "-schedule"


def test_first_person_in_must_come_within_the_schedule_each_time():
    d = door(unlock_after_first=True)
    play(d, (0, "grant"), (9000, "schedule"))
    assert d.is_locked
    play(d, (10000, "grant"), (20000, "unschedule"), (30000, "schedule"))
    assert d.is_locked


def test_schedule_told_twice_keeps_its_first_person():
    d = door(unlock_after_first=True)
    play(d, (0, "schedule"), (1000, "grant"), (2000, "schedule"), (6000, "tick"))
    assert d.stands_unlocked() and not d.is_locked


def test_nothing_but_a_grant_is_a_first_person():
    d = door(unlock_after_first=True)
    play(d, (0, "schedule"), (10, "unlock"), (20, "press"), (30, "release"), (40, "open"), (50, "close"))
    assert not d.stands_unlocked()


def test_lockdown_beats_the_schedule_until_it_is_released():
    d = door()
    play(d, (0, "schedule"))
    assert play(d, (10, "lockdown")) == "-lockdown"
    assert not d.stands_unlocked()
    assert play(d, (20, "unschedule"), (30, "schedule")) == ""
    assert play(d, (40, "lift")) == "+schedule"


def test_lockdown_cuts_a_timed_unlock():
    assert play(door(), (0, "grant"), (10, "lockdown")) == "-lockdown not_used:kim"
    assert play(door(), (0, "unlock"), (10, "lockdown")) == "-lockdown"
    d = door(relock_on="close")
    play(d, (0, "grant"), (10, "open"), (9000, "tick"))
    assert play(d, (9999, "lockdown")) == "-lockdown"


def test_lockdown_cuts_nothing_that_comes_after_it():
    d = door()
    play(d, (0, "lockdown"))
    assert play(d, (10, "grant")) == "+access"
    assert play(d, (20, "lockdown")) == ""
    assert play(d, (5010, "tick")) == "-access not_used:kim"


def test_lockdown_leaves_rex_its_lock():
    d = door()
    play(d, (0, "press"), (0, "schedule"), (10, "lockdown"))
    assert not d.is_locked
    assert play(d, (20, "release")) == "released"
    assert play(d, (5020, "tick")) == "-rex"


def test_emergency_unlocks_a_fail_safe_door_and_it_stays_so():
    d = door(lock="fail_safe")
    assert play(d, (0, "emergency")) == "+emergency"
    for step in ((10, "open"), (20, "close"), (30, "lockdown"), (40, "unschedule"), (86400000, "tick")):
        play(d, step)
        assert not d.is_locked, step


def test_emergency_leaves_a_fail_secure_door_as_it_is():
    d = door(lock="fail_secure")
    assert play(d, (0, "emergency")) == ""
    assert play(d, (10, "calm"), (20, "schedule"), (30, "emergency")) == ""
    assert not d.is_locked


def test_emergency_beats_lockdown_and_lockdown_is_there_afterwards():
    d = door(lock="fail_safe")
    play(d, (0, "schedule"), (10, "lockdown"))
    assert play(d, (20, "emergency")) == "+emergency"
    assert play(d, (30, "calm")) == "-emergency"
    assert play(d, (40, "lift")) == "+schedule"


def test_after_an_emergency_the_lock_follows_its_schedule():
    d = door(lock="fail_safe")
    play(d, (0, "emergency"), (10, "schedule"))
    assert play(d, (20, "calm")) == ""
    assert not d.is_locked


def test_emergency_told_twice_ends_once():
    d = door(lock="fail_safe")
    play(d, (0, "emergency"))
    assert play(d, (5, "emergency")) == ""
    assert play(d, (10, "calm")) == "-emergency"
    assert play(d, (15, "calm")) == ""


def test_nobody_forces_a_door_in_an_emergency():
    for rex in ("none", "unlock", "shunt", "report"):
        for lock in ("fail_safe", "fail_secure"):
            d = door(lock=lock, rex=rex)
            play(d, (0, "emergency"), (10, "press"), (20, "open"))
            assert "forced" not in play(d, (1000, "tick")), (lock, rex)


def test_door_can_be_locked_down_only_with_a_way_out_of_its_own():
    rows = (
        # egress       rex        can be locked down
        ("none", "none", False),
        ("none", "shunt", False),
        ("none", "report", False),
        ("none", "unlock", True),
        ("mechanical", "none", True),
        ("break_glass", "report", True),
        ("mechanical", "unlock", True),
    )
    for egress, rex, can in rows:
        assert door(egress=egress, rex=rex).can_lock_down() == can, (egress, rex)


def test_door_without_anything_to_come_names_no_deadline():
    for steps in ((), ((0, "press"),), ((0, "schedule"),), ((0, "lockdown"),), ((0, "emergency"),)):
        d = door(lock="fail_safe")
        play(d, *steps)
        assert d.next_deadline_ms() is None, steps
