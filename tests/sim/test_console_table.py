"""What a console concludes from the events it heard is what the controllers hold themselves."""

import random

import pytest

from host_sim.bench.live.table import Table
from host_sim.world import World
from tests.web.browser import ROOT
from tools.site import load, parts

NINE_MS = 1_795_424_400_000
CALM_MS = 60_000
KEYS = ("presence", "violation", "suspected", "expires", "entering")


def lives(world: World, seed: int) -> None:
    """For two minutes let people badge anywhere and operators forgive, split the network, bring an old flash back, put a clock wrong."""
    dice = random.Random(seed)
    readers, users, areas = sorted(world.site.readers), sorted(world.site.users), sorted(world.site.areas)
    for turn in range(120):
        world.badge(dice.choice(readers), user=dice.choice([user for user in users if world.site.users[user].cards]))
        if turn % 40 == 20:
            world.set_network([["front", "core"], ["back", "garage"]] if turn == 60 else "all")
        if turn == 40:
            image = world.image("front")
        if turn == 80:
            world.restore("front", image)
            world.badge("lobby_in", user="mia")  # before it knows that its flash is an old one
        if turn == 100:
            world.jump("front", 20_000)
            world.badge("lobby_in", user="mia")
        if turn % 30 == 29:
            action = dice.choice([{"action": "reset"}, {"action": "move", "user": dice.choice(users), "presence": "in"}])
            world.command({"operator": "ada", "area": dice.choice(areas), "reason": "test", **action})
        world.run_until(world.now_ms + 1000)
    world.set_network("all")
    world.run_until(world.now_ms + CALM_MS)


def rows(row, site) -> dict:
    """Return what is known of everybody, by area. `row(area, user)` as host_sim.standings has it."""
    found = {(area, user): row(area, user) for area in site.areas for user in site.users}
    return {place: [each[key] for key in KEYS] for place, each in found.items()}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_a_console_and_the_controllers_agree_about_everybody(seed):
    site = load(str(ROOT / "host_sim/sites/hq.toml"))
    world = World(site, NINE_MS, seed)
    table = Table(parts(site, start_s=NINE_MS // 1000, keys=world.secrets), world.histories["console"], NINE_MS)
    world.histories["console"].on_take = table.take
    lives(world, seed)
    concluded = rows(lambda area, user: table.row(area, user, world.now_ms), site)
    assert not world.agree()
    held = rows(lambda area, user: world.row(world.holders(area)[0], area, user), site)
    assert concluded == held
    assert any(row[1] for row in held.values()) and any(row[0] == "in" for row in held.values()), "nothing happened"
