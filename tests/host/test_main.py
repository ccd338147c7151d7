"""main.py on a PC, where there is no board to drive."""
import subprocess
import sys

import pytest

from tests import interpreters


@pytest.mark.parametrize("interpreter", interpreters.ALL)
def test_main_on_a_pc_points_to_the_simulator(interpreter):
    command = sys.executable if interpreter == interpreters.CPYTHON else interpreters.find(interpreter)
    if not command and not interpreters.is_required():
        pytest.skip("not here")
    done = subprocess.run([command, "main.py"], cwd=interpreters.ROOT, capture_output=True, text=True)
    assert done.returncode == 2 and "make sim" in done.stdout
