"""Drives a live site for the page: people act on its pins, and what is shown of controllers was heard over the broker."""

from collections import Counter

from host_sim.bench.driver import Driver, Introduction, Offers
from host_sim.bench.live import cables
from host_sim.bench.live.broker import OthersBroker, OwnBroker
from host_sim.bench.live.site import BenchSite
from host_sim.bench.view import BoardView, View, look
from host_sim.live.interpreters import CPYTHON, MICROPYTHON
from host_sim.live.settings import settings
from host_sim.seconds import in_seconds
from tools.addresses import addresses

_LABELS = {CPYTHON: "CPython", MICROPYTHON: "MicroPython"}
_NO_NETWORK = {cables.SILENT: "Network silent", cables.CUT: "No network"}
_NO_CLOCK = "This computer's. Clock faults: --simulated"


class Live(Driver):
    """Runs a BenchSite. `url`: of somebody's broker; without it, it has one of its own, on `broker_port` or a free one.

    Raises: WorldError where that cannot be on this machine.
    """

    offers = Offers(networks=cables.STATES, no_clock=_NO_CLOCK)

    def __init__(self, site: object, source: dict, start_ms: int, kinds: dict[str, str], url: str, broker_port: int) -> None:
        super().__init__(site, start_ms)
        self.broker = OthersBroker(url, lambda: self.world.listener.is_up) if url else OwnBroker(broker_port)
        self.world = BenchSite(site, source, start_ms, self.broker, kinds, self._heard, self.faults)
        try:
            self.world.open()
        except BaseException:
            self.close()
            raise
        self.introduction = Introduction("Live", _told(self.site["controllers"], kinds, self.broker.url), self.world.commands)

    def step(self) -> None:
        self.world.turn()

    def connect(self, links: dict[str, str]) -> str | None:
        return self.act("set_links", links)

    def close(self) -> None:
        self.world.close()
        self.broker.close()

    def now_ms(self) -> int:
        return self.world.now_ms

    def look(self) -> View:
        world, site = self.world, self.site
        online = set(world.listener.online())
        holders = {area: sorted(online & set(world.listener.owners["area"][area])) for area in site["areas"]}
        boards = {name: self._board(name, online) for name in site["controllers"]}

        def rows_of(area: str, user: str) -> list[dict]:
            return [world.listener.table.row(area, user, world.now_ms)]

        return look(site, world, holders, rows_of, boards, self._remarks(online))

    def _heard(self, event: dict) -> None:
        self.take(in_seconds(event, self.start_ms))

    # -- controllers -----------------------------------------------------------------------------

    def _board(self, name: str, online: set) -> BoardView:
        """One of six things is so: no power, failed, starting, no network, not heard of, or all is well."""
        world, station = self.world, self.world.boards[name]
        more = {"kind": self._kind(name), "last_words": world.wrecks.get(name, ""), "is_told": name in online}
        if name not in world.mains:
            return BoardView(False, "No power", ails="has no power", **more)
        if not station.has_power:
            return BoardView(True, "Failed", ails="has failed", can_start=True, **more)
        if not station.is_ready:
            return BoardView(True, "Starting", ails="is starting", **more)
        if not world.has_network(name):
            return BoardView(True, _NO_NETWORK[world.cables.state(name)], is_warned=True, **more)
        if name not in online:
            return BoardView(True, "Not at the broker", is_warned=True, **more)
        return BoardView(True, "Restarted" if more["last_words"] else "Online", is_warned=bool(more["last_words"]), **more)

    def _kind(self, name: str) -> str:
        """Say what it runs on, and which process it is."""
        pid = self.world.boards[name].process.pid
        return f"{_LABELS[self.world.kinds.get(name, CPYTHON)]} {pid or ''}".strip()

    # -- what those who look are told ------------------------------------------------------------

    def _remarks(self, online: set) -> dict[tuple[str, str], str]:
        told = {("doors", door): self._of_door(door, online) for door in self.site["doors"]}
        return told | {("areas", area): self._of_area(area, online) for area in self.site["areas"]}

    def _of_door(self, door: str, online: set) -> str:
        state = self.world.listener.state("door", door)
        if state is None:
            return ""
        if state.sender in online:
            return {"held": "held open", "forced": "forced"}.get(state.alarm, "")
        leaf = {True: "open, ", False: "closed, "}.get(state.open, "")
        return f"last told: {leaf}{'locked' if state.locked else 'unlocked'}"

    def _of_area(self, area: str, online: set) -> str:
        state = self.world.listener.state("area", area)
        if state is None:
            return ""
        if state.sender not in online:
            return "nobody tells now"
        return "isolated" if state.isolated else ""


def _told(controllers: dict, kinds: dict[str, str], url: str) -> str:
    """Say what there is, and where; a password is nobody's business."""
    nodes = ", ".join(f"mqtt://{host}:{port}" for host, port in addresses(settings(url)))
    count = Counter(_LABELS[kinds.get(name, CPYTHON)] for name in controllers)
    return f"{' and '.join(f'{count[kind]} {kind}' for kind in sorted(count))} controllers as processes, at {nodes}"
