"""One origin's stream as this board holds it: which sequence numbers are here, and in which sectors."""

from array import array

from firmware.const import const

# Of a span: the first and the last of its sectors, the lowest and the highest seq in them.
_PER_SPAN = const(4)
_TO = const(1)
_FIRST = const(2)
_LAST = const(3)


class Stream:
    """Sequence numbers of one (controller, inc, stream), and the sectors that may hold them.

    Limits: `spans_max` spans; beyond, neighbours are made one. So it takes no more RAM however many sectors there are.
    """

    def __init__(self, spans_max: int):
        self._spans_max = spans_max
        self.last = 0  # everything up to it is here, or was, or will never come
        self.durable = 0  # the same, in the flash
        self.first = 1  # the lowest that is still kept
        self.highest = 0  # that was ever seen here
        self.mixed = 0  # up to there a number may lie in the flash twice, and the last counts
        self._here = set()  # above `last`
        self._stored = set()  # above `durable`
        self._spans = array("I")

    def has(self, seq: int) -> bool:
        return seq <= self.last or seq in self._here

    def add(self, seq: int) -> None:
        """Take note that an event is here."""
        self.highest = max(self.highest, seq)
        if seq > self.last:
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
        self.settled(seq)

    def stored(self, seq: int, sector: int) -> None:
        """Take note that an event is in the flash."""
        self.settled(seq)
        spans = self._spans
        if not spans or spans[-_PER_SPAN + _TO] != sector:
            if len(spans) < self._spans_max * _PER_SPAN:
                spans.extend(array("I", (sector, sector, seq, seq)))
            else:
                self._merge()
                spans[-_PER_SPAN], spans[-_PER_SPAN + _TO] = sector, sector
                spans[-_PER_SPAN + _FIRST], spans[-_PER_SPAN + _LAST] = seq, seq
        elif seq > spans[-_PER_SPAN + _LAST]:
            spans[-_PER_SPAN + _LAST] = seq
        elif seq < spans[-_PER_SPAN + _FIRST]:
            spans[-_PER_SPAN + _FIRST] = seq

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

    def mounted(self, is_own: bool) -> None:
        """All of a flash was looked through: what is missing below the lowest was dropped, or has not come yet.

        `is_own`: it was written here, in order, and so was dropped.
        """
        lowest = [self._spans[place] for place in range(_FIRST, len(self._spans), _PER_SPAN)]
        if is_own and lowest:
            self.skip(min(lowest) - 1)
        if not lowest:
            self.first = self.durable + 1
        elif min(lowest) <= self.durable + 1:
            self.first = min(lowest)

    def mix(self, seq: int) -> None:
        """Take note that a number lies in the flash twice."""
        self.mixed = max(self.mixed, seq)

    def rewind(self, seq: int) -> None:
        """Forget that anything above a seq was here."""
        self.mix(self.highest)
        self.last, self.durable = min(self.last, seq), min(self.durable, seq)
        self.highest = min(self.highest, seq)
        self._here = {here for here in self._here if here <= seq}
        self._stored = {stored for stored in self._stored if stored <= seq}

    def sectors(self, first: int, last: int) -> list:
        """Return [(first, last)] of the sectors that may hold any of a range, the oldest first."""
        spans = self._spans
        found = []
        for place in range(0, len(spans), _PER_SPAN):
            if spans[place + _FIRST] <= last and spans[place + _LAST] >= first:
                found.append((spans[place], spans[place + _TO]))
        return found

    def forget(self, sector: int, first: int, last: int) -> None:
        """A sector is dropped: what only it held, from `first` to `last`, is gone."""
        if first <= self.first <= last:
            self.first = last + 1
        spans = self._spans
        for place in range(0, len(spans), _PER_SPAN):
            if spans[place] == sector == spans[place + _TO]:
                self._spans = spans[:place] + spans[place + _PER_SPAN :]
                return
            if spans[place] == sector:
                spans[place] += 1

    def _merge(self) -> None:
        """Make one of those two neighbours that are the least when they are one, without any heap: the place of the newest is free then."""
        spans, best, least = self._spans, 0, None
        for place in range(0, len(spans) - 2 * _PER_SPAN, _PER_SPAN):
            size = spans[place + _PER_SPAN + _TO] - spans[place]
            if least is None or size < least:
                best, least = place, size
        after = best + _PER_SPAN
        spans[best + _TO] = spans[after + _TO]
        spans[best + _FIRST] = min(spans[best + _FIRST], spans[after + _FIRST])
        spans[best + _LAST] = max(spans[best + _LAST], spans[after + _LAST])
        for later in range(after, len(spans) - _PER_SPAN):
            spans[later] = spans[later + _PER_SPAN]


def _joined(beyond: set, last: int, skipped: int = 0) -> int:
    """Return the end of what is without a gap; numbers up to it leave `beyond`."""
    if skipped:
        for seq in [seq for seq in beyond if seq <= skipped]:
            beyond.discard(seq)
    while last + 1 in beyond:
        last += 1
        beyond.discard(last)
    return last
