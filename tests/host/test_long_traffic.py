"""A hundred thousand badges on the 32-bit MicroPython, as on a board: no wrong number. `long_traffic.py` itself runs longer ones."""
import json
import subprocess

import pytest

from tests import interpreters

FRAMES = 100_000
PATIENCE_S = 900


@pytest.mark.slow
def test_no_number_is_wrong_in_a_hundred_thousand_frames_on_a_boards_interpreter():
    micropython = interpreters.find(interpreters.MICROPYTHON32)
    if not micropython:
        (pytest.fail if interpreters.is_required() else pytest.skip)("no 32-bit MicroPython: run `make setup`")
    command = [micropython, "-X", "heapsize=4m", "tests/board/long_traffic.py", str(FRAMES), "others", "seed=9"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, cwd=interpreters.ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    counts = json.loads(done.stdout)
    assert counts["wrong"] == 0 and counts["sent"] == FRAMES and counts["right"] > FRAMES // 2
    assert min(counts["handlers_lost"], counts["pulses_merged"], counts["erased"], counts["reconnects"], counts["others"]) > 100
