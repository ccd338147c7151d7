"""Events in the sectors of a flash log: packed by the names of their sector, linked in chains.

Layout of a record in a FACTS sector: address of the previous fact of its chain u32 (about the same person, or one whose
number has the same lower bits), the event. In a NOTES sector: the event, or 0xFF, an incarnation u32 and its ceiling u64.
An event is packed; 0xFE before it says that its clock was not set yet, 0xFD that it stands for another one (`was`), 0xFC
that it had another name before (`instead`). What only spells names for the next event looks like an event, too. All
numbers big-endian.
An address is (sector number << 12 | offset); records keep its lower 32 bits, and 0 for none.
"""

from firmware.const import const

FACTS = 1  # with the `site` stream
NOTES = 2
PAGES = 3
SWAP = 4  # pages of a table that the heap has no room for (swap.py)

_LINK_BYTES = const(4)
_OFFSET_BITS = const(12)
_OFFSET_MASK = const(0xFFF)
_ADDRESS_MASK = const(0xFFFFFFFF)
_CEILING = const(0xFF)
_MARK_MIN = const(0xFC)
_MARKS = {0xFE: "up_ms", 0xFD: "was", 0xFC: "instead"}  # a byte before an event that has this field
_SPELLS = const(0x04)  # in the first byte of an event (wire/packed)
_NAMES_MAX = const(4)  # sectors whose names are kept in RAM; two of them are being written
RECORD_BYTES_MAX = 500


class Full(Exception):
    """No erased sector is left."""


class Shelf:
    """`flash` is a hal FlashLog; `codec` gives Names, pack_all, unpack and head (wire/packed)."""

    def __init__(self, flash, codec):
        self.flash = flash
        self._codec = codec
        self._open = {kind: self._newest(kind) for kind in (FACTS, NOTES, PAGES, SWAP)}
        self._names = {}  # sector -> names
        self._recent = []  # sectors with names, the newest use last
        self.facts_max = 0  # facts kept decoded; where RAM is plenty, reading one again costs nothing
        self._facts = {}  # address -> (link, fact), never to be changed
        self.unreadable = 0  # whole records that are no events

    def put(self, kind: int, event: dict, link: int) -> int:
        """Program an event; returns its address.

        An event that spells more than one record holds has records before it, in the same sector.
        Raises: Full; ValueError where no records can hold it.
        """
        while True:
            sector = self._open_for(kind)
            names = self._names_of(kind, sector)
            known = len(names)
            try:
                packed = self._codec.pack_all(event, names)
            except ValueError:
                if not known:
                    raise
                self.turn(kind)  # where nothing is spelled yet all is shorter
                continue
            head = _head(kind, event, link)
            address = self._append_all(kind, [head + record for record in packed] if head else packed)
            if address is not None:
                self._keep(address >> _OFFSET_BITS, names)
                return address
            names.cut(known)

    def put_ceiling(self, inc: int, stamp: int) -> None:
        """Program the stamp up to which promises of an incarnation may go.

        Raises: Full.
        """
        self.put_bytes(NOTES, bytes([_CEILING]) + inc.to_bytes(4, "big") + stamp.to_bytes(8, "big"))

    def put_bytes(self, kind: int, record: bytes) -> int:
        """Program a record as it is; returns its address."""
        while True:
            self._open_for(kind)
            address = self._append_all(kind, [record])
            if address is not None:
                return address

    def turn(self, kind: int) -> int:
        """Go on in a new sector.

        Raises: Full.
        """
        sector = self._open[kind] = self.flash.open(kind)
        if sector is None:
            raise Full()
        return sector

    def close(self, kind: int) -> None:
        """Let what comes next go to a new sector."""
        self._open[kind] = None

    def get(self, address: int) -> tuple:
        """Return (link, event) of a FACTS record, or (0, None) where it cannot be read."""
        found = self._facts.get(address)
        return found or self._read(address, self._record_at(address))

    def about(self, address: int, no: int) -> tuple | None:
        """Return the same of a record about a person; of one about somebody else (link, None). None: it cannot be read."""
        found = self._facts.get(address)
        if found:
            return found if found[1]["no"] == no else (found[0], None)
        record = self._record_at(address)
        try:
            place = record and self._codec.peek(_packed(FACTS, record)[0])
        except ValueError:
            return None
        if record and (place is None or place[5] != no):
            return (self._link(record, address), None)
        found = self._read(address, record)
        return None if found[1] is None else found

    def forget(self, sector: int) -> None:
        """A sector is dropped."""
        for address in [address for address in self._facts if address >> _OFFSET_BITS == sector]:
            del self._facts[address]

    def _read(self, address: int, record: bytes | None) -> tuple:
        event = self._event_of(FACTS, address, record)
        if event is None:
            return (0, None)
        found = (self._link(record, address), event)
        if len(self._facts) < self.facts_max:
            self._facts[address] = found
        return found

    def _link(self, record: bytes, address: int) -> int:
        return self.widen(int.from_bytes(record[:_LINK_BYTES], "big"), address)

    def event_at(self, kind: int, address: int) -> dict | None:
        """Return the event at an address, or None where it cannot be read."""
        found = self._facts.get(address)
        return found[1] if found else self._event_of(kind, address, self._record_at(address))

    def _record_at(self, address: int) -> bytes | None:
        return self.flash.read(address >> _OFFSET_BITS, address & _OFFSET_MASK)

    def _event_of(self, kind: int, address: int, record: bytes | None) -> dict | None:
        names = self._learned(kind, address >> _OFFSET_BITS) if record else None
        try:
            return None if names is None else self._codec.unpack(_packed(kind, record)[0], names)
        except ValueError:
            return None

    def widen(self, link: int, newest: int) -> int:
        """Return the whole address of a link; it is older than `newest`."""
        if not link:
            return 0
        return newest - ((newest - link) & _ADDRESS_MASK)

    def heads(self, kind: int, sector: int, address: int = 0):
        """Yield (address, head, mark) of the events of a sector, with the field that marks them or None.

        Of its ceilings it yields ("ceiling", incarnation, stamp). `address`: of the one to begin with; where the names of
        the sector are not at hand the ones before it come, too.
        """
        names = self._names.get(sector)
        is_short = address & _OFFSET_MASK and names is not None
        names = names or self._codec.Names()
        for offset, record in self.flash.records(sector, address & _OFFSET_MASK) if is_short else self.flash.records(sector):
            if kind == NOTES and record[0] == _CEILING:
                yield ("ceiling", int.from_bytes(record[1:5], "big"), int.from_bytes(record[5:13], "big"))
                continue
            packed, mark = _packed(kind, record)
            try:
                head = self._codec.head(packed, names)
                if head:
                    yield ((sector << _OFFSET_BITS) | offset, head, mark)
            except ValueError:
                self.unreadable += 1
        self._keep(sector, names)

    def events(self, kind: int, sector: int):
        """Yield (address, event) of a sector, in the order they were written."""
        names = self._names.get(sector) or self._codec.Names()
        for offset, record in self.flash.records(sector):
            if kind == FACTS or record[0] != _CEILING:
                try:
                    event = self._codec.unpack(_packed(kind, record)[0], names)
                    if event:
                        yield ((sector << _OFFSET_BITS) | offset, event)
                except ValueError:
                    self.unreadable += 1

    # --------------------------------------------------------------------------------------------

    def _newest(self, kind: int) -> int | None:
        return self.flash.newest(kind) if self.flash.room(kind) else None

    def _open_for(self, kind: int) -> int:
        return self.turn(kind) if self._open[kind] is None else self._open[kind]

    def _append_all(self, kind: int, records: list) -> int | None:
        """Append records; returns the address of the last. None: the sector is full or bad, go on in a new one."""
        address = None
        for record in records:
            if len(record) > self.flash.room(kind):
                self.turn(kind)
                return None
            address = self._append(kind, record)
            if address is None:
                return None
        return address

    def _append(self, kind: int, record: bytes) -> int | None:
        """Append a record; None where the sector turned out to be bad."""
        try:
            sector, offset = self.flash.append(kind, record)
        except self.flash.SectorFailed:
            self._open[kind] = None
            return None
        return (sector << _OFFSET_BITS) | offset

    def _names_of(self, kind: int, sector: int):
        names = self._learned(kind, sector)
        return self._codec.Names() if names is None else names

    def _learned(self, kind: int, sector: int):
        """Return the names of a sector, read from it where they are not in RAM; None where it is gone."""
        if sector not in self._names:
            if sector != self._open[kind] and not self.flash.holds(kind, sector):
                return None
            self._keep(sector, self._spelled(kind, sector))
        return self._names[sector]

    def _spelled(self, kind: int, sector: int):
        """Return the names of a sector. Few of its records spell any; a look at two bytes tells which."""
        names = self._codec.Names()
        for offset in self.flash.having(sector, _LINK_BYTES if kind == FACTS else 0, _SPELLS, _MARK_MIN):
            record = self.flash.read(sector, offset)
            if record is None:
                break
            try:
                if kind == FACTS or record[0] != _CEILING:
                    self._codec.head(_packed(kind, record)[0], names)
            except ValueError:
                self.unreadable += 1
        return names

    def _keep(self, sector: int, names) -> None:
        """Keep the names of a sector, and let go those that were used the longest ago, but not of a sector that is written."""
        if sector in self._names:
            self._recent.remove(sector)
        self._recent.append(sector)
        self._names[sector] = names
        if len(self._recent) > _NAMES_MAX:
            oldest = [other for other in self._recent if other not in self._open.values()][0]
            self._recent.remove(oldest)
            del self._names[oldest]


def _head(kind: int, event: dict, link: int) -> bytes:
    """Return what stands before a packed event."""
    head = (link & _ADDRESS_MASK).to_bytes(_LINK_BYTES, "big") if kind == FACTS else b""
    for mark in (0xFE, 0xFD, 0xFC):
        if _MARKS[mark] in event:
            return head + bytes([mark])
    return head


def _packed(kind: int, record: bytes) -> tuple:
    """Return (packed event, the field that marks it or None)."""
    start = _LINK_BYTES if kind == FACTS else 0
    mark = _MARKS.get(record[start])
    return (record[start + 1 :] if mark else record[start:], mark)
