"""The simulated day: 4 controllers, 200 people, 2,000 badges, everything real but the time."""
import random
import time

from host_sim.world import World
from tools.bench.figure import Figure
from tools.site import Site, parse

CONTROLLERS, PEOPLE, BADGES = 4, 200, 2000
DAY_S = 24 * 3600
START_MS = 1767571200000  # 2026-01-05, a Monday, at midnight UTC
SECONDS_MAX = 10  # a day must not take longer


def site() -> Site:
    """One hall over four boards, each with a door that has a reader on both sides."""
    doors = [f"d{number}" for number in range(CONTROLLERS)]
    cards = {f"p{number:03}": [f"H10301:{1 + number % 250}:{1000 + number}"] for number in range(PEOPLE)}
    return parse(
        {
            "site": "day",
            "controllers": {f"c{number}": {} for number in range(CONTROLLERS)},
            "doors": {door: {"controller": f"c{door[1:]}", "egress": "mechanical"} for door in doors},
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
        "day",
    )


def live(world: World) -> None:
    """Let everybody come and go properly, at random doors, over the whole day."""
    draw = random.Random(1)
    directions = dict.fromkeys(sorted(world.site.users), "in")
    for at_ms in sorted(draw.randrange(DAY_S * 1000) for _ in range(BADGES)):
        world.run_until(at_ms)
        user, door = draw.choice(list(directions)), draw.randrange(CONTROLLERS)
        world.badge(f"d{door}_{directions[user]}", user=user)
        directions[user] = "out" if directions[user] == "in" else "in"
    world.run_until(DAY_S * 1000)


def bench_simulated_day() -> Figure:
    """Simulated seconds per second, the best of three days."""
    taken = min(_one_day() for _ in range(3))
    return Figure("simulated day, 4 controllers, 2,000 badges", DAY_S / taken, DAY_S / SECONDS_MAX, "s/s")


def _one_day() -> float:
    world = World(site(), START_MS)
    start = time.perf_counter()
    live(world)
    granted = sum(event["type"] == "access.granted" for event in world.events)
    # Two badges of one person within the time of a pulse train may meet as one; hardly any do.
    assert granted > BADGES * 0.99 and not world.agree(), f"{granted} of {BADGES} granted"
    return time.perf_counter() - start
