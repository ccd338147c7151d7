"""The newest facts of this table, briefly: enough to tell whether another one comes late."""

import struct

from firmware.core import events

_FACTS_MAX = 512
# Layout of an entry, big-endian: stamp u64, person u16, origin u16 (an index), seq u64, at_ms u64, err_ms u32, areas
# u16 (an index). As objects, 512 of them would fill a board's heap.
_ENTRY = ">QHHQQIH"
_NO_AT = 8
_ERR_MS_MAX = 0xFFFFFFFF


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
        self._entries = []
        self._origins = []  # (controller, inc)
        self._areas = []  # sorted names of the areas of a badge
        self._dropped = None  # order of the newest fact that fell out
        self._dropped_ms = 0  # up to when those that fell out may have happened

    def add(self, fact: dict) -> None:
        """Take a folded fact at its place."""
        place, order = len(self._entries), events.order(fact)
        while place and self._order(self._entries[place - 1]) > order:
            place -= 1
        self._entries.insert(place, self._pack(fact))
        if len(self._entries) > _FACTS_MAX:
            self._drop(self._unpack(self._entries.pop(0)))

    def may_have_dropped(self, at_ms: int) -> bool:
        """Say whether a fact that fell out may have happened at this time or later."""
        return self._dropped is not None and self._dropped_ms > at_ms

    def is_late(self, fact: dict) -> bool:
        """Say whether a fact of this person with a higher stamp is, or may be, folded already."""
        order = events.order(fact)
        if self._dropped is not None and order < self._dropped:
            return True
        for place in range(len(self._entries) - 1, -1, -1):
            if self._order(self._entries[place]) <= order:
                return False
            if _is_about(self._entries[place], fact["no"]):
                return True
        return False

    def is_before_any(self, order: tuple) -> bool:
        """Say whether any folded fact comes after this place in the order."""
        return bool(self._entries) and self._order(self._entries[-1]) > order

    def newest_badge(self, no: int, area: str) -> Entry | None:
        """Return this person's newest badge in an area, as far back as the journal goes."""
        high, low = no >> 8, no & 0xFF
        for place in range(len(self._entries) - 1, -1, -1):
            packed = self._entries[place]
            if packed[_NO_AT + 1] == low and packed[_NO_AT] == high:
                entry = self._unpack(packed)
                if area in entry.areas:
                    return entry
        return None

    def _drop(self, entry: Entry) -> None:
        # A late fact may have fallen out at once: the newest that did counts, not the last.
        if self._dropped is None or entry.order > self._dropped:
            self._dropped = entry.order
        self._dropped_ms = max(self._dropped_ms, entry.at_ms + entry.err_ms)

    def _pack(self, fact: dict) -> bytes:
        areas = tuple(sorted(fact["judge"])) if events.is_badge(fact) else ()
        origin = _index(self._origins, (fact["controller"], fact["inc"]))
        err_ms = min(fact["err_ms"], _ERR_MS_MAX)
        return struct.pack(
            _ENTRY, fact["stamp"], fact["no"], origin, fact["seq"], fact["at_ms"], err_ms, _index(self._areas, areas)
        )

    def _unpack(self, packed: bytes) -> Entry:
        stamp, no, origin, seq, at_ms, err_ms, areas = struct.unpack(_ENTRY, packed)
        controller, inc = self._origins[origin]
        return Entry((stamp, controller, inc), no, (controller, inc, seq), at_ms, err_ms, self._areas[areas])

    def _order(self, packed: bytes) -> tuple:
        stamp, _, origin = struct.unpack_from(">QHH", packed, 0)
        return (stamp,) + self._origins[origin]


def _is_about(packed: bytes, no: int) -> bool:
    return packed[_NO_AT] == no >> 8 and packed[_NO_AT + 1] == no & 0xFF


def _index(known: list, value) -> int:
    """Return the index of a value in a list, at whose end it is put if it is new."""
    if value not in known:
        known.append(value)
    return known.index(value)
