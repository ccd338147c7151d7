"""A site inside this process, in simulated time that keeps beside the clock: every fault can be made."""

import time

from host_sim.bench.driver import EVENTS_MAX, Driver, Introduction, Offers
from host_sim.bench.view import BoardView, View, look
from host_sim.world import World

GROUPS, CUT = ("A", "B", "C"), "cut"
STEP_MS, ADVANCE_S_MAX = 100, 0.1  # so that the page answers even when a busy site cannot keep up


class Simulated(Driver):
    """Runs a World."""

    introduction = Introduction("Simulated", "All controllers in this process, in simulated time, without a broker")

    def __init__(self, site: object, start_ms: int, clock=time.monotonic) -> None:
        super().__init__(site, start_ms, clock)
        groups = GROUPS if len(self.site["controllers"]) > 1 else GROUPS[:1]  # alone, one is as good as another
        self.offers = Offers(networks=(*groups, CUT))
        self.world = World(site, start_ms)
        self.world.on_event = self.take

    def step(self) -> None:
        """Run the world up to now, or as far as it comes in the time it may have at once."""
        until_s = self._clock() + ADVANCE_S_MAX
        while self.world.now_ms < self.now_ms() and self._clock() < until_s:
            self.world.run_until(min(self.now_ms(), self.world.now_ms + STEP_MS))

    def connect(self, links: dict[str, str]) -> str | None:
        groups = [[name for name, where in sorted(links.items()) if where == group] for group in GROUPS]
        is_whole = any(len(group) == len(links) for group in groups)
        return self.act("set_network", "all" if is_whole else [group for group in groups if group])

    def behind_s(self) -> float:
        return max(0, self.now_ms() - self.world.now_ms) / 1000

    def now_s(self) -> float:
        return (self.start_ms + self.world.now_ms) / 1000

    def take(self, event: dict) -> None:
        super().take(event)
        for kept in (self.world.events, self.world.replies):
            if len(kept) > 2 * EVENTS_MAX:  # a bench may stand open for days
                del kept[:EVENTS_MAX]

    def look(self) -> View:
        world, site = self.world, self.site
        holders = {area: sorted(world.holders(area)) for area in site["areas"]}
        boards = {name: _board(world.is_powered(name)) for name in site["controllers"]}

        def rows_of(area: str, user: str) -> list[dict]:
            return [world.row(name, area, user) for name in holders[area]]

        return look(site, world, holders, rows_of, boards, {})


def _board(has_power: bool) -> BoardView:
    return BoardView(True, "Running") if has_power else BoardView(False, "No power", ails="has no power")
