"""Which sequence numbers of a stream are here: all up to one, and some beyond it."""
# So long ago a board does not write under a name that it had forgotten.
_REOPENED_MAX = 1 << 16


class Reach:
    """`last`: everything up to it is here, was here, or is lost. `beyond`: what is here above a gap."""

    def __init__(self, last: int = 0, beyond=()):
        self.last = last
        self.beyond = set(beyond)
        self._join()

    def copy(self) -> "Reach":
        return Reach(self.last, self.beyond)

    def has(self, seq: int) -> bool:
        return seq <= self.last or seq in self.beyond

    def add(self, seq: int) -> None:
        if not self.has(seq):
            self.beyond.add(seq)
            self._join()

    def skip(self, seq: int) -> list[tuple[int, int]]:
        """Wait no longer for anything up to a number. Returns the ranges that are not here."""
        ranges, first = [], self.last + 1
        for here in sorted(each for each in self.beyond if each <= seq):
            ranges.append((first, here - 1))
            first = here + 1
        ranges.append((first, seq))
        self.last = max(self.last, seq)
        self.beyond = {each for each in self.beyond if each > self.last}
        self._join()
        return [(first, last) for first, last in ranges if first <= last]

    def reopen(self, seq: int) -> None:
        """Something else than what had this number is to come."""
        if not self.has(seq) or self.last - seq > _REOPENED_MAX:
            return
        self.beyond |= set(range(seq, self.last + 1))
        self.beyond.discard(seq)
        self.last = min(self.last, seq - 1)

    def _join(self) -> None:
        while self.last + 1 in self.beyond:
            self.last += 1
            self.beyond.discard(self.last)

