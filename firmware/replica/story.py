"""Lists of events in the flash, each read when it is looked at: as an object it takes a large part of a kilobyte."""

from array import array

from firmware.const import const
from firmware.core import events

_NEAR_MAX = const(4)  # facts at hand
_ADDRESS_MIN = const(4096)  # below are the places of facts that are in no flash yet


class Entries:
    """Events of one stream, in order. `places`: {seq: address for `read`, or the event itself}."""

    def __init__(self, read, places: dict):
        self._read = read
        self._places = places
        self.seqs = sorted(places)

    def __len__(self):
        return len(self.seqs)

    def __iter__(self):
        for seq in self.seqs:
            place = self._places[seq]
            event = place if isinstance(place, dict) else self._read(place)
            if event is not None:
                yield event

    def only(self, is_one) -> "Entries":
        """Return those whose seq is one."""
        return Entries(self._read, {seq: self._places[seq] for seq in self.seqs if is_one(seq)})


class Story:
    """The facts about one person, in the total order, as a fold asks for them. `read(address)` gives the event of an address.

    To be filled with `add`, then `close`d, then read like a list.
    """

    def __init__(self, read):
        self._read = read
        self._fresh = []
        self._stamps = array("Q")
        self._places = array("Q")
        self._near = []  # (address, fact), the newest last
        self.lowest_stamp = None
        self.since_ms = None  # from when on its badges may have happened

    def note(self, fact: dict) -> None:
        """Take note of a fact, whether it counts or not."""
        self.lowest_stamp = _lower(self.lowest_stamp, fact["stamp"])
        if events.is_badge(fact):
            self.since_ms = _lower(self.since_ms, fact["at_ms"] - fact["err_ms"])

    def add(self, fact: dict, address: int | None) -> None:
        """Take a fact that counts; no address: it is not in the flash yet. The newest come first."""
        if address is None:
            address = len(self._fresh)
            self._fresh.append(fact)
        else:
            self._keep_near(address, fact)
        self._stamps.append(fact["stamp"])
        self._places.append(address)

    def close(self):
        """Put everything in order, each fact once."""
        stamps, places = self._stamps, self._places
        self._stamps, self._places = array("Q"), array("Q")
        for taken in range(len(stamps) - 1, -1, -1):
            self._insert(stamps[taken], places[taken])
        return self

    def __len__(self):
        return len(self._stamps)

    def __getitem__(self, place: int) -> dict:
        return self._fact(self._places[place])

    def _fact(self, address: int) -> dict:
        if address < _ADDRESS_MIN:
            return self._fresh[address]
        for near, fact in self._near:
            if near == address:
                return fact
        fact = self._read(address)
        self._keep_near(address, fact)
        return fact

    def _keep_near(self, address: int, fact: dict) -> None:
        """Have a fact at hand: of those that come, the oldest come last, and are the first to be asked for."""
        if len(self._near) >= _NEAR_MAX:
            self._near.pop(0)
        self._near.append((address, fact))

    def _insert(self, stamp: int, address: int) -> None:
        """Insert a fact from behind: hardly any is out of order. A second copy is left out."""
        stamps, places = self._stamps, self._places
        at = len(stamps)
        while at and stamps[at - 1] >= stamp:
            if stamps[at - 1] == stamp:
                other, fact = self._fact(places[at - 1]), self._fact(address)
                if events.name_of(other) == events.name_of(fact) and other["stream"] == fact["stream"]:
                    return
                if events.order(other) <= events.order(fact):
                    break
            at -= 1
        stamps.append(stamp)
        places.append(address)
        for later in range(len(stamps) - 1, at, -1):
            stamps[later], places[later] = stamps[later - 1], places[later - 1]
        stamps[at], places[at] = stamp, address


def _lower(one: int | None, other: int) -> int:
    return other if one is None or other < one else one
