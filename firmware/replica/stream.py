"""One origin's stream as this board holds it: which sequence numbers are here, and in which sectors."""

from array import array

_PER_SPAN = 3  # sector, first seq, last seq


class Stream:
    """Sequence numbers of one (controller, inc, stream), and the sectors that hold them."""

    def __init__(self):
        self.last = 0  # everything up to it is here, or was, or will never come
        self.durable = 0  # the same, in the flash
        self.first = 1  # the lowest that is still kept
        self.highest = 0  # that was ever seen here
        self._here = set()  # above `last`
        self._stored = set()  # above `durable`
        self._spans = array("I")

    def has(self, seq: int) -> bool:
        return seq <= self.last or seq in self._here

    def add(self, seq: int) -> None:
        """Take note that an event is here."""
        self.highest = max(self.highest, seq)
        self._here.add(seq)
        self.last = _joined(self._here, self.last)

    def settled(self, seq: int) -> None:
        """Take note that nothing more is to be done for an event to last."""
        if seq > self.durable:
            self._stored.add(seq)
            self.durable = _joined(self._stored, self.durable)

    def settle(self, seq: int) -> None:
        """Take note that nobody needs an event any more."""
        self.add(seq)
        self._stored.add(seq)
        self.durable = _joined(self._stored, self.durable)

    def stored(self, seq: int, sector: int) -> None:
        """Take note that an event is in the flash."""
        self.settled(seq)
        spans = self._spans
        if not spans or spans[-_PER_SPAN] != sector:
            spans.append(sector)
            spans.append(seq)
            spans.append(seq)
        elif seq > spans[-1]:
            spans[-1] = seq
        elif seq < spans[-2]:
            spans[-2] = seq

    def is_stored(self, seq: int) -> bool:
        return seq <= self.durable or seq in self._stored

    def highest_stored(self) -> int:
        """Return the highest seq in the flash, gaps or not."""
        return max(self._stored) if self._stored else self.durable

    def skip(self, seq: int) -> None:
        """Take note that nothing more will come up to a sequence number."""
        self.last = _joined(self._here, max(self.last, seq), seq)
        self.durable = _joined(self._stored, max(self.durable, seq), seq)
        self.highest = max(self.highest, seq)

    def mounted(self) -> None:
        """All of a flash was looked through: what is missing below the lowest was dropped, or has not come yet."""
        lowest = [self._spans[place] for place in range(1, len(self._spans), _PER_SPAN)]
        if not lowest:
            self.first = self.durable + 1
        elif min(lowest) <= self.durable + 1:
            self.first = min(lowest)

    def rewind(self, seq: int) -> None:
        """Forget that anything above a seq was here."""
        self.last, self.durable = min(self.last, seq), min(self.durable, seq)
        self.highest = min(self.highest, seq)
        self._here = {here for here in self._here if here <= seq}
        self._stored = {stored for stored in self._stored if stored <= seq}

    def sectors(self, first: int, last: int) -> list:
        """Return the sectors that hold any of a range, the oldest first."""
        spans = self._spans
        found = []
        for place in range(0, len(spans), _PER_SPAN):
            if spans[place + 1] <= last and spans[place + 2] >= first:
                found.append(spans[place])
        return found

    def span(self, sector: int) -> tuple | None:
        """Return (first seq, last seq) of this stream in one sector."""
        spans = self._spans
        for place in range(0, len(spans), _PER_SPAN):
            if spans[place] == sector:
                return (spans[place + 1], spans[place + 2])
        return None

    def forget(self, sector: int) -> None:
        """A sector is dropped: what only it held is gone."""
        kept, spans = array("I"), self._spans
        for place in range(0, len(spans), _PER_SPAN):
            if spans[place] != sector:
                kept.extend(spans[place : place + _PER_SPAN])
            elif spans[place + 1] <= self.first <= spans[place + 2]:
                self.first = spans[place + 2] + 1
        self._spans = kept


def _joined(beyond: set, last: int, skipped: int = 0) -> int:
    """Return the end of what is without a gap; numbers up to it leave `beyond`."""
    if skipped:
        for seq in [seq for seq in beyond if seq <= skipped]:
            beyond.discard(seq)
    while last + 1 in beyond:
        last += 1
        beyond.discard(last)
    return last
