"""The interface between the page and a site, whatever the site is made of: one clock, one pair of hands, one look."""

import asyncio
import time
from collections import deque
from dataclasses import dataclass

from host_sim.bench.alarms import Alarms
from host_sim.bench.view import View
from host_sim.views import WorldError
from tools.web.faults import Faults

TICK_S = 0.02
EVENTS_MAX = 1000


@dataclass(frozen=True)
class Offers:
    """What can be done to this kind of site, beside what can be done to every one."""

    networks: tuple[str, ...]
    """Where a controller's link may hang; at first at the first."""
    no_clock: str = ""
    """Why no clock can be put wrong; empty: it can."""


@dataclass(frozen=True)
class Introduction:
    """What a newcomer is told of a site. `commands`: (what it is good for, a line for a terminal)."""

    kind: str
    text: str
    commands: tuple[tuple[str, str], ...] = ()


class Driver:
    """Runs a site beside the wall clock. Many pages look at one driver.

    Whoever inherits has `world`, whose verbs are those of host_sim.hands and `power`, `clock`,
    `start_again`, `work_broker`, as far as `offers` and the views offer them; `introduction`; `broker`, or None where nobody can work it;
    and `step()`, `look()`, `connect(links)`.
    """

    offers: Offers
    introduction: Introduction
    broker = None

    def __init__(self, site: object, start_ms: int, clock=time.monotonic) -> None:
        self.site = site.model_dump(by_alias=True)
        self.start_ms = start_ms
        self.faults, self.alarms = Faults(), Alarms()
        self.events: deque[dict] = deque(maxlen=EVENTS_MAX)
        self.event_count = 0
        self._clock, self._zero = clock, clock()
        self.world = None

    def step(self) -> None:
        """Bring the site up to now, or nearer to it."""
        raise NotImplementedError

    def look(self) -> View:
        """Look at the whole site once."""
        raise NotImplementedError

    def connect(self, links: dict[str, str]) -> str | None:
        """Hang each controller's link at one of the networks that are offered. Returns the refusal in words, or None."""
        raise NotImplementedError

    def close(self) -> None:
        """Leave nothing behind."""

    async def run(self) -> None:
        """Keep the site beside the clock until cancelled."""
        while True:
            self.advance()
            await asyncio.sleep(TICK_S)

    def advance(self) -> None:
        """Step. A bug of the simulator is counted and shown; the bench goes on."""
        try:
            self.step()
        except Exception as bug:  # noqa: BLE001 the page must live to tell
            self.faults.count("simulator", repr(bug))

    def behind_s(self) -> float:
        """Tell how far the site lags behind the wall clock."""
        return 0

    def act(self, verb: str, *args, **fields) -> str | None:
        """Do one thing to the site now. Returns the refusal in words, or None."""
        self.advance()
        try:
            getattr(self.world, verb)(*args, **fields)
        except WorldError as refusal:
            self.faults.count("refused", refusal)
            return str(refusal)
        except Exception as bug:  # noqa: BLE001 as above
            self.faults.count("simulator", repr(bug))
            return f"The simulator failed: {bug!r}"
        self.advance()
        return None

    def now_ms(self) -> int:
        """Milliseconds since the site began."""
        return int((self._clock() - self._zero) * 1000)

    def now_s(self) -> float:
        """Unix time at the site, seconds."""
        return (self.start_ms + self.now_ms()) / 1000

    def take(self, event: dict) -> None:
        """Take an event of the site; its times are seconds since the start."""
        self.events.append(event)
        self.event_count += 1
        self.alarms.take(event)
