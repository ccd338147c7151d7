"""A new board in the place of one, where the others have let old facts go."""

import pytest

from host_sim.world import World
from tests.model import small
from tests.sim.test_faults_flash import busy
from tools.site import parse

pytestmark = pytest.mark.slow
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


def unknown_to(world: World, board: str, area: str) -> bool:
    core = world.boards[board].node.controller
    return {core.presence.standing(area, no).presence for no in range(4)} == {"unknown"}


def lost(world: World, board: str) -> set:
    """Whose facts a board reports to be lost, in its newest incarnation."""
    inc = world.boards[board].node.log.inc
    told = [event for event in world.events if event["type"] == "log.lost" and (event["controller"], event["inc"]) == (board, inc)]
    return {tuple(event["origin"][::2]) for event in told}


def accused(world: World) -> list:
    return [event for event in world.events if event["type"] in ("apb.violation", "apb.suspected")]


def is_isolated(world: World, board: str, area: str) -> bool:
    core = world.boards[board].node.controller
    return bool(core.peers.silent(core.presence.watchers(area)))


def walk(world: World, users: list, doors: list, rounds: int, sides=("in", "out")) -> None:
    """Everybody goes in by one door, and out by the next."""
    for number in range(rounds):
        for side in sides:
            for place, user in enumerate(users):
                door = doors[(number + place) % len(doors)]
                world.badge(f"{door if isinstance(door, str) else door[place]}_{side}", user=user)
                world.run_until(world.now_ms + 1500)


def until_old_facts_went(world: World, users: list, doors: list, *boards: str) -> None:
    for _ in range(14):
        walk(world, users, doors, 16)
        world.run_until(world.now_ms + 20_000)
        nodes = [world.boards[name].node for name in boards]
        if all(node.log.first(node.name, node.log.inc, "facts") > 1 for node in nodes):
            return
    pytest.fail("no fact was let go")


def test_where_nobody_has_a_table_presence_is_unknown_and_nobody_is_accused():
    settings = {"first_use": "entrance"}
    world = World(parse(small.hall(**settings), "site"), START_MS, 3, flash_sectors=16)
    until_old_facts_went(world, ["kim", "lee"], ["north", "south"], "c2")
    walk(world, ["kim", "lee"], ["south"], 1, sides=("in",))
    world.run_until(world.now_ms + 60_000)
    world.replace("c1")
    while not world.boards["c1"].node.controller.peers._is_incomplete:
        world.run_until(world.now_ms + 10)
    world.power("c2", False)
    world.run_until(world.now_ms + 55_000)
    assert is_isolated(world, "c1", "hall") and lost(world, "c1") == set()
    world.run_until(world.now_ms + 10_000)
    assert ("c2", "facts") in lost(world, "c1") and unknown_to(world, "c1", "hall")
    world.power("c2", True)
    world.run_until(world.now_ms + 120_000)
    assert not is_isolated(world, "c1", "hall") and not world.boards["c1"].node.controller.peers._is_incomplete
    walk(world, ["kim", "lee"], ["north"], 1, sides=("out",))
    walk(world, ["kim", "lee"], ["south", "north"], 3)
    world.run_until(world.now_ms + 60_000)
    assert accused(world) == [] and world.agree() == []
    world.power("c1", False)
    world.power("c1", True)
    world.run_until(world.now_ms + 60_000)
    assert world.agree() == [] and not is_isolated(world, "c1", "hall")
    world.badge("north_in", user="kim")
    world.run_until(world.now_ms + 3000)
    world.badge("south_in", user="kim")
    world.run_until(world.now_ms + 3000)
    assert [event["kind"] for event in accused(world)] == ["double_entrance"], "judged as ever"


def test_of_areas_shared_with_different_boards_one_table_is_taken_and_the_other_area_is_unknown():
    areas = {"x": small.area("xa xb", anti_passback="hard", first_use="entrance")}
    areas["y"] = small.area("ya yb", anti_passback="hard", first_use="entrance")
    site = small.site(areas, {"xa": "c1", "xb": "c2", "ya": "c1", "yb": "c3"})
    world = World(parse(site, "site"), START_MS, 4, flash_sectors=16)
    until_old_facts_went(world, ["kim", "lee"], [("xa", "ya"), ("xb", "yb")], "c2", "c3")
    walk(world, ["kim", "pat"], ["xa"], 1, sides=("in",))
    walk(world, ["lee"], ["ya"], 1, sides=("in",))
    world.run_until(world.now_ms + 60_000)
    assert world.agree() == []
    world.replace("c1")
    world.run_until(world.now_ms + 90_000)
    assert world.row("c1", "x", "kim")["presence"] == world.row("c1", "x", "pat")["presence"] == "in"
    assert unknown_to(world, "c1", "y") and ("c3", "facts") in lost(world, "c1") and ("c2", "facts") not in lost(world, "c1")
    assert not is_isolated(world, "c1", "x") and not is_isolated(world, "c1", "y")
    world.power("c1", False)
    world.power("c1", True)
    world.run_until(world.now_ms + 90_000)
    assert world.row("c1", "x", "kim")["presence"] == "in" and unknown_to(world, "c1", "y")
    walk(world, ["lee"], ["ya"], 1, sides=("out",))
    walk(world, ["kim", "pat"], ["xb"], 1, sides=("out",))
    world.run_until(world.now_ms + 60_000)
    assert accused(world) == [] and not is_isolated(world, "c1", "y")
