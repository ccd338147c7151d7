"""The broker and the links to it: groups that hear each other, last wills, restarts; `carrier` moves the messages."""

from host_sim.kept import Broker
from host_sim.carrier import Carrier
from host_sim.decoder import Decoder
from host_sim.link import Link

_BACK_MS = 5000  # after a restart of the broker each link comes back at its own moment within that time


class Network(Carrier):
    """Who hears whom. Each group has a broker of its own, as in a cluster that is split."""

    def __init__(self, timeline, random, faults):
        super().__init__(timeline, random, faults)
        decoder = Decoder()
        self.read, self.seal = decoder.read, decoder.seal
        self._guests: list[str] = []  # they go with the first group unless they are named in one
        self._groups: list[list[str]] = []
        self._brokers: list[Broker] = []  # one of each group
        self._away: dict[str, int] = {}  # whom the broker has lost -> the restart that lost them
        self._restarts = 0
        self._loses_wills = False

    def join(self, stations: list, guests: list) -> None:
        """Connect everybody: the stations that groups must name, and those that need not be named."""
        self._guests = [guest.name for guest in guests]
        everybody = sorted([*stations, *guests], key=lambda station: station.name)
        self.links = {station.name: Link(station) for station in everybody}
        self._groups, self._brokers = [sorted(self.links)], [Broker()]
        self._connect()

    # -- what can be asked -----------------------------------------------------------------------

    @property
    def groups(self) -> list[list[str]]:
        return [list(group) for group in self._groups]

    def has_link(self, name: str) -> bool:
        """Say whether a station is connected to a broker."""
        return self.links[name].is_up

    def has_network(self, name: str) -> bool:
        """Say whether a station has a network at all, be a broker on it or not."""
        return any(name in group for group in self._groups)

    def hears(self, name: str) -> list[str]:
        """Return the others that a station exchanges messages with."""
        return [link.station.name for link in self.links[name].reach]

    def first_group(self) -> list[str]:
        """Return who is connected in the first group: operators sit there."""
        return [name for name in sorted(self._groups[0]) if self.links[name].is_up] if self._groups else []

    # -- what befalls it -------------------------------------------------------------------------

    def set_groups(self, groups) -> None:
        """Split or heal: "all", or lists of names. One not named has no link."""
        groups = [sorted(self.links)] if groups == "all" else [list(group) for group in groups]
        named = {name for group in groups for name in group}
        if groups:
            groups[0] += [guest for guest in self._guests if guest not in named]
        self.faults["split"] += len(groups) != 1 or len(groups[0]) < len(self.links)
        self._brokers = [Broker(self._brokers_of(group)) for group in groups]
        self._groups = groups
        self._change(not self._loses_wills)

    def link(self, name: str, delay_ms: tuple[int, int] | None = None, loss=0, duplicate=0, reorder=0) -> None:
        """Set the faults of one link, on the way to the broker and from it. Units: per mille; delays of one leg."""
        link = self.links[name]
        for leg in (link.up, link.down):
            leg.spoil(delay_ms, loss, duplicate, reorder)
        self.faults["slow_link"] += delay_ms is not None

    def broker_restart(self, down_ms: int) -> None:
        """The broker dies with all that it knows: what is under way, subscriptions, last wills."""
        self.faults["broker_restart"] += 1
        self._restarts += 1
        self._away = dict.fromkeys(self.links, self._restarts)
        self._brokers = [Broker() for _ in self._groups]
        self._change(False)
        for name in self.links:
            self.timeline.after(down_ms + self.random.randrange(_BACK_MS), self._come_back, name, self._restarts)

    def lose_wills(self, is_on: bool) -> None:
        """Let nobody be told of those that die or are split off, as in a cluster that loses a node."""
        self.faults["wills_lost"] += is_on
        self._loses_wills = is_on

    def tell_gone(self, name: str) -> None:
        """Publish the last will of a station that died."""
        link = self.links[name]
        if link.is_up and not self._loses_wills:
            self.publish(link, *link.station.last_will(), True)

    def kept(self, topic: str) -> bytes | None:
        """Return what the broker of the first group keeps of a topic: operators sit there."""
        return self._brokers[0].kept(topic) if self._brokers else None

    # --------------------------------------------------------------------------------------------

    def _come_back(self, name: str, restart: int) -> None:
        if self._away.get(name) == restart:
            del self._away[name]
            self._change(False)

    def _change(self, tells_wills: bool) -> None:
        """Connect anew, and let everybody see what that does to them."""
        before = {name: (link.is_up, set(self.hears(name))) for name, link in self.links.items()}
        self._connect()
        stayed = {name for name, link in self.links.items() if link.is_up and before[name][0]}
        for name, link in self.links.items():
            was_up, heard = before[name]
            hears = set(self.hears(name))
            if link.is_up != was_up or (name in stayed and heard & stayed != hears & stayed):
                link.station.link_changed()
                if link.is_up:
                    self.tell_kept(name)
            for gone in sorted(heard - hears) if tells_wills else ():
                self._hand_will(link, self.links[gone].station)

    def _hand_will(self, link, gone) -> None:
        """Let a station that lost sight of another see its last will."""
        topic, payload = gone.last_will()
        self._published += 1
        link.broker.keep(topic, payload, self._published)
        if self._listens(link, topic):
            link.station.handle(("message", topic, payload, False))

    def _brokers_of(self, names: list[str]) -> list[Broker]:
        """Return the brokers that some stations were with. A guest that goes elsewhere takes no broker along."""
        own = set(names) - set(self._guests)
        return [broker for broker, group in zip(self._brokers, self._groups, strict=True) if own & set(group)]

    def _connect(self) -> None:
        """Work out every link and whom it reaches."""
        self.changes += 1
        self._audiences.clear()
        for name, link in self.links.items():
            is_up = self.has_network(name) and name not in self._away
            if link.is_up and not is_up:
                link.dropped = self.changes
            link.is_up = is_up
        for name, link in self.links.items():
            link.broker = next((broker for broker, group in zip(self._brokers, self._groups, strict=True) if name in group), Broker())
            near = {other for group in self._groups if name in group for other in group if other != name}
            link.reach = [self.links[other] for other in sorted(near) if link.is_up and self.links[other].is_up]
