"""A whole controller on fake hardware in a small heap: 32-bit MicroPython, code in a ROM file system."""
import json

import pytest

from tests import interpreters, roms

NEEDED = ("app/fakes.py", "board/controller.py", "board/terminals.py", "core/parts.py")
HEAP = "185k"  # of which the fake hardware and what drives it take 25 kB and more
BADGES = 30
FREE_MIN = 8192
PATIENCE_S = 120


@pytest.mark.slow
def test_a_controller_from_pulses_to_the_flash_fits_in_a_boards_heap(tmp_path):
    micropython = interpreters.find(interpreters.MICROPYTHON32)
    if not micropython:
        (pytest.fail if interpreters.is_required() else pytest.skip)("no 32-bit MicroPython: run `make setup`")
    done = roms.run(micropython, HEAP, "tests/board/small_heap.py", roms.build(tmp_path, NEEDED), str(BADGES), timeout_s=PATIENCE_S)
    assert done.returncode == 0, done.stdout + done.stderr
    stages = {line["stage"]: line for line in map(json.loads, done.stdout.splitlines())}
    print({stage: line["free"] for stage, line in stages.items()})
    assert stages["badges"]["count"] == stages["relay"]["count"] == BADGES
    assert stages["badges"]["free"] >= FREE_MIN
