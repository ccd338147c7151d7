"""Carries messages: one leg to the broker, one from there to each receiver, and what faults do on the way."""


class Carrier:
    """A message takes one entry of the timeline per moment of arrival, however many receive it then."""

    def __init__(self, timeline, random, faults):
        self.timeline, self.random, self.faults = timeline, random, faults
        self.links = {}
        self.changes = 0  # of who is connected to whom
        self.delivered = 0

    def send(self, sender: str, to: str | None, payload: bytes) -> None:
        """Carry a message to one station, or to all that hear the sender."""
        link = self.links[sender]
        if link.is_up:
            now_ms = self.timeline.now_ms
            for at_ms in link.up.arrivals(now_ms, self.random, self.faults):
                self.timeline.after(at_ms - now_ms, self._spread, link, to, ("message", payload), self.changes)

    def _spread(self, sender, to: str | None, message: tuple, changes: int) -> None:
        """Pass on what has come to the broker."""
        if sender.dropped > changes:
            self.faults["lost_under_way"] += 1
            return
        receivers = sender.reach if to is None else [link for link in sender.reach if link.station.name == to]
        now_ms, random, arrivals = self.timeline.now_ms, self.random, {}
        for link in receivers:
            for at_ms in link.down.arrivals(now_ms, random, self.faults):
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
