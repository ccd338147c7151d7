"""The other half of the lives of test_fuzz.py, and lives of boards without heap."""

import pytest

from host_sim.board import Board
from tests.sim.fuzzing import lives_well

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("seed", range(50, 100))
def test_nothing_breaks_in_this_life(seed):
    lives_well(seed)


@pytest.mark.parametrize("seed", range(5000, 5012))
def test_nothing_breaks_where_the_table_is_in_the_flash_and_everybody_is_changed_bit_by_bit(seed, monkeypatch):
    monkeypatch.setattr(Board, "rows_max", 0)
    monkeypatch.setattr(Board, "at_once_max", 0)
    lives_well(seed)


@pytest.mark.parametrize("seed", range(7000, 7012))
def test_nothing_breaks_where_the_events_of_a_message_are_taken_one_by_one_and_badges_come_between(seed, monkeypatch):
    monkeypatch.setattr(Board, "events_at_once", 1)
    lives_well(seed)
