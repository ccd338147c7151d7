"""Where the events of one stream lie in the flash, found without looking through all of it.

A stream comes in order but for what had been missing, so a look begins where the last one ended, or halves the sectors
that come into question. What is not found so is looked for everywhere: that somebody is told that an event is gone must be true.
"""

from firmware.const import const

_NEAR_MAX = const(4)  # streams of which the last place is remembered
_NEAR_SEQS = const(64)  # what follows so soon lies not far behind; what goes before it, neither
_OFFSET_BITS = const(12)


class Finder:
    """`near`: {(controller, inc, stream): (address, seq) found last}, for it to keep.

    `is_current(head, mark, address)` says whether a record counts, or another stands for it.
    """

    def __init__(self, shelf, near: dict, is_current):
        self._shelf = shelf
        self._near = near
        self._is_current = is_current

    def find(self, kind: int, key: tuple, stream, first: int, last: int, is_thorough: bool) -> dict:
        """Return {seq: address} of a range. `stream`: its Stream; `is_thorough`: what is out of order, too."""
        places = {}
        spans = stream.sectors(first, last)
        if not spans:
            return places
        is_ordered = first > stream.mixed
        if is_ordered and self._scan(kind, key, spans, self._begin(kind, key, spans, first), (first, last), places):
            return places
        if is_thorough or not is_ordered:
            self._scan_all(kind, key, spans, first, last, places)
        return places

    def _scan_all(self, kind: int, key: tuple, spans: list, first: int, last: int, places: dict) -> None:
        for sector in self._sectors(kind, spans, 0):
            for address, head, mark in self._shelf.heads(kind, sector):
                is_asked = address != "ceiling" and head[:3] == key and first <= head[3] <= last
                if is_asked and self._is_current(head, mark, address):
                    places[head[3]] = address

    def _scan(self, kind: int, key: tuple, spans: list, begun: int, asked: tuple, places: dict) -> bool:
        """Look through all from an address on. True: all that is asked for is found."""
        first, last = asked
        for sector in self._sectors(kind, spans, begun >> _OFFSET_BITS):
            from_there = begun if begun >> _OFFSET_BITS == sector else 0
            for address, head, mark in self._shelf.heads(kind, sector, from_there):
                if address == "ceiling" or head[:3] != key:
                    continue
                if head[3] > last + _NEAR_SEQS:
                    return False
                if first <= head[3] <= last and self._is_current(head, mark, address):
                    places[head[3]] = address
                    if len(places) > last - first:
                        self._remember(key, address, head[3])
                        return True
        return False

    def _begin(self, kind: int, key: tuple, spans: list, first: int) -> int:
        """Return an address before which nothing lies that is looked for, if all is in order."""
        low, high = spans[0][0], spans[-1][1]
        near, seq = self._near.get(key, (0, 0))
        if low <= near >> _OFFSET_BITS <= high and seq <= first <= seq + _NEAR_SEQS:
            return near
        while low < high:
            middle = (low + high + 1) >> 1
            sector, seq = self._lowest(kind, key, spans, middle)
            if seq is None or seq > first:
                high = middle - 1
            else:
                low = sector
        return low << _OFFSET_BITS

    def _lowest(self, kind: int, key: tuple, spans: list, start: int) -> tuple:
        """Return (sector, seq) of the first event of a stream from a sector on, (0, None) where there is none."""
        for sector in self._sectors(kind, spans, start):
            for address, head, _ in self._shelf.heads(kind, sector):
                if address != "ceiling" and head[:3] == key:
                    return sector, head[3]
        return 0, None

    def _sectors(self, kind: int, spans: list, start: int):
        for first, last in spans:
            for sector in self._shelf.flash.within(kind, max(first, start), last):
                yield sector

    def _remember(self, key: tuple, address: int, seq: int) -> None:
        if len(self._near) >= _NEAR_MAX and key not in self._near:
            self._near.clear()
        self._near[key] = (address, seq)
