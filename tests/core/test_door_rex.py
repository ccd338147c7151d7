"""REX over time: how long it frees the lock, how long it silences the alarm, what it tells."""

from tests.core.doors import door, play


def test_rex_unlock_frees_the_lock_until_unlock_s_after_the_release():
    d = door()
    assert play(d, (0, "press")) == "pressed +rex"
    assert play(d, (60000, "tick")) == ""
    assert play(d, (60000, "release")) == "released"
    assert d.next_deadline_ms() == 65000
    assert play(d, (64999, "tick")) == ""
    assert play(d, (65000, "tick")) == "-rex"


def test_opening_is_no_alarm_until_unlock_s_after_the_release():
    rows = (
        # rex      opened at   at once          250 ms later
        ("unlock", 6999, "opened", "-rex"),
        ("unlock", 7000, "opened forced", ""),
        ("shunt", 6999, "opened", ""),
        ("shunt", 7000, "opened", "forced"),
    )
    for rex, opened_ms, words, later in rows:
        d = door(rex=rex, relock_on="timer")
        play(d, (0, "press"), (2000, "release"), (opened_ms, "tick"))
        assert play(d, (opened_ms, "open")) == words, (rex, opened_ms)
        assert play(d, (opened_ms + 250, "tick")) == later, (rex, opened_ms)


def test_second_opening_on_one_rex_is_no_alarm_though_the_lock_has_locked():
    d = door(relock_on="open")
    assert play(d, (0, "press"), (200, "release"), (1000, "open")) == "opened -rex"
    assert play(d, (1500, "close"), (3000, "open")) == "opened"


def test_pressed_again_starts_the_time_again():
    d = door()
    play(d, (0, "press"), (100, "release"), (4000, "press"))
    assert d.next_deadline_ms() is None
    play(d, (4100, "release"))
    assert d.next_deadline_ms() == 9100


def test_contact_that_says_the_same_twice_is_told_once():
    d = door()
    play(d, (0, "press"))
    assert play(d, (10, "press")) == ""
    play(d, (20, "release"))
    assert play(d, (30, "release")) == ""
    assert d.next_deadline_ms() == 5020


def test_released_rex_locks_at_once_where_the_leaf_has_opened_meanwhile():
    d = door(relock_on="open")
    assert play(d, (0, "press"), (1000, "open"), (3000, "close"), (4000, "release")) == "released -rex"


def test_rex_pressed_at_the_open_leaf_is_for_an_opening_to_come():
    d = door(relock_on="open")
    play(d, (0, "press"), (10, "release"), (500, "open"), (1000, "press"), (1100, "release"))
    assert d.next_deadline_ms() == 6100
    assert not d.is_locked


def test_released_rex_with_relock_on_close_waits_for_the_leaf():
    d = door(relock_on="close")
    play(d, (0, "press"), (1000, "open"), (2000, "release"), (7000, "tick"))
    assert not d.is_locked
    assert play(d, (8000, "close")) == "closed -rex"


def test_second_opening_in_one_press_is_waited_for_like_the_first():
    d = door(relock_on="close")
    play(d, (0, "press"), (1000, "open"), (2000, "close"), (3000, "open"), (4000, "release"))
    assert not d.is_locked
    assert play(d, (9000, "tick"), (10000, "close")) == "closed -rex"


def test_closing_while_pressed_keeps_the_lock_free():
    for relock_on in ("open", "close", "timer"):
        d = door(relock_on=relock_on)
        play(d, (0, "press"), (1000, "open"), (2000, "close"))
        assert not d.is_locked, relock_on


def test_nothing_refuses_rex_unlock():
    for lock in ("fail_secure", "fail_safe"):
        for before in ("lockdown", "emergency", "schedule", "grant", "unlock", "open"):
            d = door(lock=lock)
            play(d, (0, before), (100, "press"))
            assert not d.is_locked, (lock, before)
            for after in ("lockdown", "unschedule", "calm", "lift", "close", "open"):
                play(d, (200, after))
                assert not d.is_locked, (lock, before, after)


def test_lockdown_does_not_cut_the_time_after_a_release():
    d = door()
    play(d, (0, "press"), (100, "release"), (200, "lockdown"))
    assert not d.is_locked and d.next_deadline_ms() == 5100


def test_shunt_that_comes_within_250_ms_is_no_alarm():
    for pressed_ms, forced in ((0, ""), (249, ""), (250, "forced pressed")):
        d = door(rex="shunt")
        play(d, (0, "open"))
        assert d.next_deadline_ms() == 250
        words = play(d, (pressed_ms, "press"))
        assert words == (forced or "pressed"), pressed_ms
        assert play(d, (1000, "tick")) == ""


def test_shunt_does_not_touch_the_lock():
    d = door(rex="shunt")
    play(d, (0, "press"))
    assert d.is_locked


def test_report_with_the_contact_pressed_is_forced_at_once_and_says_egress():
    assert play(door(rex="report"), (0, "press"), (200, "open")) == "opened forced!"


def test_report_soon_after_the_release_says_egress():
    d = door(rex="report")
    assert play(d, (0, "press"), (100, "release"), (5099, "open")) == "opened forced!"


def test_report_long_after_the_release_does_not():
    d = door(rex="report")
    assert play(d, (0, "press"), (100, "release"), (5100, "open")) == "opened"
    assert play(d, (5350, "tick")) == "forced"


def test_report_contact_after_the_leaf_tells_at_once_and_says_egress():
    d = door(rex="report")
    assert play(d, (0, "open"), (100, "press")) == "pressed forced!"
    assert play(d, (250, "tick")) == ""


def test_report_contact_too_late_changes_nothing():
    d = door(rex="report")
    assert play(d, (0, "open"), (250, "tick")) == "forced"
    assert play(d, (251, "press")) == "pressed"


def test_report_at_an_opening_that_was_let_is_no_alarm():
    for lets in ("grant", "unlock", "schedule", "emergency"):
        d = door(rex="report")
        play(d, (0, lets), (100, "press"), (200, "open"))
        assert play(d, (1000, "tick")) == "", lets


def test_no_rex_forces_at_once():
    assert play(door(rex="none"), (0, "open")) == "opened forced"


def test_verdict_on_a_leaf_that_closed_meanwhile_is_still_spoken_and_restored():
    d = door(rex="shunt")
    assert play(d, (0, "open"), (100, "close")) == "closed"
    assert play(d, (250, "tick")) == "forced restored"


def test_contact_after_the_leaf_closed_still_explains_it():
    assert play(door(rex="shunt"), (0, "open"), (100, "close"), (200, "press")) == "pressed"
    assert play(door(rex="report"), (0, "open"), (100, "close"), (200, "press")) == "pressed forced! restored"


def test_second_opening_within_the_wait_shares_its_verdict():
    d = door(rex="shunt")
    assert play(d, (0, "open"), (50, "close"), (100, "open"), (250, "tick")) == "forced"
    assert play(d, (350, "tick")) == ""
    assert play(d, (400, "close")) == "closed restored"


def test_emergency_within_the_wait_is_no_alarm():
    d = door(rex="report")
    play(d, (0, "open"), (100, "emergency"))
    assert play(d, (250, "tick")) == ""
