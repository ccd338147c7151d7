"""One station's link to a broker: two legs, each in order and without loss until a fault is set."""

from host_sim.kept import Broker

_DELAY_MS = (1, 4)
_LATE_MS = (5, 400)  # what comes twice, or is overtaken, comes that much later


class Leg:
    """One direction of a link."""

    __slots__ = ("least_ms", "width_ms", "loss", "duplicate", "reorder", "is_sound", "free_ms")

    def __init__(self):
        self.free_ms = 0  # nothing arrives before what was sent before it
        self.spoil(None, 0, 0, 0)

    def spoil(self, delay_ms: tuple[int, int] | None, loss: int, duplicate: int, reorder: int) -> None:
        """Set all faults, in place of those before."""
        least_ms, most_ms = delay_ms or _DELAY_MS
        self.least_ms, self.width_ms = least_ms, most_ms - least_ms + 1
        self.loss, self.duplicate, self.reorder = loss, duplicate, reorder
        self.is_sound = not (loss or duplicate or reorder)

    def arrivals(self, now_ms: int, random, faults) -> tuple:
        """Draw when a message arrives that is sent now: () is never."""
        at_ms = now_ms + self.least_ms + int(random.random() * self.width_ms)
        if self.is_sound:
            if at_ms < self.free_ms:
                at_ms = self.free_ms
            self.free_ms = at_ms
            return (at_ms,)
        return self._struck(at_ms, random, faults)

    def _struck(self, at_ms: int, random, faults) -> tuple:
        if random.randrange(1000) < self.loss:
            faults["loss"] += 1
            return ()
        if random.randrange(1000) < self.reorder:
            faults["reorder"] += 1
            at_ms += random.randint(*_LATE_MS)
        else:
            at_ms = self.free_ms = max(at_ms, self.free_ms)
        if random.randrange(1000) < self.duplicate:
            faults["duplicate"] += 1
            return (at_ms, at_ms + random.randint(*_LATE_MS))
        return (at_ms,)


class Link:
    """What connects a station, a board or a console, to its broker.

    A station has `name`, `handle(event)`, `link_changed()`, `subscriptions()` and `last_will()`.
    """

    __slots__ = ("station", "up", "down", "is_up", "dropped", "reach", "broker")

    def __init__(self, station):
        self.station = station
        self.up, self.down = Leg(), Leg()  # to the broker, and from it
        self.is_up = False
        self.dropped = 0  # the change of the network with which the link last went
        self.reach: list[Link] = []  # who is connected to the same broker
        self.broker = Broker()
