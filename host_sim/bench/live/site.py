"""A site that the bench drives: every controller a process of its own, each on a cable to one broker, the site's own topics."""

import shutil
import signal
import tempfile
from pathlib import Path

from firmware.hal.files import Files
from firmware.hal.keyring import Keyring
from firmware.wire import topics
from tools.addresses import addresses
from tools.site import parts

from host_sim.bench.live import papers
from host_sim.bench.live.cables import ON, Cables
from host_sim.bench.live.listener import Listener
from host_sim.bench.live.orders import Orders
from host_sim.live.folders import Folders
from host_sim.live.house import House
from host_sim.live.interpreters import CPYTHON, command
from host_sim.live.settings import settings
from host_sim.live.station import Station
from host_sim.station import RESTART
from host_sim.views import WorldError

KEYS_SEED = 0  # those of `host_sim node`
_AGAIN_MS = 1000  # before a process whose firmware failed is started again
_PROVED_MS = 5000  # what fails sooner fails always
_WORDS_MAX = 1200


class BenchSite(House):
    """`open`, then `turn` again and again. `source`: of the site, as plain data; `broker`: as in broker.py;
    `kinds`: {controller: interpreter}. `on_event(event)` hears of events, `faults` counts what made no sense.

    `wrecks`: {controller: last words of a process that ended by itself}, until somebody starts it again.
    """

    def __init__(self, site, source: dict, start_ms: int, broker, kinds: dict[str, str], on_event, faults):
        super().__init__(site, start_ms, KEYS_SEED, site.site)
        self.broker, self.kinds = broker, kinds
        self.mains = set(site.controllers)
        self.wrecks: dict[str, str] = {}
        self._worked_ms: dict[str, int] = {}  # since when a process has power
        self._folder = Path(tempfile.mkdtemp(prefix=f"backstop-{site.site}-"))
        settings_ = settings(broker.url)
        self._parts = parts(site, start_s=start_ms // 1000, keys=self.secrets)
        for part in self._parts.values():  # a trial is announced to nobody's home
            part.settings["home_assistant"] = False
        self.commands = papers.commands(papers.write(self._folder, source, site, self.secrets, broker.url), site, settings_)
        self.cables = Cables(addresses(settings_))
        self.listener = Listener(self, self._parts, settings_, topics.root(site.site), on_event, faults)
        self.orders = Orders(self, self.listener, faults)

    def open(self) -> None:
        """Start every process; each goes to work by itself."""
        broker, root = settings(self.broker.url), topics.root(self.site.site)
        folders = Folders(self._folder, self._parts, broker, root, self.token)
        for turn, name in enumerate(sorted(self._parts)):
            self.boards[name] = station = Station(name, self._parts[name], self, folders.log(name))
            self.lines.install(name, Keyring(Files(folders.keys(name))))
            config = folders.configure(name, station.process.address, turn=turn, found=self.cables.lay(name))
            station.command = command(self.kinds.get(name, CPYTHON), config)
        for station in self.boards.values():
            station.launch()
            self._power_on(station)
            station.go("power_on", self.unix_ms())
        self.keep_time()

    def turn(self) -> None:
        """Do what is due, and hear what there is to hear."""
        for station in self.boards.values():
            station.process.look()
        self.time.catch_up()
        self.listener.look()
        self.orders.turn()

    def close(self) -> None:
        """End every process, and leave nothing behind, not at somebody else's broker either."""
        for station in self.boards.values():
            station.process.close()
        self.listener.close(leaves_nothing=self.broker.keeps)
        self.cables.close()
        self.time.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    # -- network ---------------------------------------------------------------------------------

    def misses(self, name: str) -> list[str]:
        """There is one broker: who reaches it hears all."""
        return []

    def has_network(self, name: str) -> bool:
        return self.cables.state(name) == ON

    def set_links(self, links: dict[str, str]) -> None:
        """Let each controller's cable be in one of its states."""
        for name, state in links.items():
            self.cables.set(name, state)

    def work_broker(self, verb: str) -> None:
        """Stop, start or restart the broker."""
        self.broker.work(verb)

    # -- what people do --------------------------------------------------------------------------

    def command(self, fields: dict) -> None:
        """Let an operator ask for something; the controllers decide whether he may."""
        self.orders.give(fields)

    def power(self, controller: str, is_on: bool) -> None:
        """Cut or restore a controller's mains: the process is killed, its flash stays."""
        station = self._named(self.boards, controller, "controller")
        if is_on and controller in self.wrecks:
            self.start_again(controller)
        elif is_on:
            self._power_on(station)
        else:
            self.mains.discard(controller)
            self.wrecks.pop(controller, None)
            station.power_off()

    def start_again(self, controller: str) -> None:
        """Start a process in the place of one that has failed."""
        if self.wrecks.pop(controller, None) is None:
            raise WorldError(f"controller '{controller}' has not failed")
        self.mains.add(controller)
        self._restart(self.boards[controller])

    # -- what processes do -----------------------------------------------------------------------

    def written(self, event: dict) -> None:
        """What happened is heard over the broker, as everybody hears it."""
        self.boards[event["controller"]].told.clear()

    def crashed(self, station: Station, status: int) -> None:
        self.wrecks[station.name] = f"{_told(status)}\n{station.log()[-_WORDS_MAX:]}".strip()
        has_worked = self.now_ms - self._worked_ms[station.name] > _PROVED_MS
        if status == RESTART and has_worked:
            self.after(_AGAIN_MS, self._recover, station)

    def _recover(self, station: Station) -> None:
        """Restart as a board does, unless somebody was faster. Its last words stay to be read."""
        if station.name in self.mains and not station.has_power:
            self._restart(station)

    def _restart(self, station: Station) -> None:
        self._worked_ms[station.name] = self.now_ms
        station.start_again()

    def _power_on(self, station: Station) -> None:
        self.mains.add(station.name)
        self._worked_ms[station.name] = self.now_ms
        station.power_on([])


def _told(status: int) -> str:
    """Say how a process has ended."""
    if status < 0:
        return f"Killed by {signal.Signals(-status).name}."
    return "The firmware failed." if status == RESTART else f"Ended with status {status}."
