"""What a console keeps of a simulated site: each event that its origin has published, once and in order."""

import pytest

from host_sim.world import World
from tests.model import small
from tools.site import parse

START_MS = 1767603600000


def opened(seed: int = 1, **more) -> World:
    return World(parse(small.hall() | more, "site"), START_MS, seed)


def busy(world: World, badges: int, gap_ms: int = 1500) -> World:
    """Somebody comes and goes at both doors."""
    for number in range(badges):
        door, side = ("north", "south")[number % 3 == 0], ("in", "out")[number % 2]
        world.badge(f"{door}_{side}", user=("kim", "lee")[number // 2 % 2])
        world.run_until(world.now_ms + gap_ms)
    return world


def missing(world: World, console: str = "console") -> list:
    """What the boards have written and a console has not, has twice, or has in another order."""
    history, wrong = world.histories[console], []
    for name, board in world.boards.items():
        for origin in [tuple(row[:3]) for row in board.node.log.vector() if row[0] == name]:
            written = board.node.log.between(*origin, 1, board.node.log.last(*origin))
            if history.of(*origin) != written:
                wrong.append((origin, len(history.of(*origin)), len(written)))
    return wrong


def test_a_console_has_every_event_once_and_in_order():
    world = busy(opened(), 20)
    history = world.histories["console"]
    assert missing(world) == [] and len(history.events) == len(world.events) > 25
    assert history.of("c1", 7, "facts") == [] and history.gone == []


def test_each_console_that_the_site_names_keeps_its_own():
    world = busy(opened(consoles=["desk", "night"]), 6)
    assert set(world.histories) == {"desk", "night"}
    assert missing(world, "desk") == missing(world, "night") == []


def test_a_console_without_a_link_gets_everything_later():
    world = busy(opened(), 4)
    world.set_network([["c1", "c2"], ["console"]])
    before = len(world.histories["console"].events)
    busy(world, 30)
    assert len(world.histories["console"].events) == before
    world.set_network("all")
    world.run_until(world.now_ms + 10_000)
    assert missing(world) == [] and len(world.histories["console"].events) > before + 30


def test_a_console_is_reached_when_the_first_group_is():
    world = opened()
    world.set_network([["c2"], ["c1"]])
    busy(world, 9)
    assert {origin[0] for origin, *_ in missing(world)} == {"c1"}
    world.set_network([["c1", "c2"]])
    world.run_until(world.now_ms + 10_000)
    assert missing(world) == []


@pytest.mark.parametrize("seed", range(4))
def test_a_console_mends_what_its_link_and_everybodys_spoil(seed):
    world = opened(seed)
    for name in (*world.boards, "console"):
        world.network.link(name, (1, 400), loss=200, duplicate=200, reorder=200)
    busy(world, 20)
    world.network.broker_restart(2000)
    busy(world, 20)
    for name in (*world.boards, "console"):
        world.network.link(name)
    world.run_until(world.now_ms + 60_000)
    assert missing(world) == []


@pytest.mark.parametrize("cut", range(1, 40, 3))
def test_a_console_has_nothing_that_its_origin_lost(cut):
    world = opened(cut)
    world.cut_in_flash("c1", cut, 900)
    busy(world, 20, 700)
    world.run_until(world.now_ms + 60_000)
    assert world.faults["cut_in_flash"] == 1 and missing(world) == []


def test_a_console_carries_nothing_from_one_group_to_the_other():
    world = opened()
    world.set_network([["c1"], ["c2"]])
    busy(world, 1)
    world.badge("north_in", user="sam")
    world.run_until(world.now_ms + 1000)
    world.set_network([["c2"], ["c1"]])
    world.run_until(world.now_ms + 60_000)
    assert world.row("c1", "hall", "sam")["presence"] == "in" and world.row("c2", "hall", "sam")["presence"] == "unknown"
