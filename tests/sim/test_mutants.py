"""The checkers check: each deliberately broken firmware is caught by its invariant, and the sound one is not."""

import pytest

from host_sim.fuzz.seed import live
from tests.sim.mutant_seeds import SEEDS
from tests.sim.mutants import MUTANTS, live_as

pytestmark = pytest.mark.slow


def test_every_mutant_has_seeds():
    assert set(SEEDS) == set(MUTANTS) and all(SEEDS.values())


@pytest.mark.parametrize("mutant", MUTANTS)
def test_the_mutant_is_caught(mutant):
    """One of its seeds is enough: another change of the firmware may have made the others other stories."""
    told = {}
    for seed in SEEDS[mutant]:
        broken = live_as(mutant, seed).invariant
        if broken == MUTANTS[mutant].invariant:
            assert live(seed).invariant is None, f"seed {seed} breaks without the mutant, too"
            return
        told[seed] = broken
    pytest.fail(f"{mutant}: {told}; search other seeds with `make fuzz-mutants`")
