"""An update on a real littlefs over the NOR model: wherever power goes, the board comes back with a whole tree and all that it keeps."""

import json
import subprocess

import pytest

from tests import interpreters

OPERATIONS_MIN = 80


@pytest.mark.slow
@pytest.mark.parametrize("interpreter", (interpreters.MICROPYTHON, interpreters.MICROPYTHON32))
def test_power_goes_in_every_operation_on_the_flash(interpreter):
    micropython = interpreters.find(interpreter)
    if not micropython and not interpreters.is_required():
        pytest.skip("not here")
    command = [micropython, "-X", "heapsize=16m", "tests/update/lfs_cuts.py"]
    done = subprocess.run(command, cwd=interpreters.ROOT, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stdout[-500:] + done.stderr[-3000:]
    kept, gone, paused, configured = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    for counts in (kept, gone, paused, configured):
        assert counts["cuts"] == counts["operations"] > OPERATIONS_MIN / 2
    for counts in (kept, paused):
        assert 0 < counts["rolled_back"] < 20, "a cut in the only try leads back"
    for counts in (paused, configured):
        assert counts["cuts"] < counts["pauses"] < 2 * counts["cuts"], "after a cut doors pause when somebody asks anew"
    assert kept["pauses"] == 0 and configured["rolled_back"] == 0
