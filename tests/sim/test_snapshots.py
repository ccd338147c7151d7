"""A new board in the place of one, where the others have let old facts go."""

import pytest

from host_sim.world import World
from tests.model import small
from tests.sim.test_faults_flash import busy
from tools.site import parse

START_MS = 1767603600000


def old_wall(seed: int) -> World:
    world = World(parse(small.hall(), "site"), START_MS, seed, flash_sectors=16)
    for _ in range(12):
        busy(world, 60)
        world.run_until(world.now_ms + 20_000)
        if world.boards["c2"].node.log.first("c2", world.boards["c2"].node.log.inc, "facts") > 1:
            return world
    pytest.fail("no fact was let go")


@pytest.mark.parametrize("seed", [1, 2])
def test_a_new_board_takes_the_table_of_another(seed):
    world = old_wall(seed)
    assert world.agree() == []
    world.replace("c1")
    world.run_until(world.now_ms + 60_000)
    assert world.boards["c1"].node.log.is_partial
    assert world.agree() == []
    busy(world, 20)
    world.run_until(world.now_ms + 60_000)
    assert world.agree() == []
    world.power("c1", False)
    world.power("c1", True)
    world.run_until(world.now_ms + 60_000)
    assert world.agree() == []
