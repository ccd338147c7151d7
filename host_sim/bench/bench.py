"""What all pages share: one driven site, its levers, one look at it, the site's names."""

import time

from host_sim.bench.driver import Driver
from host_sim.bench.levers import Levers
from host_sim.bench.names import Names
from host_sim.bench.view import Lookout, View


class Bench:
    """One bench with one site. Every open page holds the same one."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.site = self.driver.site
        self.faults = self.driver.faults
        self.levers = Levers(self.driver)
        self.names = Names(self.site, driver.start_ms)
        self.lookout = Lookout(driver.look, time.monotonic)

    def view(self) -> View:
        """Look at the site, all pages together."""
        return self.lookout.view()

    def act(self, verb: str, *args, **fields) -> str | None:
        """Do one thing to the site; the next look shows it. Returns the refusal in words, or None."""
        self.lookout.refresh()
        return self.driver.act(verb, *args, **fields)

    def command(self, operator: str, action: str, **fields) -> str | None:
        """Send an operator's command; its answer comes as events."""
        return self.act("command", {"operator": operator, "action": action, **fields})

    def events_since(self, count: int) -> list[dict]:
        """List the events after the first `count`, oldest first, as far as they are kept."""
        new = self.driver.event_count - count
        return list(self.driver.events)[-new:] if new > 0 else []
