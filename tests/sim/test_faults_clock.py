"""What the simulated clocks do: drift, jumps, standstill, and time servers that are away or wrong."""

import pytest

from host_sim.world import World
from tests.model import small
from tools.site import parse

START_MS = 1767603600000
HOUR_MS = 3600 * 1000


def opened(seed: int = 1) -> World:
    return World(parse(small.hall(), "site"), START_MS, seed)


def alone() -> World:
    """One board: nobody can tell it that its clock is wrong."""
    return World(parse(small.office(), "site"), START_MS)


def wrong_ms(world: World, controller: str = "c1") -> int:
    """How far a controller's clock is ahead."""
    return world.believed_ms(controller)[0] - world.unix_ms()


def granted(world: World, reader: str, user: str = "kim") -> dict:
    """The event of a badge that is granted, and the world 900 ms after it."""
    world.badge(reader, user=user)
    world.run_until(world.now_ms + 900)
    return [event for event in world.events if event["type"] == "access.granted"][-1]


@pytest.mark.parametrize("ppm", [80, -80, 1, -1, 2000, -2000])
def test_a_crystal_drifts_until_the_next_synchronisation(ppm):
    world = opened()
    world.drift("c1", ppm)
    for hour in (1, 2):
        world.run_until(hour * HOUR_MS - 1)
        assert abs(wrong_ms(world) - 3.6 * ppm) <= 1 and wrong_ms(world, "c2") == 0
        world.run_until(hour * HOUR_MS + 1000)
        assert abs(wrong_ms(world) - ppm / 1000) <= 1
    world.drift("c1", 0)
    world.run_until(3 * HOUR_MS + 1)
    assert wrong_ms(world) == 0


def test_timers_drift_with_the_crystal():
    world = opened()
    world.drift("c1", 250000)
    at_ms = world.now_ms
    granted(world, "north_in")
    while not world.door("north")["locked"]:
        world.run_until(world.now_ms + 1)
    fast_ms = world.now_ms - at_ms
    at_ms = world.now_ms
    granted(world, "south_in", "lee")
    while not world.door("south")["locked"]:
        world.run_until(world.now_ms + 1)
    assert abs((world.now_ms - at_ms) * 4 // 5 - fast_ms) < 30


@pytest.mark.parametrize("seed", range(4))
def test_a_usual_crystal_and_time_server_stay_within_the_error_that_is_told(seed):
    world = opened(seed)
    for name, ppm in (("c1", 80), ("c2", -80)):
        world.ntp(name, True, err_ms=50)
        world.drift(name, ppm)
    seen = set()
    while world.now_ms < 4 * HOUR_MS:
        world.run_until(world.now_ms + HOUR_MS // 7)
        for name in world.boards:
            assert abs(wrong_ms(world, name)) <= world.believed_ms(name)[1]
            seen.add(wrong_ms(world, name))
    assert max(seen) > 150 and min(seen) < -150


def test_a_clock_that_jumped_is_wrong_until_it_is_synchronised():
    world = alone()
    world.run_until(HOUR_MS // 2)
    world.jump("c1", -7000)
    assert wrong_ms(world) == -7000
    assert granted(world, "lobby_in")["at"] < HOUR_MS / 2000 - 6
    world.run_until(HOUR_MS + 1)
    assert wrong_ms(world) == 0 and world.faults["jump"] == 1


def test_a_clock_that_was_never_set_cannot_jump():
    world = opened()
    world.power("c1", False)
    world.jump("c1", 5000)
    world.ntp("c1", False)
    world.power("c1", True)
    world.jump("c1", 5000)
    assert not world.boards["c1"].node.controller.site.is_clock_trusted() and world.faults["jump"] == 0


def test_a_frozen_clock_stands_while_doors_go_on_and_runs_on_from_there():
    world = alone()
    world.run_until(10_000)
    world.ntp("c1", False)
    world.freeze("c1", True)
    at = granted(world, "lobby_in")["at"]
    assert 10 <= at < 11 and not world.door("lobby")["locked"]
    world.run_until(40_000)
    assert world.door("lobby")["locked"] and -30_000 <= wrong_ms(world) <= -29_000
    world.freeze("c1", False)
    world.run_until(60_000)
    assert -30_000 <= wrong_ms(world) <= -29_000
    world.ntp("c1", True)
    assert wrong_ms(world) == 0


def test_a_frozen_clock_is_set_by_the_time_server_and_stands_there():
    world = alone()
    world.freeze("c1", True)
    world.run_until(HOUR_MS + 8_000)
    assert -8_000 <= wrong_ms(world) <= -7_000
    world.freeze("c1", True)
    world.power("c1", False)
    world.power("c1", True)
    world.run_until(world.now_ms + 8_000)
    assert -8_000 <= wrong_ms(world) <= -6_000 and world.faults["freeze"] == 2


def test_without_a_time_server_a_restarted_clock_stays_untrusted():
    world = opened()
    world.ntp("c1", False)
    world.power("c1", False)
    world.power("c1", True)
    world.run_until(5000)
    assert not world.boards["c1"].node.controller.site.is_clock_trusted() and world.network.has_link("c1")
    world.ntp("c1", True)
    assert wrong_ms(world) == 0 and world.boards["c1"].node.controller.site.is_clock_trusted()


def test_a_time_server_errs_anew_at_each_synchronisation():
    world = opened()
    world.ntp("c1", True, err_ms=50)
    seen = set()
    for hour in range(1, 12):
        world.run_until(hour * HOUR_MS + 1)
        seen.add(wrong_ms(world))
    assert len(seen) > 5 and max(map(abs, seen)) <= 50 and wrong_ms(world, "c2") == 0


def test_an_offset_is_seen_by_no_synchronisation():
    world = opened()
    world.clock("c1", 3.5)
    world.run_until(HOUR_MS + 1)
    assert wrong_ms(world) == 3500 and world.believed_ms("c1")[1] == 100


def test_a_guessed_clock_is_given_up_as_soon_as_somebody_knows_better():
    world = opened()
    world.run_until(10_000)
    world.set_network([["c1"], ["c2"]])
    world.ntp("c2", False)
    world.power("c2", False)
    world.run_until(10 * 60_000)
    world.power("c2", True)
    world.run_until(11 * 60_000)
    assert wrong_ms(world, "c2") < -500_000 and world.believed_ms("c2")[1] >= 60_000, "it has a link, and nobody there"
    world.set_network("all")
    world.run_until(world.now_ms + 40_000)
    assert abs(wrong_ms(world, "c2")) < 1000 and world.believed_ms("c2")[1] < 2000
    assert granted(world, "north_in")["controller"] == "c1" and world.agree() == []
    world.badge("south_in", user="kim")
    world.run_until(world.now_ms + 900)
    assert world.events[-1]["type"] == "apb.violation" and "late" not in world.events[-1], "nobody's word is held back"
