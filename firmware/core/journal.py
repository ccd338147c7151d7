"""The newest facts of this table, briefly: enough to tell whether another one comes late."""

import struct
from array import array

from firmware.const import const
from firmware.core import events

_FACTS_MAX = const(512)
# Layout of an entry, big-endian: stamp u64, person u16, names u16, seq u32, at_ms u16 and u32, u32: 24 bits of the error
# and 8 of names. Names are two indices of 10 bits: origin << 2 | areas >> 8, and areas & 255. Behind each entry is the
# place of the one before in its chain, u16. As objects, 512 of them would fill a board's heap, which has no large piece
# either.
_ENTRY = const(">QHHIHII")
_ENTRY_BYTES = const(26)
_PLACE_BYTES = const(28)
_PER_PAGE = const(16)
_PLACES = const(528)  # whole pages, with room for one more than there may be
_NO_AT = const(8)
_NAMES_AT = const(10)
_SEQ_AT = const(12)
_TIME_AT = const(16)
_ERR_AT = const(22)
_LAST_AT = const(25)
_BEFORE_AT = const(26)
_CHAINS = const(128)  # of people, by the lower bits of their number
_NOWHERE = const(0xFFFF)
_NAMES_MAX = const(1024)  # origins, and sets of areas: twice as many as there can be in use
_ERR_EXACT_MS = const(0x800000)  # two hours and a third
_USUAL_ERR_MS = const(10000)  # whose clock errs by more is remembered by himself: he must not cost everybody
_FAR_MAX = const(32)


class Entry:
    """What the journal remembers of one fact. Only badges have areas."""

    def __init__(self, order: tuple, no: int, name: tuple, at_ms: int, err_ms: int, areas: tuple):
        self.order = order
        self.no = no
        self.name = name
        self.at_ms = at_ms
        self.err_ms = err_ms
        self.areas = areas


class Journal:
    """Facts in stamp order, the newest last; the oldest fall out."""

    def __init__(self):
        # All at once, while a board's heap is still in large pieces.
        self._pages = [bytearray(_PER_PAGE * _PLACE_BYTES) for _ in range(_PLACES // _PER_PAGE)]
        self._newest = array("H", bytes(2 * _CHAINS))  # chain -> place of its newest entry
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self._start = 0  # place of the oldest
        self._count = 0
        self._is_chained = False
        self._origins = []  # (controller, inc)
        self._areas = []  # sorted names of the areas of a badge
        self._dropped = None  # order of the newest fact that fell out
        self._dropped_ms = 0  # up to when those that fell out may have happened
        self.highest = (0, "", 0)  # order of the newest fact ever folded
        self.until_ms = 0  # up to when any badge ever folded may have happened,
        self.far = {}  # person -> the same of those badges of his whose clocks erred by more than usual

    def add(self, fact: dict) -> None:
        """Take a folded fact at its place."""
        if len(self._origins) == _NAMES_MAX or len(self._areas) == _NAMES_MAX:
            self._forget_unused()
        order = events.order(fact)
        self.highest = max(self.highest, order)
        if fact["type"] == "access.granted":
            self._reach(fact["no"], fact["at_ms"], fact["err_ms"])
        index = self._rank(order)
        if index < self._count:
            self._make_room(index)
            self._is_chained = False
        page, at = self._place(index)
        page[at : at + _ENTRY_BYTES] = self._pack(fact)
        if self._is_chained:
            self._chain(index)
        self._count += 1
        if self._count > _FACTS_MAX:
            self._drop(self._entry(0))
            self._start = (self._start + 1) % _PLACES
            self._count -= 1

    def begin_at(self, order: tuple, at_ms: int, far: list = ()) -> None:
        """Begin with nothing but what was folded: facts up to a place, that happened up to a time; [person, his time]."""
        self._dropped = self.highest = order
        self._dropped_ms = self.until_ms = at_ms
        self.far = {no: until_ms for no, until_ms in far}

    def may_have_dropped(self, no: int, at_ms: int) -> bool:
        """Say whether a fact about somebody that fell out may have happened at this time or later."""
        return self._dropped is not None and max(self._dropped_ms, self.far.get(no, 0)) > at_ms

    def is_late(self, fact: dict) -> bool:
        """Say whether a fact of this person with a higher stamp is, or may be, folded already."""
        order = events.order(fact)
        if self._dropped is not None and order < self._dropped:
            return True
        index, high, low = self._rank(order), fact["no"] >> 8, fact["no"] & 0xFF
        place = (self._start + index) % _PLACES
        for _ in range(self._count - index):  # without calls: there may be hundreds
            page, at = self._pages[place // _PER_PAGE], place % _PER_PAGE * _PLACE_BYTES + _NO_AT
            if page[at + 1] == low and page[at] == high:
                return True
            place = place + 1 if place + 1 < _PLACES else 0
        return False

    def is_before_any(self, order: tuple) -> bool:
        """Say whether any folded fact comes after this place in the order."""
        return self.highest > order

    def newest_badge(self, no: int, area: str) -> Entry | None:
        """Return this person's newest badge in an area, as far back as the journal goes."""
        if not self._is_chained:
            self._chain_all()
        index, place = self._count, self._newest[no % _CHAINS]
        while place != _NOWHERE and (place - self._start) % _PLACES < index:
            index = (place - self._start) % _PLACES
            entry = self._entry(index) if self._is_about(index, no) else None
            if entry and area in entry.areas:
                return entry
            page, at = self._place(index)
            place = page[at + _BEFORE_AT] << 8 | page[at + _BEFORE_AT + 1]
        return None  # what the chain goes on with fell out, and newer entries may lie there

    def _drop(self, entry: Entry) -> None:
        # A late fact may have fallen out at once: the newest that did counts, not the last.
        if self._dropped is None or entry.order > self._dropped:
            self._dropped = entry.order
        self._dropped_ms = max(self._dropped_ms, entry.at_ms + min(entry.err_ms, _USUAL_ERR_MS))

    def _reach(self, no: int, at_ms: int, err_ms: int) -> None:
        """Take note up to when a badge may have happened. Of too many with large errors the first to be past counts for all."""
        self.until_ms = max(self.until_ms, at_ms + min(err_ms, _USUAL_ERR_MS))
        if err_ms > _USUAL_ERR_MS:
            self.far[no] = max(self.far.get(no, 0), at_ms + err_ms)
            if len(self.far) > _FAR_MAX:
                first = min([(until_ms, other) for other, until_ms in self.far.items()])
                self.until_ms = max(self.until_ms, first[0])
                self._dropped_ms = max(self._dropped_ms, first[0])
                self.far = {other: until_ms for other, until_ms in self.far.items() if until_ms > self.until_ms}

    def _forget_unused(self) -> None:
        """Number origins and sets of areas anew: those of facts that fell out are of no use."""
        origins, areas = [], []
        for index in range(self._count):
            entry, (page, at) = self._entry(index), self._place(index)
            origin, area = _index(origins, entry.order[1:]), _index(areas, entry.areas)
            struct.pack_into(">H", page, at + _NAMES_AT, origin << 2 | area >> 8)
            page[at + _LAST_AT] = area & 0xFF
        self._origins, self._areas = origins, areas

    # -- chains of entries about the same people: a badge must not cost more where there are many --

    def _chain_all(self) -> None:
        for chain in range(_CHAINS):
            self._newest[chain] = _NOWHERE
        place = self._start
        for _ in range(self._count):
            page, at = self._pages[place // _PER_PAGE], place % _PER_PAGE * _PLACE_BYTES
            chain = page[at + _NO_AT + 1] % _CHAINS
            before = self._newest[chain]
            page[at + _BEFORE_AT], page[at + _BEFORE_AT + 1] = before >> 8, before & 0xFF
            self._newest[chain] = place
            place = place + 1 if place + 1 < _PLACES else 0
        self._is_chained = True

    def _chain(self, index: int) -> None:
        page, at = self._place(index)
        chain = page[at + _NO_AT + 1] % _CHAINS
        before = self._newest[chain]
        page[at + _BEFORE_AT], page[at + _BEFORE_AT + 1] = before >> 8, before & 0xFF
        self._newest[chain] = (self._start + index) % _PLACES

    # -- places ----------------------------------------------------------------------------------

    def _place(self, index: int) -> tuple:
        """Return (page, offset) of an entry; 0 is the oldest."""
        at = self._start + index
        if at >= _PLACES:
            at -= _PLACES
        return (self._pages[at // _PER_PAGE], at % _PER_PAGE * _PLACE_BYTES)

    def _rank(self, order: tuple) -> int:
        """Return how many entries do not come after a place in the order."""
        low, high = 0, self._count
        if high and self._order(high - 1) <= order:
            return high  # as nearly always
        while low < high:
            middle = (low + high) >> 1
            if self._order(middle) > order:
                high = middle
            else:
                low = middle + 1
        return low

    def _make_room(self, index: int) -> None:
        """Move the entries from an index on by one place, page by page."""
        first, end = self._start + index, self._start + self._count
        while end > first:
            page, begun = self._pages[end % _PLACES // _PER_PAGE], end - end % _PER_PAGE
            source = max(first, begun) - begun
            page[(source + 1) * _PLACE_BYTES : (end - begun + 1) * _PLACE_BYTES] = page[source * _PLACE_BYTES : (end - begun) * _PLACE_BYTES]
            if begun > first:
                before = self._pages[(begun - 1) % _PLACES // _PER_PAGE]
                page[:_PLACE_BYTES] = before[-_PLACE_BYTES:]
            end = begun - 1

    def _pack(self, fact: dict) -> bytes:
        order, at_ms = events.order(fact), fact["at_ms"]
        origin = _index(self._origins, order[1:])
        areas = _index(self._areas, tuple(sorted(fact["judge"])) if events.is_badge(fact) else ())
        names, last = origin << 2 | areas >> 8, _short(fact["err_ms"]) << 8 | areas & 0xFF
        return struct.pack(_ENTRY, order[0], fact["no"], names, fact["seq"], at_ms >> 32, at_ms & 0xFFFFFFFF, last)

    def _entry(self, index: int) -> Entry:
        page, at = self._place(index)
        whole, names = int.from_bytes, page[at + _NAMES_AT] << 8 | page[at + _NAMES_AT + 1]
        stamp, seq = whole(page[at : at + _NO_AT], "big"), whole(page[at + _SEQ_AT : at + _TIME_AT], "big")
        at_ms, err = whole(page[at + _TIME_AT : at + _ERR_AT], "big"), whole(page[at + _ERR_AT : at + _LAST_AT], "big")
        origin, areas = self._origins[names >> 2], self._areas[(names & 3) << 8 | page[at + _LAST_AT]]
        no = page[at + _NO_AT] << 8 | page[at + _NO_AT + 1]
        return Entry((stamp,) + origin, no, origin + (seq,), at_ms, _long(err), areas)

    def _order(self, index: int) -> tuple:
        page, at = self._place(index)
        # `struct` takes ten times as long, and of late facts there are many.
        stamp, names = int.from_bytes(page[at : at + _NO_AT], "big"), page[at + _NAMES_AT] << 8 | page[at + _NAMES_AT + 1]
        return (stamp,) + self._origins[names >> 2]

    def _is_about(self, index: int, no: int) -> bool:
        page, at = self._place(index)
        return page[at + _NO_AT + 1] == no & 0xFF and page[at + _NO_AT] == no >> 8


def _index(known: list, value) -> int:
    """Return the index of a value in a list, at whose end it is put if it is new."""
    if value not in known:
        known.append(value)
    return known.index(value)


def _short(err_ms: int) -> int:
    """Return an error in 24 bits: exactly, or from two hours on in half seconds, rounded up.

    Limits: 49 days.
    """
    return err_ms if err_ms < _ERR_EXACT_MS else _ERR_EXACT_MS | min((err_ms >> 9) + 1, _ERR_EXACT_MS - 1)


def _long(short: int) -> int:
    return short if short < _ERR_EXACT_MS else (short - _ERR_EXACT_MS) << 9
