"""The watchdog is fed while every task goes on, and no longer."""

from firmware.hal.watchdog import TIMEOUT_MS, Watchdog
from tests.fakes import machine
from tests.fakes.chip import Chip

TASKS = ("doors", "network")


def board():
    chip = Chip()
    wdt = machine.make(chip).WDT(timeout=TIMEOUT_MS)
    return chip, wdt, Watchdog(wdt, TASKS)


def test_it_is_fed_when_all_have_ticked():
    chip, wdt, dog = board()
    for task, meals in (("doors", 0), ("doors", 0), ("network", 1), ("network", 1), ("doors", 2)):
        dog.tick(task)
        assert wdt.meals == meals
    assert dog.missing() == ["doors", "network"]


def test_one_task_that_hangs_ends_in_a_reset_and_is_named():
    chip, wdt, dog = board()
    for _ in range(30):
        dog.tick("doors")
        chip.run(1_000_000)
    assert wdt.bites == 3 and dog.missing() == ["network"]


def test_a_board_at_work_is_never_reset():
    chip, wdt, dog = board()
    for _ in range(30):
        for task in TASKS:
            dog.tick(task)
        chip.run(1_000_000)
    assert wdt.bites == 0
