"""Carries messages: one leg to the broker, one from there to each receiver, and what faults do on the way."""

from random import Random

from host_sim.kept import is_meant

# What boards and consoles exchange. All else - states, commands and answers - is for people, and comes at once and
# without faults: it must not move the dice of what boards say to each other.
_EXCHANGED = ("log", "have", "want", "ask")


class Carrier:
    """A message takes one entry of the timeline per moment of arrival, however many receive it then."""

    def __init__(self, timeline, random, faults):
        self.timeline, self.random, self.faults = timeline, random, faults
        self.links = {}
        self.changes = 0  # of who is connected to whom
        self.delivered = 0
        self._echoes = Random(1)  # dice of their own: what a station hears of itself must not move those of the others
        self._published = 0
        self._wanted: dict[tuple[str, str], bool] = {}  # (station, topic) -> whether it listens there
        self._audiences: dict[tuple[str, str], list] = {}  # (sender, topic) -> [(leg, link, whether it listens)]

    def send(self, sender: str, topic: str, payload: bytes, is_retained: bool = False) -> None:
        """Carry a message to all that listen to its topic and hear the sender."""
        link = self.links[sender]
        if not link.is_up:
            return
        if topic.split("/", 1)[0] not in _EXCHANGED:
            self.publish(link, topic, payload, is_retained)
            return
        now_ms = self.timeline.now_ms
        for at_ms in link.up.arrivals(now_ms, self.random, self.faults):
            self.timeline.after(at_ms - now_ms, self._spread, link, ("message", topic, payload, False), self.changes)

    def publish(self, sender, topic: str, payload: bytes, is_retained: bool) -> None:
        """Let what a station says be at its broker, and with all who listen there, at once."""
        if is_retained:
            self._published += 1
            sender.broker.keep(topic, payload, self._published)
        for link in sender.reach:
            if self._listens(link, topic):
                link.station.handle(("message", topic, payload, False))

    def tell_kept(self, name: str) -> None:
        """Hand a station that has just connected what its broker keeps for it."""
        link = self.links[name]
        if not link.is_up:
            return
        for topic, payload in link.broker.all_kept():
            if self._listens(link, topic):
                link.station.handle(("message", topic, payload, True))

    def listens_anew(self, name: str) -> None:
        """A station may listen to other topics than before."""
        self._wanted = {key: wanted for key, wanted in self._wanted.items() if key[0] != name}
        self._audiences.clear()

    def _listens(self, link, topic: str) -> bool:
        key = (link.station.name, topic)
        if key not in self._wanted:
            self._wanted[key] = any(is_meant(topic, wanted) for wanted in link.station.subscriptions())
        return self._wanted[key]

    def _audience(self, sender, topic: str) -> list:
        key = (sender.station.name, topic)
        if key not in self._audiences:
            # MQTT 3.1.1 sends everybody what he said himself, if he listens there.
            self._audiences[key] = [(link.down, link, self._listens(link, topic)) for link in (*sender.reach, sender)]
        return self._audiences[key]

    def _spread(self, sender, message: tuple, changes: int) -> None:
        """Pass on what has come to the broker."""
        if sender.dropped > changes:
            self.faults["lost_under_way"] += 1
            return
        now_ms, random, arrivals, topic = self.timeline.now_ms, self.random, {}, message[1]
        for leg, link, listens in self._audience(sender, topic):
            # The dice fall for each link, whoever listens: a subscription changes nothing for the others.
            dice = self._echoes if link is sender else random
            for at_ms in leg.arrivals(now_ms, dice, self.faults):
                if not listens:
                    continue
                if at_ms in arrivals:
                    arrivals[at_ms].append(link)
                else:
                    arrivals[at_ms] = [link]
        for at_ms, links in arrivals.items():
            self.timeline.after(at_ms - now_ms, self._deliver, links, message, self.changes)

    def _deliver(self, links: list, message: tuple, changes: int) -> None:
        if changes != self.changes:
            there = [link for link in links if link.dropped <= changes]
            self.faults["lost_under_way"] += len(links) - len(there)
            links = there
        self.delivered += len(links)
        for link in links:
            link.station.handle(message)
