"""Random lives break nothing. The other half is in test_fuzz_more.py, so that two workers share them."""

import pytest

from host_sim.fuzz.seed import live
from host_sim.fuzz.story import Story
from host_sim.fuzz.tally import Tally
from tests.sim.fuzzing import lives_well

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("seed", range(50))
def test_nothing_breaks_in_this_life(seed):
    lives_well(seed)


def test_same_seed_same_story():
    stories = [Story(keeps_all=True), Story(keeps_all=True)]
    for story in stories:
        live(3, story)
    assert len(stories[0].lines()) > 100
    assert stories[0].lines() == stories[1].lines()


def test_every_checker_finds_something_to_check():
    tally = Tally()
    for seed in range(8):
        tally.add(live(seed))
    assert min(tally.checks.values()) > 0, tally.checks
    assert tally.people["honest"] > tally.people["cheats"] > 0
