"""A day in which much goes wrong at a site of four boards."""

import random

from host_sim.world import World
from tests.model import small
from tools.site import parse

START_MS = 1767571200000  # 2026-01-05, a Monday, at midnight UTC
MINUTE_MS = 60 * 1000
DAY_MINUTES = 24 * 60
SECTORS = 24  # few, so that checkpoints are written and old notes let go
PEOPLE = [f"p{number}" for number in range(16)]
INTO = {"lobby": "office", "yard": "office", "gate": "office", "lab": "lab", "safe": "vault"}


def order(action: str, **fields) -> dict:
    return {"operator": "ada", "action": action, "reason": "test", **fields}


def link(world: World, *args) -> None:
    world.network.link(*args)


TROUBLES = [
    (1, World.drift, "c1", 60),
    (400, World.command, order("set", area="lab", anti_passback="hard")),
    # Two halves of the site do not hear each other, and then hear of it all at once.
    (450, World.set_network, [["c1", "c4"], ["c2", "c3"]]),
    (500, World.command, order("move", area="office", user="p3", presence="out")),
    (560, World.cut_in_flash, "c1", 7, 20_000),
    (610, World.set_network, "all"),
    (640, link, "c3", (1, 400), 40, 40, 60),
    (700, World.command, order("reset", area="vault")),
    (710, World.power, "c1", False),
    (716, World.power, "c1", True),
    (760, World.command, order("pass", area="office", user="p5")),
    (790, link, "c3"),
    (800, World.command, order("emergency", active=True)),
    (803, World.command, order("emergency", active=False)),
    (820, World.cut_in_flash, "c1", 31, 60_000),
    # A board that starts without a network knows no time: what it writes gets its stamps later.
    (840, World.set_network, [["c2", "c3", "c4"]]),
    (850, World.power, "c1", False),
    (851, World.power, "c1", True),
    (930, World.set_network, "all"),
    (960, World.command, order("lockdown", doors=["lab"])),
    (970, World.command, order("release", doors=["lab"])),
    (1001, World.command, order("retire", controller="c4")),
    (1011, World.command, order("restore", controller="c4")),
    (1050, World.command, order("reset", area="office")),
    (1100, World.command, order("unlock", door="safe")),
]


def site():
    """An office with doors on three boards; inside, a laboratory on the fourth and a vault on the first."""
    areas = {
        "office": small.area("lobby yard gate", anti_passback="hard", violation_timeout_s=1800),
        "lab": small.area("lab", anti_passback="deny", parent="office"),
        "vault": small.area("safe", anti_passback="soft", parent="office"),
    }
    doors = {"lobby": "c1", "yard": "c2", "gate": "c3", "lab": "c4", "safe": "c1"}
    users = {name: {"groups": ["staff"], "cards": [f"H10301:118:{2000 + number}"]} for number, name in enumerate(PEOPLE)}
    outputs = {"siren": {"controller": "c1", "follows": "emergency"}, "strobe": {"controller": "c1"}}
    links = [{"when": "access.denied", "output": "strobe", "for_s": 5}]
    return parse(small.site(areas, doors, users=users, outputs=outputs, links=links), "site")


class Day:
    """People who mostly badge properly, operators, and the troubles of `TROUBLES`."""

    def __init__(self):
        self.world = World(site(), START_MS, seed=3, flash_sectors=SECTORS)
        self._draw = random.Random(5)
        self._at = dict.fromkeys(PEOPLE, "outside")

    def live(self, minutes: int = DAY_MINUTES) -> None:
        for minute in range(minutes):
            for _, what, *args in [trouble for trouble in TROUBLES if trouble[0] == minute]:
                what(self.world, *args)
            if minute % 120 == 0:
                self._clear()
            self._pass(minute)
            self.world.run_until((minute + 1) * MINUTE_MS)

    def _pass(self, minute: int) -> None:
        """Let somebody go through a door, or badge where that is wrong; at night there is nobody."""
        draw = self._draw
        if not 6 * 60 < minute < 22 * 60 or draw.random() < 0.3:
            return
        user = draw.choice(PEOPLE)
        door = draw.choice(self._ways(user))
        side = "out" if self._at[user] == INTO[door] else "in"
        if draw.random() < 0.06:
            door, side = draw.choice(sorted(INTO)), draw.choice(("in", "out"))
        elif draw.random() < 0.9:
            self._go(user, door, side)
        self.world.badge(f"{door}_{side}", user=user)

    def _ways(self, user: str) -> list:
        """Return the doors that lead from where somebody is."""
        if self._at[user] == "outside":
            return ["lobby", "yard", "gate"]
        return sorted(INTO) if self._at[user] == "office" else [door for door in INTO if INTO[door] == self._at[user]]

    def _go(self, user: str, door: str, side: str) -> None:
        outside = "office" if INTO[door] != "office" else "outside"
        self._at[user] = INTO[door] if side == "in" else outside
        self.world.after(900, self.world.leaf, door, True)
        self.world.after(1900, self.world.leaf, door, False)

    def _clear(self) -> None:
        """End the violations in the office that the second board knows of."""
        for user in PEOPLE:
            if self.world.row("c2", "office", user)["violation"]:
                self.world.command(order("clear", area="office", user=user))
