"""main.py on a board: whatever ends the firmware, outputs are made safe, and what happens next is right."""

import sys

import firmware
from main import read_told, work
from tests.app.fake_board import Machine, write

INSTALLED = {"tree": "fw-12345678", "own": "own-1", "board": "kc868-a2v3"}


class Start:
    """In the place of firmware.start: ends as it is told to."""

    def __init__(self, end):
        self.end, self.seen = end, None

    def run(self, machine, installed):
        self.seen = installed
        if isinstance(self.end, bool):
            return self.end
        raise self.end


class Life:
    """What work() did: `safe` is how often outputs were made safe, `slept_ms` its pauses."""

    def __init__(self, end, root, key=False):
        self.safe, self.slept_ms, self.key = 0, [], key
        self.start = Start(end)
        path_before, had = list(sys.path), getattr(firmware, "start", None)
        firmware.start = self.start
        sys.modules["firmware.start"] = self.start
        try:
            self.next_step = work(Machine(), self.make_safe, self.sleep_ms, root)
            self.first = sys.path[0]
        finally:
            sys.path[:] = path_before
            del sys.modules["firmware.start"]
            if had:
                firmware.start = had
                sys.modules["firmware.start"] = had

    def make_safe(self, machine):
        self.safe += 1
        return []

    def sleep_ms(self, ms):
        self.slept_ms.append(ms)
        assert self.safe, "doors come before the pause"
        if self.key:
            raise KeyboardInterrupt


def root():
    """A board with something installed."""
    return write("installed.json", INSTALLED)[: -len("/installed.json")]


def test_an_asked_restart_is_made_at_once_and_in_the_tree_that_is_installed():
    life = Life(True, root())
    assert (life.next_step, life.slept_ms) == ("restart", [])
    assert life.safe and life.start.seen == INSTALLED and life.first == root() + "/fw-12345678"


def test_a_release_with_nothing_to_run_stays_safe():
    life = Life(False, root())
    assert life.next_step == "stay" and life.safe


def test_every_error_ends_safe_and_in_a_restart_after_a_pause():
    for error in (ValueError("x"), MemoryError(), ImportError("x"), OSError(5), SyntaxError(), AssertionError(), RuntimeError("x")):
        life = Life(error, root())
        assert life.next_step == "restart" and life.safe and life.slept_ms == [3000], error


def test_somebody_at_the_console_holds_the_board_safely():
    for life in (Life(KeyboardInterrupt(), root()), Life(ValueError("x"), root(), key=True)):
        assert life.next_step == "hold" and life.safe


def test_without_a_record_of_what_is_installed_the_firmware_is_where_it_is_found():
    before = sys.path[0]
    life = Life(True, "build/none")
    assert life.next_step == "restart" and life.first == before and life.start.seen == {}


def test_a_broken_record_is_none():
    for text in ("", "{", "[]", "null", "{}", '{"tree": 3}', '"x"'):
        assert read_told(write("main_broken", text)) == {}
    assert read_told(root() + "/installed.json") == INSTALLED


def test_a_tree_that_is_missing_or_broken_ends_safe():
    had = sys.modules.pop("firmware.start", None), getattr(firmware, "start", None)
    before, safe = list(sys.path), []
    if had[1]:
        del firmware.start
    sys.modules["firmware.start"] = None if sys.implementation.name == "cpython" else Broken()
    try:
        assert work(Machine(), lambda machine: safe.append(machine) or [], lambda ms: None, root()) == "restart"
    finally:
        sys.path[:] = before
        del sys.modules["firmware.start"]
        if had[0]:
            sys.modules["firmware.start"] = had[0]
        if had[1]:
            firmware.start = had[1]
    assert safe


class Broken:
    """A module that came to the flash by half: it lacks `run`."""
