"""A world in real time: the clock that drives it, and the only hands that touch it."""

import asyncio
import time
from collections import deque

from host_sim.bench.alarms import Alarms
from host_sim.bench.faults import Faults
from host_sim.world import World, WorldError

TICK_S = 0.02
STEP_MS, ADVANCE_S_MAX = 100, 0.1  # so that the page answers even when a busy site cannot keep up
EVENTS_MAX = 1000


class Driver:
    """Runs a World beside the wall clock. Many pages look at one driver."""

    def __init__(self, site: object, start_ms: int, clock=time.monotonic) -> None:
        self.site = site.model_dump(by_alias=True)
        self.start_ms = start_ms
        self.faults, self.alarms = Faults(), Alarms()
        self.events: deque[dict] = deque(maxlen=EVENTS_MAX)
        self.event_count = 0
        self._clock, self._zero = clock, clock()
        self.world = World(site, start_ms)
        self.world.on_event = self._take

    async def run(self) -> None:
        """Keep the world beside the clock until cancelled."""
        while True:
            self.advance()
            await asyncio.sleep(TICK_S)

    def advance(self) -> None:
        """Run the world up to now, or as far as it comes in the time it may have at once.

        Its bug is counted and shown; the bench goes on.
        """
        until_s = self._clock() + ADVANCE_S_MAX
        try:
            while self.world.now_ms < self.now_ms() and self._clock() < until_s:
                self.world.run_until(min(self.now_ms(), self.world.now_ms + STEP_MS))
        except Exception as bug:  # noqa: BLE001 the page must live to tell
            self.faults.count("simulator", repr(bug))

    def behind_s(self) -> float:
        """Tell how far the world lags behind the wall clock."""
        return max(0, self.now_ms() - self.world.now_ms) / 1000

    def act(self, verb: str, *args, **fields) -> str | None:
        """Do one thing to the world now. Returns the refusal in words, or None."""
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
        """Milliseconds since the world began."""
        return int((self._clock() - self._zero) * 1000)

    def now_s(self) -> float:
        """Unix time in the world, seconds."""
        return (self.start_ms + self.world.now_ms) / 1000

    def _take(self, event: dict) -> None:
        self.events.append(event)
        self.event_count += 1
        self.alarms.take(event)
        for kept in (self.world.events, self.world.replies):
            if len(kept) > 2 * EVENTS_MAX:  # a bench may stand open for days
                del kept[:EVENTS_MAX]
