"""Grants over time: how long they unlock, when they relock, and how each of them ends."""

from tests.core.doors import door, play


def test_grant_unlocks_for_unlock_s():
    d = door()
    assert play(d, (0, "grant")) == "+access"
    assert d.pending == ["kim"]
    assert play(d, (4999, "tick")) == ""
    assert play(d, (5000, "tick")) == "-access not_used:kim"
    assert d.pending == []


def test_extended_grant_unlocks_three_times_as_long():
    d = door()
    play(d, (0, "extended"))
    assert d.next_deadline_ms() == 15000


def test_second_grant_starts_the_time_again():
    d = door()
    assert play(d, (0, "grant"), (4000, "grant", "al")) == ""
    assert d.next_deadline_ms() == 9000
    assert play(d, (9000, "tick")) == "-access not_used:kim not_used:al"


def test_no_more_than_32_grants_wait_for_one_opening():
    d = door()
    for number in range(32):
        assert play(d, (number * 1000, "grant", "p%d" % number)) == ("" if number else "+access")
    assert play(d, (33_000, "grant", "kim")) == "not_used:p0" and play(d, (34_000, "grant", "al")) == "not_used:p1"
    assert len(d.pending) == 32 and d.pending[-1] == "al"
    assert play(d, (35_000, "open")).count("entered") == 32


def test_short_grant_does_not_shorten_an_extended_one():
    d = door()
    play(d, (0, "extended"), (1000, "grant"))
    assert d.next_deadline_ms() == 15000


def test_one_opening_completes_every_pending_grant():
    d = door()
    words = play(d, (0, "grant", "kim"), (100, "grant", "al"), (200, "extended", "eve"), (300, "open"))
    assert words == "opened entered:kim entered:al entered:eve -access"
    assert d.pending == []


def test_grant_at_the_open_leaf_completes_at_once_and_unlocks():
    d = door()
    assert play(d, (0, "grant"), (500, "open"), (600, "grant", "al")) == "entered:al +access"
    assert play(d, (5600, "tick")) == "-access"


def test_completed_grant_is_never_given_back():
    d = door(relock_on="timer")
    assert play(d, (0, "grant"), (500, "open"), (600, "close"), (5000, "tick")) == "-access"


def test_relock_on_open_locks_with_the_opening():
    d = door(relock_on="open")
    play(d, (0, "grant"), (500, "open"))
    assert d.is_locked


def test_relock_on_close_locks_with_the_closing():
    d = door(relock_on="close")
    assert play(d, (0, "grant"), (500, "open"), (1500, "close")) == "closed -access"


def test_relock_on_close_waits_for_the_leaf_when_time_is_up():
    d = door(relock_on="close")
    play(d, (0, "grant"), (500, "open"), (9000, "tick"))
    assert not d.is_locked
    assert play(d, (9500, "close")) == "closed -access"


def test_relock_on_close_locks_a_leaf_that_never_opened_when_time_is_up():
    assert play(door(relock_on="close"), (0, "grant"), (5000, "tick")) == "-access not_used:kim"


def test_relock_on_close_with_a_grant_after_time_is_up():
    d = door(relock_on="close")
    play(d, (0, "grant"), (500, "open"), (9000, "grant", "al"))
    assert d.next_deadline_ms() == 14000
    assert play(d, (10000, "close")) == "closed -access"


def test_relock_on_timer_locks_when_time_is_up_wherever_the_leaf_is():
    for steps in ((), ((500, "open"),), ((500, "open"), (900, "close"))):
        d = door(relock_on="timer")
        play(d, (0, "grant"), *steps)
        play(d, (4999, "tick"))
        assert not d.is_locked
        play(d, (5000, "tick"))
        assert d.is_locked, steps


def test_without_a_sensor_only_the_timer_relocks():
    for relock_on in ("open", "close", "timer"):
        d = door(sensor=False, relock_on=relock_on)
        play(d, (0, "grant"), (500, "open"))
        assert d.next_deadline_ms() == 5000 and not d.is_locked and not d.is_open


def test_without_a_sensor_no_grant_is_pending():
    d = door(sensor=False)
    play(d, (0, "grant"))
    assert d.pending == []
    assert play(d, (5000, "tick")) == "-access"


def test_unused_grant_ends_though_another_reason_keeps_the_lock_free():
    for reason in ("schedule", "press"):
        d = door()
        play(d, (0, "grant"), (100, reason))
        assert play(d, (5000, "tick")) == "not_used:kim"
        assert not d.is_locked, reason


def test_operators_time_does_not_prolong_a_grant():
    d = door()
    play(d, (0, "grant"), (3000, "unlock"))
    assert play(d, (5000, "tick")) == "not_used:kim"
    assert play(d, (8000, "tick")) == "-operator"


def test_late_call_does_first_what_fell_due_before():
    assert play(door(), (0, "grant"), (6000, "open")) == "-access not_used:kim opened forced"
    assert play(door(), (0, "grant"), (6000, "grant", "al")) == "-access not_used:kim +access"


def test_interlock_may_ask_whether_the_door_is_open_or_unlocked():
    d = door()
    assert not d.is_busy()
    for step, is_busy in (((0, "grant"), True), ((500, "open"), True), ((900, "close"), False)):
        play(d, step)
        assert d.is_busy() == is_busy, step
