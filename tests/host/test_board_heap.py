"""A whole controller on fake hardware in a small heap: 32-bit MicroPython, code in a ROM file system."""
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests import interpreters
from tests.deploy import joined_tree

TESTS = interpreters.ROOT / "tests"
NEEDED = ("app/fakes.py", "board/controller.py", "board/terminals.py", "core/parts.py", "fakes/chip.py", "fakes/esp32.py", "fakes/machine.py")
HEAP = "184k"
BADGES = 30
FREE_MIN = 8192
PATIENCE_S = 120


def build_rom(folder):
    """The image of a ROM file system with the firmware as boards get it, and the fake hardware."""
    tree, image = folder / "rom", folder / "rom.img"
    joined_tree.make(tree, [Path("tests", name) for name in NEEDED])
    subprocess.run([sys.executable, "-m", "mpremote", "romfs", "-o", image, "build", tree], check=True, capture_output=True)
    return image


@pytest.mark.slow
def test_a_controller_from_pulses_to_the_flash_fits_in_a_boards_heap(tmp_path):
    micropython = interpreters.find(interpreters.MICROPYTHON32)
    if not micropython:
        (pytest.fail if interpreters.is_required() else pytest.skip)("no 32-bit MicroPython: run `make setup`")
    command = [micropython, "-X", f"heapsize={HEAP}", TESTS / "board/small_heap.py", build_rom(tmp_path), str(BADGES)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S)
    assert done.returncode == 0, done.stdout + done.stderr
    stages = {line["stage"]: line for line in map(json.loads, done.stdout.splitlines())}
    print({stage: line["free"] for stage, line in stages.items()})
    assert stages["badges"]["count"] == stages["relay"]["count"] == BADGES
    assert stages["badges"]["free"] >= FREE_MIN
