"""The hall that the benchmarks live in: one area over some boards, each with a door that has a reader on both sides."""
import functools
import random

from host_sim.flash import SECTORS
from host_sim.world import World
from tools.site import Site, parse

DAY_S = 24 * 3600
START_MS = 1767571200000  # 2026-01-05, a Monday, at midnight UTC
BOARD_SECTORS = 384  # of a board's log partition
OPENED_MS, CLOSED_MS = 900, 1900  # after the badge


def site(controllers: int, people: int, has_sensors: bool = False) -> Site:
    """A site with nothing but the hall, and people who may pass everywhere."""
    doors = [f"d{number:02}" for number in range(controllers)]
    cards = {f"p{number:04}": [f"H10301:{1 + number % 250}:{1000 + number}"] for number in range(people)}
    return parse(
        {
            "site": "hall",
            "controllers": {f"c{door[1:]}": {} for door in doors},
            "doors": {door: {"controller": f"c{door[1:]}", "egress": "mechanical", "sensor": has_sensors} for door in doors},
            "readers": {f"{door}_{side}": {"door": door} for door in doors for side in ("in", "out")},
            "areas": {
                "hall": {
                    "entrances": [f"{door}_in" for door in doors],
                    "exits": [f"{door}_out" for door in doors],
                    "anti_passback": "hard",
                }
            },
            "groups": {"staff": {"access": [{"doors": ["*"]}]}},
            "users": {name: {"groups": ["staff"], "cards": cards[name]} for name in cards},
        },
        "hall",
    )


class Hall(World):
    """A world of the hall that keeps every message that is sent: (moment, sender, topic, bytes)."""

    def __init__(self, site: Site, flash_sectors: int = SECTORS):
        self.messages: list[tuple[int, str, str, bytes]] = []
        super().__init__(site, START_MS, flash_sectors=flash_sectors)

    def send(self, sender: str, topic: str, payload: bytes, is_retained: bool = False) -> None:
        self.messages.append((self.now_ms, sender, topic, payload))
        super().send(sender, topic, payload, is_retained)

    def said(self, since_ms: int = 0) -> list[bytes]:
        """Return what boards, not consoles, have sent since a moment."""
        return [payload for at_ms, sender, _, payload in self.messages if at_ms >= since_ms and sender in self.boards]


class Crowd:
    """People who come and go properly, each through doors drawn from `doors`."""

    def __init__(self, world: World, doors: list[str]):
        self._world, self._doors = world, doors
        self._draw = random.Random(1)
        self._directions = dict.fromkeys(sorted(world.site.users), "in")
        self._people = list(self._directions)

    def pass_through(self, user: str) -> None:
        """Let somebody badge, and open the door where that can be seen."""
        door, world = self._draw.choice(self._doors), self._world
        world.badge(f"{door}_{self._directions[user]}", user=user)
        self._directions[user] = "out" if self._directions[user] == "in" else "in"
        if world.site.doors[door].sensor:
            world.after(OPENED_MS, world.leaf, door, True)
            world.after(CLOSED_MS, world.leaf, door, False)

    def live(self, badges: int, until_ms: int) -> None:
        """Spread so many badges over the time up to a moment, at drawn times."""
        now_ms = self._world.now_ms
        for at_ms in sorted(self._draw.randrange(now_ms, until_ms) for _ in range(badges)):
            self._world.run_until(at_ms)
            self.pass_through(self._draw.choice(self._people))
        self._world.run_until(until_ms)

    def take_turns(self, badges: int, pause_ms: int) -> None:
        """Let everybody badge in turn, one at a time."""
        for number in range(badges):
            self.pass_through(self._people[number % len(self._people)])
            self._world.run_until(self._world.now_ms + pause_ms)


@functools.cache
def typical_day() -> Hall:
    """A day of 4 controllers, 200 people and 2,000 badges, with doors that open and close, and the flash of boards."""
    hall = Hall(site(4, 200, has_sensors=True), flash_sectors=BOARD_SECTORS)
    Crowd(hall, sorted(hall.site.doors)).live(2000, DAY_S * 1000)
    return hall
