"""The other half of the lives of test_fuzz.py."""

import pytest

from tests.sim.fuzzing import lives_well

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("seed", range(50, 100))
def test_nothing_breaks_in_this_life(seed):
    lives_well(seed)
