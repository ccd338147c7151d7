"""What all pages share: one driven world, its levers, one look at it, the site's names."""

import time

from host_sim.bench.driver import Driver
from host_sim.bench.levers import Levers
from host_sim.bench.names import Names
from host_sim.bench.view import Lookout, View


class Bench:
    """One bench with one site. Every open page holds the same one."""

    def __init__(self, site: object, start_ms: int) -> None:
        self.driver = Driver(site, start_ms)
        self.site = self.driver.site
        self.faults = self.driver.faults
        self.levers = Levers(self.driver)
        self.names = Names(self.site, start_ms)
        self.lookout = Lookout(self.driver, time.monotonic)

    def view(self) -> View:
        """Look at the world, all pages together."""
        return self.lookout.view()

    def command(self, operator: str, action: str, **fields) -> str | None:
        """Send an operator's command; its answer comes as events."""
        return self.driver.act("command", {"operator": operator, "action": action, **fields})

    def events_since(self, count: int) -> list[dict]:
        """List the events after the first `count`, oldest first, as far as they are kept."""
        new = self.driver.event_count - count
        return list(self.driver.events)[-new:] if new > 0 else []
