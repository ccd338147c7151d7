"""Forced and held: what lets a leaf open, how long it may stand so, and the end of an alarm."""

from tests.core.doors import do, door, play


def test_opening_that_nothing_let_is_forced():
    assert play(door(), (0, "open")) == "opened forced"


def test_each_thing_that_lets_a_leaf_open_prevents_forced():
    for lets in ("grant", "press", "schedule", "unlock", "emergency"):
        for lock in ("fail_secure", "fail_safe"):
            words = play(door(lock=lock), (0, lets), (100, "open"))
            assert "opened" in words and "forced" not in words, (lock, lets)


def test_opening_when_the_time_is_up_is_forced():
    assert play(door(), (0, "grant"), (5000, "tick"), (5000, "open")) == "opened forced"


def test_used_up_grant_does_not_let_a_second_opening():
    d = door(relock_on="open")
    assert play(d, (0, "grant"), (500, "open"), (1000, "close"), (1500, "open")) == "opened forced"


def test_leaf_found_open_at_boot_is_not_forced_but_may_be_held():
    d = door(now_ms=7000, is_open=True)
    assert d.is_open and d.next_deadline_ms() == 22000
    assert play(d, (22000, "tick")) == "warn"
    assert play(d, (27000, "tick")) == "held"
    assert play(d, (28000, "close")) == "closed restored"


def test_door_without_a_sensor_is_never_open():
    d = door(sensor=False, is_open=True)
    play(d, (0, "open"))
    assert not d.is_open and d.next_deadline_ms() is None


def test_held_is_told_after_held_open_s_and_warned_of_5_s_before():
    d = door()
    play(d, (0, "grant"), (1000, "open"))
    assert play(d, (15999, "tick")) == ""
    assert play(d, (16000, "tick")) == "warn"
    assert play(d, (20999, "tick")) == ""
    assert play(d, (21000, "tick")) == "held"
    assert d.next_deadline_ms() is None


def test_every_reader_of_the_door_warns():
    d = door(readers=["in", "out"])
    play(d, (0, "grant"), (0, "open"))
    signals = [("signal", "in", "held_warning"), ("signal", "out", "held_warning")]
    assert do(d, 15000, "tick") == signals


def test_short_held_time_warns_at_once():
    d = door(held_open_ms=3000)
    play(d, (0, "grant"), (1000, "open"))
    assert play(d, (1000, "tick")) == "warn"
    assert play(d, (4000, "tick")) == "held"


def test_zero_held_time_never_holds():
    d = door(held_open_ms=0)
    play(d, (0, "grant"), (1000, "open"))
    assert d.next_deadline_ms() is None


def test_closing_in_time_is_no_alarm():
    d = door()
    assert play(d, (0, "grant"), (1000, "open"), (20999, "close")) == "warn closed"
    assert play(d, (90000, "tick")) == ""


def test_extended_grant_may_stand_open_three_times_as_long():
    d = door()
    play(d, (0, "extended"), (1000, "open"))
    assert d.next_deadline_ms() == 56000
    assert play(d, (56000, "tick")) == "warn"
    assert play(d, (61000, "tick")) == "held"


def test_next_opening_is_not_extended():
    d = door()
    play(d, (0, "extended"), (1000, "open"), (2000, "close"), (3000, "grant"), (4000, "open"))
    assert d.next_deadline_ms() == 19000


def test_badge_at_the_open_door_starts_held_again():
    d = door()
    play(d, (0, "grant"), (1000, "open"), (15000, "grant", "al"), (20000, "tick"))
    assert play(d, (29999, "tick")) == ""
    assert play(d, (30000, "tick")) == "warn"
    assert play(d, (35000, "tick")) == "held"


def test_badge_after_the_warning_is_warned_again():
    d = door()
    assert play(d, (0, "grant"), (0, "open"), (15000, "tick")) == "warn"
    play(d, (16000, "grant", "al"), (21000, "tick"))
    assert play(d, (31000, "tick")) == "warn"


def test_extended_badge_at_the_open_door_starts_three_times_held():
    d = door(relock_on="timer")
    play(d, (0, "grant"), (0, "open"), (1000, "extended"), (16000, "tick"))
    assert d.next_deadline_ms() == 56000


def test_held_is_told_once_in_an_opening():
    d = door()
    play(d, (0, "grant"), (0, "open"), (20000, "tick"))
    for step in ((21000, "grant"), (50000, "schedule"), (51000, "unschedule"), (99000, "tick")):
        assert "held" not in play(d, step)
    assert play(d, (100000, "close")) == "closed restored"


def test_held_waits_while_schedule_operator_or_emergency_unlock():
    rows = (
        # begins      ends, and when          held at
        ("schedule", (60000, "unschedule"), 80000),
        ("unlock", (15000, "tick"), 35000),
        ("emergency", (60000, "calm"), 80000),
    )
    for begins, ends, held_ms in rows:
        d = door(lock="fail_safe", relock_on="timer")
        play(d, (0, "grant"), (1000, "open"), (10000, begins), ends)
        assert "held" not in play(d, (held_ms - 1, "tick")), begins
        assert play(d, (held_ms, "tick")) == "held", begins


def test_opening_while_held_is_suspended_is_timed_from_the_end_of_it():
    d = door()
    play(d, (0, "schedule"), (1000, "open"), (500000, "unschedule"))
    assert play(d, (520000, "tick")) == "warn held"


def test_operators_time_that_is_up_no_longer_suspends_held():
    d = door(relock_on="close")
    play(d, (0, "unlock"), (1000, "open"), (5000, "tick"))
    assert not d.is_locked
    assert play(d, (25000, "tick")) == "warn held"


def test_fail_secure_door_is_not_unlocked_by_an_emergency_and_may_be_held():
    d = door(lock="fail_secure")
    assert play(d, (0, "emergency"), (1000, "open"), (21000, "tick")) == "warn held"


def test_lockdown_ends_what_the_schedule_suspended():
    d = door()
    play(d, (0, "schedule"), (1000, "open"), (60000, "lockdown"))
    assert play(d, (80000, "tick")) == "warn held"


def test_rex_does_not_suspend_held():
    d = door()
    assert play(d, (0, "press"), (1000, "open"), (21000, "tick")) == "warn held"


def test_forced_door_can_be_held_and_is_restored_once():
    d = door()
    play(d, (0, "open"))
    assert play(d, (20000, "tick")) == "warn held"
    assert play(d, (21000, "close")) == "closed restored"
    assert play(d, (22000, "grant"), (22500, "open"), (23000, "close")) == "closed"


def test_grant_at_a_forced_door_does_not_undo_the_alarm():
    d = door()
    play(d, (0, "open"), (1000, "grant"))
    assert play(d, (2000, "close")) == "closed restored"


def test_sensor_that_says_the_same_twice_is_told_once():
    d = door()
    play(d, (0, "grant"), (100, "open"))
    assert play(d, (200, "open")) == ""
    play(d, (300, "close"))
    assert play(d, (400, "close")) == ""


def test_late_tick_tells_all_that_fell_due_in_order():
    d = door(relock_on="timer")
    play(d, (0, "grant"), (1000, "open"))
    assert play(d, (99000, "tick")) == "-access warn held"
