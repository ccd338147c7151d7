"""A whole controller on fake hardware in a small heap: 32-bit MicroPython, code in a ROM file system."""
import json
import shutil
import subprocess
import sys

import pytest

from tests import interpreters
from tests.host.test_small_heap import FIRMWARE, PARTS

TESTS = interpreters.ROOT / "tests"
NEEDED = ("app/fakes.py", "board/controller.py", "board/terminals.py", "core/parts.py", "fakes/chip.py", "fakes/esp32.py", "fakes/machine.py")
SIMULATORS = ("part_pages.py", "wiegand_ambiguity.py")
HEAP = "224k"  # of which the fake hardware takes 8 kB
BADGES = 30
FREE_MIN = 8192
PATIENCE_S = 120


def build_rom(folder):
    """The image of a ROM file system with the firmware and the fake hardware, compiled."""
    tree, image = folder / "rom", folder / "rom.img"
    for part in (*PARTS, "config"):
        shutil.copytree(FIRMWARE / part, tree / "firmware" / part, ignore=shutil.ignore_patterns("__pycache__", *SIMULATORS))
    for path in FIRMWARE.glob("*.py"):
        shutil.copy(path, tree / "firmware")
    for name in NEEDED:
        target = tree / "tests" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(TESTS / name, target)
        (target.parent / "__init__.py").touch()
    (tree / "tests/__init__.py").touch()
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
