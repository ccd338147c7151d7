"""A site at work in real time: every controller a process of its own, all of them at one real broker."""

import secrets
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from firmware.hal.files import Files
from firmware.hal.keyring import Keyring
from firmware.wire import messages, seal, topics
from tools.site import parts

from host_sim.hands import signed
from host_sim.live.console import Console
from host_sim.live.folders import Folders
from host_sim.live.house import House
from host_sim.live.interpreters import CPYTHON, command
from host_sim.live.station import Station
from host_sim.osdp.real import RealLine
from host_sim.views import WorldError

_SYNC_AFTER_S = 0.5
_START_S = 120  # many processes start on a small machine


class LiveSite(House):
    """`with LiveSite(…) as site`: real processes. Times are milliseconds since the start; `start_ms` is Unix time.

    `broker`: settings of an MqttLink; where it has several nodes, each controller begins with another. `kinds`:
    {controller: interpreter}, CPYTHON for others. `seed` makes the keys.
    Nobody else at the broker hears it: its topics have a root of their own. With `only`, a name, it is that one controller
    of a site whose others are run by somebody else, with the site's own root; `flash` is its image, which then stays.
    """

    def __init__(self, site, start_ms: int, broker: dict, seed=1, kinds=None, only: str = "", flash: str = ""):
        super().__init__(site, start_ms, seed, site.site if only else secrets.token_hex(4))
        self.broker = broker
        self.root = topics.root(site.site if only else f"{site.site}-{self.token}")
        self._nonces = 0
        self._kinds, self._only, self._flash = kinds or {}, only, flash
        self._groups: list[list[str]] = [sorted(site.controllers)]
        self._console: Console | None = None
        self._folder: Path | None = None
        self._real: list[RealLine] = []

    def attach(self, controller: str, bus: str, port: str, say: Callable[[str], None]) -> None:
        """Let a line of OSDP readers be a real one, before the start. Raises: WorldError."""
        baud = self.lines.baud(controller, bus)
        line = RealLine(port, baud, self.time, lambda data: self._deliver(controller, ("bytes", bus, data)), say)
        self._real.append(line)
        self.lines.attach(controller, bus, line.write)

    # -- from the first process to the last ------------------------------------------------------

    def __enter__(self) -> "LiveSite":
        try:
            self._start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def close(self) -> None:
        """End every process, and leave nothing behind."""
        for station in self.boards.values():
            station.process.close()
        if self._console:
            self._console.close(leaves_nothing=not self._only)
        for line in self._real:
            line.close()
        self.time.close()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="backstop-"))
        site_parts = parts(self.site, start_s=self.start_ms // 1000, keys=self.secrets)
        if not self._only:  # a trial is announced to nobody's home
            for part in site_parts.values():
                part.settings["home_assistant"] = False
        folders = Folders(self._folder, site_parts, self.broker, self.root, self.token)
        for turn, name in enumerate([self._only] if self._only else sorted(site_parts)):
            self.boards[name] = station = Station(name, site_parts[name], self, folders.log(name))
            config = folders.configure(name, station.process.address, self._flash, turn)
            self.lines.install(name, Keyring(Files(folders.keys(name, self._flash))))
            station.command = command(self._kinds.get(name, CPYTHON), config)
            station.launch()
        self._console = Console(self.broker, f"console-{self.token}-{secrets.token_hex(4)}", self.root)
        self.time.each = self._console.look
        self._await("start", lambda station: station.process.is_there)
        for name, station in self.boards.items():
            station.power_on(self.misses(name))
        self._await("work", lambda station: station.is_ready)
        if not self._only:  # a door works without a broker, a scenario does not
            self._await("reach the broker", lambda station: station.has_link and self._console.is_up)
        self.time.begin()
        for station in self.boards.values():
            station.go("power_on", self.start_ms)
        self.keep_time()

    def _await(self, what: str, is_so: Callable[[Station], bool]) -> None:
        boards = self.boards.values()
        if not self.time.wait_for(lambda: self.crashes or all(map(is_so, boards)), _START_S) or self.crashes:
            late = [name for name, station in self.boards.items() if not is_so(station)]
            said = "\n".join(self.boards[name].log() for name in late)
            raise WorldError(f"{', '.join(late)} did not {what} within {_START_S} s {said}")

    # -- time ------------------------------------------------------------------------------------

    def run_until(self, until_ms: int) -> None:
        """Let time pass, and hear all that the controllers had to say until then."""
        self.time.run_until(until_ms)
        asked = [(station, station.put("here")) for station in self.boards.values() if station.has_power]
        for station, number in asked:
            self.time.wait_for(lambda station=station, number=number: station.has_answered(number), _SYNC_AFTER_S)

    # -- what cannot be done as in a World -------------------------------------------------------

    def command_to(self, controller: str, command: dict) -> None:
        """Send one controller a command as a console does: signed, and with the challenge of its `status`."""
        challenge = self._console.challenge(controller)
        if challenge is not None:
            payload = signed(self.site, self.secrets, controller, challenge, command)
            self._console.publish("command/" + controller, payload)

    def clock(self, controller: str, offset_s: float) -> None:
        """Let a controller's clock be off from now on, unseen: every synchronisation misleads it."""
        station = self._named(self.boards, controller, "controller")
        station.offset_ms = round(offset_s * 1000)
        station.handle(("misset", self.unix_ms() + station.offset_ms))

    def row(self, controller: str, area: str, user: str) -> dict:
        """Return where a person stands with an area, as one controller has it now."""
        row = self._named(self.boards, controller, "controller").ask("row", area, user)
        if row is None:
            raise WorldError(f"unknown user '{user}'")
        return row

    def occupancy(self, area: str, controller: str | None = None) -> int | None:
        """Return how many people are `in`, as one controller (or the first that holds the area) has it."""
        holders = [controller] if controller else self.holders(area)
        return self.boards[holders[0]].ask("occupancy", area) if holders else None

    def _rows(self, controller: str, area: str) -> dict:
        return self.boards[controller].ask("rows", area)

    # -- network ---------------------------------------------------------------------------------

    @property
    def network(self) -> "LiveSite":
        return self

    def first_group(self) -> list[str]:
        """Return who is connected in the first group: operators sit there."""
        return sorted(self._groups[0]) if self._groups else []

    def misses(self, name: str) -> list[str] | None:
        """Return whom a controller does not hear, or None where it has no network."""
        for group in self._groups:
            if name in group:
                return sorted(set(self.site.controllers) - set(group))
        return None

    def set_network(self, groups) -> None:
        """Split or heal the network; "all" is one group of everybody. Raises: WorldError for a name nobody has."""
        for group in [] if groups == "all" else groups:
            for name in group:
                self._named(self.boards, name, "controller")
        before = {name: self.misses(name) for name in self.boards}
        self._groups = [sorted(self.boards)] if groups == "all" else [list(group) for group in groups]
        for name, station in self.boards.items():
            misses, missed = self.misses(name), before[name]
            if misses != missed:
                station.handle(("network", misses))
            for gone in sorted(set(misses) - set(missed)) if misses is not None and missed is not None else ():
                station.handle(("message", "status/" + gone, self._will(gone)))

    def _will(self, name: str) -> str:
        """Return what a broker says of a controller that it has lost."""
        message = messages.encode({"t": "status", "from": name, "online": False})
        return seal.seal(message, bytes.fromhex(self.secrets.event_key)).decode()
