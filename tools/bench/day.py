"""The simulated day: everything real but the time."""
import time

from host_sim.world import World
from tools.bench.figure import Figure
from tools.bench.hall import DAY_S, START_MS, Crowd, site

PEOPLE, BADGES = 200, 2000
SECONDS_MAX = 10  # a day of 4 controllers must not take longer


def bench_day_of_4() -> Figure:
    """Simulated seconds per second, the best of three days."""
    return _figure(4, min(_one_day(4) for _ in range(3)), DAY_S / SECONDS_MAX)


def bench_day_of_16() -> Figure:
    """The same of a larger site, the better of two days."""
    return _figure(16, min(_one_day(16) for _ in range(2)), 5000)


def _figure(controllers: int, taken_s: float, goal: float) -> Figure:
    return Figure(f"simulated day, {controllers} controllers, 2,000 badges", DAY_S / taken_s, goal, "s/s")


def _one_day(controllers: int) -> float:
    """Return the CPU seconds of a day in which all went well."""
    world = World(site(controllers, PEOPLE), START_MS)
    start_s = time.process_time()
    Crowd(world, sorted(world.site.doors)).live(BADGES, DAY_S * 1000)
    taken_s = time.process_time() - start_s
    granted = sum(event["type"] == "access.granted" for event in world.events)
    # Two badges of one person within the time of a pulse train may meet as one; hardly any do.
    assert granted > BADGES * 0.99 and not world.agree(), f"{granted} of {BADGES} granted"
    return taken_s
