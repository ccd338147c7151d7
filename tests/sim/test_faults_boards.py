"""What befalls simulated boards: cuts at any moment, other hardware, an old flash."""

import json

import pytest

from host_sim.world import World, WorldError
from tests.model import small
from tools.site import parse

START_MS = 1767603600000


def opened(seed: int = 1) -> World:
    return World(parse(small.hall(), "site"), START_MS, seed)


def badge(world: World, reader: str, user: str = "kim") -> str:
    """Present a card. Returns why it was denied, or "granted"."""
    world.badge(reader, user=user)
    world.run_until(world.now_ms + 900)
    answer = [event for event in world.events if event["type"] in ("access.granted", "access.denied")][-1]
    return answer.get("reason", "granted")


def violent(seed: int) -> str:
    """A minute in which everything happens to a world."""
    world = opened(seed)
    draw = world.random
    world.ntp("c2", True, err_ms=50)
    world.drift("c1", 80)
    world.network.link("c2", (1, 200), 50, 50, 50)
    image = world.image("c1")
    for _ in range(60):
        world.badge(draw.choice(sorted(world.site.readers)), user=draw.choice(sorted(world.site.users)))
        world.run_until(world.now_ms + draw.randrange(1500))
        controller = draw.choice(sorted(world.boards))
        what = draw.randrange(11)
        if what < 3:
            world.power(controller, draw.randrange(2) == 0)
        elif what == 3:
            world.network.broker_restart(draw.randrange(3000))
        elif what == 4:
            world.set_network(draw.choice(["all", [["c1"], ["c2"]], [["c1"]]]))
        elif what == 5:
            world.jump(controller, draw.randrange(-100, 100))
        elif what == 6:
            world.freeze(controller, draw.randrange(2) == 0)
        elif what == 7:
            world.cut_in_flash(controller, 1 + draw.randrange(9), draw.randrange(3000))
        elif what == 8:
            world.bad_sector(controller, draw.randrange(96))
        elif what == 9:
            world.replace(controller)
        else:
            world.restore("c1", image)
            image = world.image("c1")
    return json.dumps([world.events, sorted(world.faults.items()), world.agree()])


@pytest.mark.parametrize("seed", range(3))
def test_one_seed_is_one_course_of_events(seed):
    assert violent(seed) == violent(seed)


def test_power_may_go_at_any_moment_of_a_badge():
    for cut_ms in range(0, 130, 3):
        world = opened()
        world.run_until(1000)
        world.badge("north_in", user="kim")
        world.run_until(1000 + cut_ms)
        world.power("c1", False)
        world.run_until(3000)
        world.power("c1", True)
        world.run_until(6000)
        assert world.agree() == []
        assert badge(world, "south_in", "lee") == "granted"


def test_a_new_board_in_the_place_of_an_old_one_has_another_name_for_its_events():
    world = opened()
    assert badge(world, "north_in") == "granted"
    world.run_until(5000)
    before = {event["inc"] for event in world.events if event["controller"] == "c1"}
    world.replace("c1")
    world.run_until(10_000)
    after = {event["inc"] for event in world.events if event["controller"] == "c1"} - before - {0}
    assert len(before) == 1 and len(after) == 1 and min(after) > max(before)


def test_a_board_replaced_without_power_stays_without():
    world = opened()
    world.power("c1", False)
    world.replace("c1")
    assert not world.is_powered("c1")
    world.power("c1", True)
    world.run_until(3000)
    assert badge(world, "north_in") == "granted"


def test_an_old_flash_is_what_the_board_knows_at_its_next_start():
    world = opened()
    old = world.image("c1")
    assert badge(world, "north_in") == "granted"
    new = world.image("c1")
    world.set_network([["c1"], ["c2"]])
    world.restore("c1", old)
    assert world.row("c1", "hall", "kim")["presence"] == "unknown"
    world.restore("c1", new)
    assert world.row("c1", "hall", "kim")["presence"] == "in"
    assert world.faults["restore"] == 2


def test_faults_need_a_board_that_exists():
    world = opened()
    for fault in ("replace", "image"):
        with pytest.raises(WorldError):
            getattr(world, fault)("c9")
    for fault in ("drift", "jump", "freeze", "ntp", "restore", "clock"):
        with pytest.raises(WorldError):
            getattr(world, fault)("c9", 0)


@pytest.mark.parametrize("forgotten", (1, 9))  # fewer than it writes before it hears of them, or more
def test_what_was_written_on_an_old_flash_counts_once_when_it_gets_its_own_name(forgotten):
    world = opened()
    world.run_until(10_000)
    old = world.image("c1")
    for reader in ("north_in", *("north_out", "north_in") * 4)[:forgotten]:
        assert badge(world, reader) == "granted"
        world.run_until(world.now_ms + 10_000)
    world.set_network([["c2"], ["c1"]])  # the console is with c2: nobody tells c1 what it has forgotten
    world.restore("c1", old)
    world.run_until(world.now_ms + 2000)
    for reader in ("north_in", "north_out", "north_in"):
        assert badge(world, reader, "lee") == "granted"
        world.run_until(world.now_ms + 10_000)
    world.set_network("all")
    world.run_until(world.now_ms + 120_000)
    for _ in range(2):
        for controller in ("c1", "c2"):
            for user in ("kim", "lee"):
                row = world.row(controller, "hall", user)
                assert (row["presence"], row["violation"], row["suspected"]) == ("in", None, None), (controller, user)
        assert world.agree() == []
        world.power("c1", False)
        world.power("c1", True)
        world.run_until(world.now_ms + 120_000)
    assert [event["type"] for event in world.events if event["type"].startswith("apb.")] == []
    assert [event["peer"] for event in world.events if event["type"] == "controller.duplicate"] == ["c1"]
