"""Controllers as processes, and what is around them: people at their pins, mains, a time server. In real time."""

import random
from collections.abc import Callable

from tools.site.compiler.keys import made_up

from host_sim.hands import BIT_MS, Hands
from host_sim.live.real_time import RealTime
from host_sim.live.station import Station
from host_sim.osdp.lines import Lines
from host_sim.seconds import in_seconds
from host_sim.station import RESTART
from host_sim.views import Views

_NTP_MS = 3600 * 1000
_SYNC_AFTER_MS = 500


class House(Views, Hands):
    """Times are milliseconds since the start; `start_ms` is Unix time. `seed` makes the keys, `token` tells runs apart.

    Whoever inherits fills `boards`, and says in `misses` whom a controller does not hear.
    """

    def __init__(self, site, start_ms: int, seed, token: str):
        self.site, self.start_ms, self.token = site, start_ms, token
        self.random = random.Random()  # the times are those of this machine: no run is like another
        self.secrets = made_up(site, seed)
        self.time = RealTime()
        self.after = self.time.after
        self.lines = Lines(site, seed, self.random, self.after, self._deliver)
        self.boards: dict[str, Station] = {}
        self.events: list[dict] = []
        self.crashes: list[str] = []
        self.on_event: Callable[[dict], None] = lambda event: None
        self.on_crash: Callable[[str], None] = lambda words: None
        self.lock_moved: Callable[[str, bool], None] = lambda door, is_locked: None
        self.signal_shown: Callable[[str, str], None] = lambda reader, pattern: None
        self.taken: Callable[[str, tuple], None] = lambda controller, name: None  # an event of another is in its table

    def misses(self, name: str) -> list[str] | None:
        """Return whom a controller does not hear, or None where it has no network."""
        raise NotImplementedError

    def has_network(self, name: str) -> bool:
        return self.misses(name) is not None

    # -- time ------------------------------------------------------------------------------------

    @property
    def now_ms(self) -> int:
        return self.time.now_ms

    def unix_ms(self) -> int:
        """Return the true time."""
        return self.start_ms + self.now_ms

    def asked_for_time(self, station: Station) -> None:
        """A controller asks the time server."""
        self.after(_SYNC_AFTER_MS, self._tell_time, station)

    def keep_time(self) -> None:
        """Let the time server tell everybody, now and then."""
        self.after(_NTP_MS, self._synchronise)

    def _tell_time(self, station: Station) -> None:
        """NTP answers, where there is a network; an unseen offset of the clock stays unseen."""
        if self.has_network(station.name):
            station.handle(("clock", self.unix_ms() + station.offset_ms))

    def _synchronise(self) -> None:
        for station in self.boards.values():
            self._tell_time(station)
        self.keep_time()

    # -- what controllers do ---------------------------------------------------------------------

    def written(self, event: dict) -> None:
        self.events.append(in_seconds(event, self.start_ms))
        self.on_event(self.events[-1])

    def crashed(self, station: Station, status: int) -> None:
        """A process has ended by itself. Where its firmware failed it is started again, as a board restarts."""
        self.crashes.append(f"controller '{station.name}' failed with status {status}: {station.log()}")
        self.on_crash(self.crashes[-1])
        if status == RESTART:
            station.start_again()

    # -- what is done to them --------------------------------------------------------------------

    def _deliver(self, controller: str, event: tuple) -> None:
        """Let a controller hear what comes on a line."""
        kind, bus, data = event
        self.boards[controller].handle((kind, bus, data.hex()))

    def bits(self, reader: str, bits: str) -> None:
        """Send raw bits over a reader's wires."""
        self._board_of_wires(reader).handle(("bits", reader, bits, 0, BIT_MS))

    def power(self, controller: str, is_on: bool) -> None:
        """Cut or restore a controller's mains."""
        station = self._named(self.boards, controller, "controller")
        if is_on and not station.has_power:
            station.power_on(self.misses(controller))
        elif not is_on and station.has_power:
            station.power_off()
