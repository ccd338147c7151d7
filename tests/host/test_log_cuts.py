"""A log that is a file on a real littlefs: power goes while a checkpoint is written, and nothing that was in the flash is lost."""

import json
import subprocess

import pytest

from tests import interpreters

FIRST, STEP = 17, 331  # of some 17,000 operations; `micropython tests/board/log_cuts.py 1 1` cuts in each
CUTS_MIN = 40


@pytest.mark.slow
@pytest.mark.parametrize("interpreter", (interpreters.MICROPYTHON, interpreters.MICROPYTHON32))
def test_power_goes_in_many_operations_of_a_checkpoint(interpreter):
    micropython = interpreters.find(interpreter)
    if not micropython:
        (pytest.fail if interpreters.is_required() else pytest.skip)(f"no {interpreter}: run `make setup`")
    command = [micropython, "-X", "heapsize=32m", "tests/board/log_cuts.py", str(FIRST), str(STEP)]
    done = subprocess.run(command, cwd=interpreters.ROOT, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stdout[-500:] + done.stderr[-3000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["cuts"] > CUTS_MIN and told["operations"] > 1000
