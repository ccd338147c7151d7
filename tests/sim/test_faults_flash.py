"""What befalls the flash of simulated boards: power that goes within a program or an erase, bad sectors, little room."""

import pytest

from host_sim.world import World, WorldError
from tests.model import small
from tools.site import parse

pytestmark = pytest.mark.slow
START_MS = 1767603600000


def opened(seed: int = 1, **more) -> World:
    return World(parse(small.hall(), "site"), START_MS, seed, **more)


def busy(world: World, badges: int, gap_ms: int = 1500) -> World:
    """Somebody comes and goes at both doors."""
    for number in range(badges):
        door, side = ("north", "south")[number % 3 == 0], ("in", "out")[number % 2]
        world.badge(f"{door}_{side}", user=("kim", "lee")[number // 2 % 2])
        world.run_until(world.now_ms + gap_ms)
    return world


@pytest.mark.parametrize("operations", [*range(1, 25)])
def test_power_may_go_in_any_operation_of_a_flash(operations):
    world = opened(operations)
    world.run_until(1000)
    world.cut_in_flash("c1", operations, 700)
    busy(world, 16)
    world.run_until(world.now_ms + 40_000)
    assert world.faults["cut_in_flash"] == 1 and world.boards["c1"].flash.chip.bad_programs == 0
    assert world.is_powered("c1") and world.agree() == []


def test_power_that_went_in_the_flash_is_back_after_the_time_that_was_named():
    world = opened()
    world.cut_in_flash("c1", 1, 5000)
    world.badge("north_in", user="kim")
    while world.is_powered("c1"):
        world.run_until(world.now_ms + 1)
    cut_ms = world.now_ms
    world.run_until(cut_ms + 4999)
    assert not world.is_powered("c1")
    world.run_until(cut_ms + 5000)
    assert world.is_powered("c1")


def test_a_board_that_is_cut_at_every_start_works_again_when_it_is_left_alone():
    world = opened()
    busy(world, 4)
    for operations in (1, 2, 3, 1, 2, 3):
        world.power("c1", False)
        world.cut_in_flash("c1", operations, 60_000)
        world.power("c1", True)
        world.run_until(world.now_ms + 1000)
    world.boards["c1"].flash.chip.cut_at = None
    world.power("c1", True)
    busy(world, 4)
    world.run_until(world.now_ms + 40_000)
    assert world.agree() == []


def test_sectors_that_go_bad_lose_no_event_that_is_published():
    world = opened()
    busy(world, 6)
    for sector in (0, 1, 2, 3, 5, 8, 95, 97):
        world.bad_sector("c1", sector)
    busy(world, 40)
    world.power("c1", False)
    world.power("c1", True)
    busy(world, 4)
    world.run_until(world.now_ms + 40_000)
    assert world.agree() == [] and world.faults["bad_sector"] == 8


def test_a_small_flash_lets_the_oldest_go_and_the_doors_never_notice():
    world = opened(flash_sectors=16)
    busy(world, 1200, 700)
    granted = [event for event in world.events if event["type"] == "access.granted"]
    assert len(granted) == 1200
    assert world.boards["c1"].flash.chip.erases > 20
    assert world.agree() == []


def test_flash_faults_need_a_board_that_exists():
    world = opened()
    with pytest.raises(WorldError):
        world.cut_in_flash("c9", 1, 1)
    with pytest.raises(WorldError):
        world.bad_sector("c9", 1)
