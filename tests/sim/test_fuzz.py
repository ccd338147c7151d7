"""Random lives break nothing. The other half is in test_fuzz_more.py, so that two workers share them."""

import pytest

from host_sim.fuzz import fuzz as many
from host_sim.fuzz.seed import Result, live
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


def test_who_keeps_going_lives_all_and_says_what_broke(monkeypatch, capsys):
    def lived(seed):
        return Result(seed, "6 one effect" if seed == 1 else None, "broken on purpose")

    monkeypatch.setattr(many, "live", lived)
    assert many.fuzz(4, 0, None, 1) == 1 and '"seeds": 2, "failed": [1]' in capsys.readouterr().out
    assert many.fuzz(4, 0, None, 1, keeps_going=True) == 1 and '"seeds": 4, "failed": [1]' in capsys.readouterr().out
