"""The record of starts: what is a crash, and when three of them are too many."""

from firmware.restarts import ALONE, PAUSED, WHOLE, WITH_NETWORK, Restarts
from firmware.start import run
from tests.app.fake_board import Machine


def starts(*lives):
    """Let a board live. A life: (seconds since the one before, is power on, ends as asked). Returns [(cause, is minimal)]."""
    machine, now_s, found = Machine(memory=b"\x5a" * 64), 1000, []
    for after_s, is_power_on, is_asked in lives:
        now_s += after_s
        record = Restarts(machine.memory)
        found.append((record.begin(is_power_on, now_s), record.is_minimal()))
        if is_asked:
            record.end()
    return found


def test_after_garbage_in_the_memory_power_came():
    assert starts((0, False, False)) == [("power_on", False)]


def test_three_crashes_within_ten_minutes_are_too_many():
    crash = (200, False, False)
    assert starts((0, True, False), crash, crash, crash) == [("power_on", False), ("crash", False), ("crash", False), ("crash", True)]
    assert starts((0, True, False), crash, (300, False, False), (300, False, False))[-1] == ("crash", True)
    assert starts((0, True, False), crash, (300, False, False), (301, False, False))[-1] == ("crash", False)


def test_only_the_last_three_crashes_count():
    late, crash = (5000, False, False), (10, False, False)
    found = starts((0, True, False), crash, late, crash, crash)
    assert [minimal for _, minimal in found] == [False, False, False, False, True]


def test_a_restart_that_somebody_asked_for_is_no_crash_and_ends_the_row():
    crash = (10, False, False)
    found = starts((0, True, False), crash, crash, (10, False, True), crash)
    assert found[3:] == [("crash", True), ("restart", False)]
    assert starts((0, True, True), crash)[-1] == ("restart", False)


def test_power_ends_the_row():
    crash = (10, False, False)
    assert starts((0, True, False), crash, crash, (10, True, False), crash)[-2:] == [("power_on", False), ("crash", False)]


def test_a_clock_that_was_set_between_crashes_makes_no_row():
    crash = (10, False, False)
    assert starts((0, True, False), crash, crash, (800_000_000, False, False))[-1] == ("crash", False)
    assert starts((0, True, False), (900, False, False), crash, (-800, False, False))[-1] == ("crash", False)


def test_a_record_with_any_bit_changed_is_none():
    machine = Machine()
    record = Restarts(machine.memory)
    record.begin(True, 1000)
    good = bytes(machine.kept)
    assert Restarts(machine.memory).is_known
    for index in range(len(good)):
        for bit in range(8):
            machine.kept = good[:index] + bytes([good[index] ^ (1 << bit)]) + good[index + 1 :]
            assert not Restarts(machine.memory).is_known
    for size in range(len(good)):
        machine.kept = good[:size]
        assert not Restarts(machine.memory).is_known


def test_starts_are_counted_over_crashes():
    machine = Machine()
    for count in range(1, 6):
        record = Restarts(machine.memory)
        record.begin(False, 1000)
        assert record.count == count


def wired(ends, seen):
    def go(machine, installed, cause, mode):
        seen.append((cause, mode))
        if ends:
            raise ends

    return go


def live(machine, ends, seen, installed=()):
    try:
        return run(machine, dict(installed), lambda: wired(ends, seen))
    except (ValueError, KeyboardInterrupt):
        return None


def test_a_board_that_crashes_three_times_starts_its_fourth_life_in_minimal_mode():
    machine, seen = Machine(), []
    for _ in range(4):
        live(machine, ValueError("x"), seen)
    assert seen == [("power_on", WHOLE), ("crash", WHOLE), ("crash", WHOLE), ("crash", WITH_NETWORK)]


def test_where_even_that_crashes_doors_go_on_without_a_network_until_somebody_asks_for_a_restart():
    machine, seen = Machine(), []
    for _ in range(6):
        live(machine, ValueError("x"), seen)
    assert [mode for _, mode in seen[3:]] == [WITH_NETWORK, ALONE, ALONE]
    live(machine, None, seen)
    live(machine, None, seen)
    assert [mode for _, mode in seen[6:]] == [ALONE, WHOLE]


def test_a_release_on_trial_is_a_whole_one_whatever_the_one_before_did():
    machine, seen = Machine(), []
    for _ in range(4):
        live(machine, ValueError("x"), seen)
    live(machine, None, seen, {"tree": "fw-1", "trial": True})
    assert seen[-1] == ("update", WHOLE)


def test_a_controller_that_wants_to_begin_anew_does():
    machine, seen = Machine(), []
    assert live(machine, None, seen) is True
    assert live(machine, None, seen) is True
    assert seen == [("power_on", False), ("restart", False)]


def wishing(seen):
    """A life at whose end doors are to pause in the next."""

    def go(machine, installed, cause, mode):
        seen.append((cause, mode))
        return mode == WHOLE

    return go


def test_doors_that_are_to_pause_do_so_in_one_life():
    machine, seen = Machine(), []
    run(machine, {}, lambda: wishing(seen))
    run(machine, {}, lambda: wishing(seen))
    live(machine, None, seen)
    assert seen == [("power_on", WHOLE), ("restart", PAUSED), ("restart", WHOLE)]


def test_a_crash_or_a_watchdog_in_a_pause_ends_it_and_counts_for_no_row():
    machine, seen = Machine(), []
    for _ in range(4):
        run(machine, {}, lambda: wishing(seen))
        live(machine, ValueError("x"), seen)
    assert seen[1::2] == [("restart", PAUSED)] * 4 and seen[2::2] == [("crash", WHOLE)] * 3
    live(machine, ValueError("x"), seen)
    live(machine, ValueError("x"), seen)
    assert seen[-2:] == [("crash", WHOLE), ("crash", WHOLE)], "one of the whole firmware"


def test_the_wish_is_gone_before_anything_comes_of_it():
    machine = Machine()
    record = Restarts(machine.memory)
    record.begin(False, 1000)
    record.end(True)
    Restarts(machine.memory).begin(False, 1001)  # and it ends there
    record = Restarts(machine.memory)
    record.begin(False, 1002)
    assert record.begin_mode(True) == WHOLE


def test_power_or_a_release_on_trial_takes_the_wish_away():
    for cause, installed in ((Machine.PWRON_RESET, {}), (Machine.WDT_RESET, {"tree": "fw-1", "trial": True})):
        machine, seen = Machine(), []
        run(machine, {}, lambda: wishing(seen))
        machine.cause = cause
        live(machine, None, seen, installed)
        machine.cause = Machine.WDT_RESET
        live(machine, None, seen)
        assert [mode for _, mode in seen] == [WHOLE] * 3


def test_somebody_at_the_console_is_no_crash():
    machine, seen = Machine(), []
    live(machine, KeyboardInterrupt(), seen)
    live(machine, None, seen)
    assert seen[-1] == ("restart", False)


def test_a_release_without_wiring_runs_nothing():
    machine = Machine()
    assert run(machine, {}, lambda: None) is False
    assert Restarts(machine.memory).begin(False, 1) == "restart"


def test_a_power_cut_is_no_crash():
    machine, seen = Machine(), []
    live(machine, ValueError("x"), seen)
    machine.cause = machine.PWRON_RESET
    live(machine, ValueError("x"), seen)
    assert seen == [("power_on", False), ("power_on", False)]
