"""Whatever befalls two boards, they agree once they can talk again, and nothing stays in suspicion."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from host_sim.world import World
from tools.site import load

pytestmark = pytest.mark.slow

SITE = load(Path(__file__).resolve().parents[2] / "host_sim" / "scenarios" / "sites" / "boards.toml")
START_MS = 1767603600000
AREAS = ("hall", "strict", "asking", "pool", "brief", "attic", "annex")
HEALED_MS = 90_000

people = st.sampled_from(["kim", "kim", "kim", "sam"])  # mostly one: it takes two badges to make a passback
boards = st.sampled_from(["c1", "c2"])
flags = st.booleans()
splits = st.sampled_from(["all", [["c1"], ["c2"]], [["c2"], ["c1"]], [["c1"]], [["c2"]], []])


def around(area: str) -> list:
    """The area and those around it."""
    parent = SITE.areas[area].parent
    return [area, *(around(parent) if parent else [])]


def badged(world: World, reader: str, user: str) -> None:
    world.badge(reader, user=user)


def entered(world: World, reader: str, user: str) -> None:
    """Somebody badges, opens the door and lets it close."""
    world.badge(reader, user=user)
    world.run_until(world.now_ms + 1000)
    world.leaf(SITE.readers[reader].door, True)
    world.run_until(world.now_ms + 1000)
    world.leaf(SITE.readers[reader].door, False)


def asked(world: World, fields: dict) -> None:
    world.command({"operator": "ada", "reason": "any", **fields})


def commands(areas: list) -> st.SearchStrategy:
    area = {"area": st.sampled_from(areas)}
    modes = st.sampled_from(["off", "soft", "deny", "hard"])
    one = area | {"user": people}
    return st.one_of(
        st.fixed_dictionaries({"action": st.sampled_from(["clear", "pass"])} | one),
        st.fixed_dictionaries({"action": st.just("move"), "presence": st.sampled_from(["in", "out", "unknown"])} | one),
        st.fixed_dictionaries({"action": st.just("reset")} | area),
        st.fixed_dictionaries({"action": st.just("set"), "anti_passback": modes} | area),
        st.fixed_dictionaries({"action": st.just("set"), "violation_timeout_s": st.sampled_from([0, 20, 60])} | area),
    )


def acts(area: str) -> st.SearchStrategy:
    """Something that happens, as a function of the world."""
    areas = around(area)
    readers = st.sampled_from([r for name in areas for r in SITE.areas[name].entrances + SITE.areas[name].exits])
    offsets = st.sampled_from([0, 0.05, -0.05, 1, -1, 4, -4])
    passing = st.one_of(st.tuples(st.just(entered), readers, people), st.tuples(st.just(badged), readers, people))
    befalling = st.one_of(
        st.tuples(st.just(World.set_network), splits),
        st.tuples(st.just(World.power), boards, flags),
        st.tuples(st.just(World.clock), boards, offsets),
        st.tuples(st.just(World.fire), boards, flags),
        st.tuples(st.just(asked), commands(areas)),
    )
    return st.one_of(passing, befalling)


def walks(area: str) -> st.SearchStrategy:
    pauses = st.sampled_from([300, 1000, 2000, 7000, 20_000, 61_000])
    return st.lists(st.tuples(pauses, acts(area)), min_size=3, max_size=25)


@given(st.sampled_from(AREAS).flatmap(walks))
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_boards_agree_once_they_can_talk_again(walk):
    world = World(SITE, START_MS)
    for pause_ms, (act, *values) in walk:
        world.run_until(world.now_ms + pause_ms)
        act(world, *values)
    heal(world)
    assert world.agree() == []
    for name in world.boards:
        for area in [area for area in SITE.areas if name in world.holders(area)]:
            assert not [user for user in ("kim", "sam") if world.row(name, area, user)["suspected"]]


def heal(world: World) -> None:
    """Power, clocks, network and fire inputs are as they should be, and there is time to talk."""
    for name in sorted(world.boards):
        world.power(name, True)
        world.clock(name, 0)
        world.fire(name, False)
    world.set_network("all")
    world.run_until(world.now_ms + HEALED_MS)
