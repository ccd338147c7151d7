"""An append-only log of records in raw flash: a ring of sectors erased ahead of need. Knows nothing of what it stores.

The layout of a sector is in sector.py. A record is accepted when it was programmed and read back; from then on it is
there, whole, until its sector is dropped. A record cut by a power loss is there whole or not at all, and closes its sector.
"""

import struct
from array import array
from binascii import crc32

from firmware.const import const
from firmware.hal import sector
from firmware.hal.ring import CHUNK, DIRTY, ERASED, FAILED, OPENED, RETIRED, Ring

# A program of so many bytes and a head touches 3 pages of 256 bytes at most, also with an opening before the first.
RECORD_BYTES_MAX = 500
_HEAD = const("<HI")
_HEAD_BYTES = const(6)
_FRAME_BYTES = const(515)  # an opening, a head and the longest record,
_RECORD_AT = const(15)  # which lies here
_BLANK_LENGTH = const(0xFFFF)
_DAMAGED = const(0x80)  # beside the kind of a sector


class SectorFailed(Exception):
    """What was programmed does not read back. The sector is closed: open another one and append again."""


class _Open:
    """The sector that takes the records of one kind."""

    def __init__(self, index: int, number: int, crc: int, end: int, opening: bytes):
        self.index = index
        self.number = number
        self.crc = crc
        self.end = end
        self.opening = opening  # still to be programmed


class FlashLog:
    """Records of up to eight kinds (0 to 7), in sectors with numbers that rise and never repeat.

    Limits: a record has 1 to 500 bytes. An append programs at most 3 pages and never erases.
    """

    SectorFailed = SectorFailed  # for those who are handed a log and know no hardware

    def __init__(self, device):
        self._ring = Ring(device)
        self.sector_count, self.sector_bytes = self._ring.sector_count, self._ring.sector_bytes
        self.damaged = 0  # sectors with a bad record that was not the last
        # Indices by rising number: all the room there may ever be need of, while the heap is in large pieces.
        self._used = array("H", [0] * self.sector_count)
        self._used_count = 0
        self._open = [None] * (sector.KIND_MAX + 1)
        self._frame = memoryview(bytearray(_FRAME_BYTES))  # what is programmed, in one piece: an opening, a head and a record,
        self.record = self._frame[_RECORD_AT:]  # which may be made right here, if it is appended before any other
        self._seeded = (None, 0, 0)  # kind, number and `opening_crc` of the sector that was read last
        self._mount()

    def sectors(self, kind: int) -> list:
        """Return the numbers of the sectors with records of a kind, oldest first."""
        ring = self._ring
        return [ring.number[index] for index in self._indices(kind)]

    def count(self, kind: int) -> int:
        """Return how many sectors have records of a kind."""
        return sum(1 for _ in self._indices(kind))

    def oldest(self, kind: int) -> int | None:
        """Return the number of the oldest sector with records of a kind."""
        for index in self._indices(kind):
            return self._ring.number[index]
        return None

    def newest(self, kind: int) -> int | None:
        """Return the number of the newest sector with records of a kind."""
        found = None
        for index in self._indices(kind):
            found = self._ring.number[index]
        return found

    def holds(self, kind: int, number: int) -> bool:
        """Say whether a sector has records of a kind."""
        index = self._find(number)
        return index is not None and self._ring.kind[index] & ~_DAMAGED == kind

    def _indices(self, kind: int):
        for place in range(self._used_count):
            index = self._used[place]
            if self._ring.kind[index] & ~_DAMAGED == kind:
                yield index

    def within(self, kind: int, first: int, last: int | None = None):
        """Yield the numbers from `first` to `last` of the sectors with records of a kind, oldest first."""
        number = first - 1
        while True:  # sectors may come and go meanwhile
            place = self._place(number + 1)
            if place >= self._used_count:
                return
            index = self._used[place]
            number = self._ring.number[index]
            if last is not None and number > last:
                return
            if self._ring.kind[index] & ~_DAMAGED == kind:
                yield number

    def records(self, number: int, offset: int = sector.RECORDS_AT):
        """Yield (offset, record) of a sector from a record on. Ends at the first one that is not good."""
        index, at = self._find(number), offset
        while index is not None and self._ring.number[index] == number:
            record = self._record(index, at)
            if not record:
                self._look_at_end(index, at, record)
                return
            yield at, record
            at += _HEAD_BYTES + len(record)

    def having(self, number: int, skip: int, mask: int, mark: int) -> list:
        """Return the offsets of the records of a sector with a bit of `mask` set in the byte after `skip`, unproven, and so fast.

        Where that byte is `mark` or more the one behind it is looked at.
        """
        index, at, base, chunk, found = self._find(number), sector.RECORDS_AT, 0, b"", []
        needed, looked = _HEAD_BYTES + skip + 2, _HEAD_BYTES + skip
        end = self.sector_bytes - needed if index is not None else 0
        while at <= end:
            if at + needed > base + CHUNK or not chunk:
                base = min(at, self.sector_bytes - CHUNK)
                chunk = self._ring.peek(index, base, CHUNK)
            place = at - base
            length = chunk[place] | chunk[place + 1] << 8
            if not 0 < length <= RECORD_BYTES_MAX:
                break
            first = chunk[place + looked]
            if length > skip + 1 and (chunk[place + looked + 1] if first >= mark else first) & mask:
                found.append(at)
            at += _HEAD_BYTES + length
        return found

    def read(self, number: int, offset: int) -> bytes | None:
        """Return one record, or None if there is no good one at this place."""
        index = self._find(number)
        return None if index is None or offset < sector.RECORDS_AT else self._record(index, offset) or None

    def readinto(self, number: int, offset: int, data) -> bool:
        """Fill a buffer with one record of its length. False: there is no good one at this place."""
        index = self._find(number)
        head = self._ring.read(index, offset, _HEAD_BYTES) if index is not None else b"\0\0"
        if head[0] | head[1] << 8 != len(data):
            return False
        self._ring.readinto(index, offset + _HEAD_BYTES, data)
        return _crc(self._seed(self._ring.kind[index] & ~_DAMAGED, number), len(data), data) == int.from_bytes(head[2:], "little")

    def room(self, kind: int) -> int:
        """Return how long a record the open sector of a kind can still take; 0 if none is open."""
        into = self._open[kind]
        return self._room(into) if into else 0

    def open(self, kind: int) -> int | None:
        """Open a sector for a kind and close the former one. Programs nothing. None: none is erased."""
        self._close(kind)
        index = self._ring.open()
        if index is None:
            return None
        number = self._ring.high
        crc = sector.opening_crc(kind, number)
        self._open[kind] = _Open(index, number, crc, sector.RECORDS_AT, sector.pack_opening(kind, number))
        return number

    def append(self, kind: int, record) -> tuple:
        """Program a record in the open sector of its kind. Returns (sector number, offset).

        Raises: ValueError if it is empty or longer than `room`; SectorFailed.
        """
        into, size = self._open[kind], len(record)
        if into is None or not 0 < size <= self._room(into):
            raise ValueError("no room for a record of " + str(size) + " bytes")
        at, start, frame = into.end, _RECORD_AT - _HEAD_BYTES - len(into.opening), self._frame
        frame[start : _RECORD_AT - _HEAD_BYTES] = into.opening
        struct.pack_into(_HEAD, frame, _RECORD_AT - _HEAD_BYTES, size, _crc(into.crc, size, record))
        frame[_RECORD_AT : _RECORD_AT + size] = record
        if not self._ring.program(into.index, frame[start : _RECORD_AT + size], at - len(into.opening)):
            self._open[kind] = None
            self._ring.fail(into.index)
            raise SectorFailed()
        if into.opening:
            into.opening = b""
            self._ring.use(into.index, kind, into.number)
            self._insert(self._place(into.number), into.index)
        into.end = at + _HEAD_BYTES + size
        return into.number, at

    def drop(self, number: int) -> None:
        """Give up a sector with all its records: they will not come back."""
        for kind, into in enumerate(self._open):
            if into and into.number == number:
                self._close(kind)
        index = self._find(number)
        if index is not None:
            self._remove(self._place(number))
            self._ring.drop(index)

    def wants_erase(self) -> int:
        """Return how many sectors wait for an erase."""
        return self._ring.waiting()

    def erase_ahead(self) -> bool:
        """Erase one of the sectors that wait: one erase, one program. False: none waits."""
        return self._ring.erase()

    def erased(self) -> int:
        """Return how many sectors can be opened."""
        return self._ring.count[ERASED]

    def bad_sectors(self) -> list:
        """Return the places of the sectors that failed. A failed sector keeps its records until it is dropped."""
        return [index for index in range(self.sector_count) if self._ring.state[index] in (FAILED, RETIRED)]

    def wear(self) -> tuple:
        """Return (lowest, highest) count of erases of the sectors that are not retired."""
        ring = self._ring
        counts = [ring.wear[index] for index in range(self.sector_count) if ring.state[index] != RETIRED]
        return (min(counts), max(counts)) if counts else (0, 0)

    def _mount(self) -> None:
        ring, newest = self._ring, {}
        for index in ring.used():
            if self._used_count and ring.number[index] == ring.number[self._used[self._used_count - 1]]:
                ring.put(index, DIRTY)  # a number that is there twice was never written by this log
            else:
                self._insert(self._used_count, index)
                newest[ring.kind[index]] = index
        for kind, index in newest.items():
            self._open[kind] = self._reopen(kind, index)

    def _reopen(self, kind: int, index: int) -> _Open | None:
        """Go on in a sector after its last record, if it is good and nothing lies there."""
        at = sector.RECORDS_AT
        record = self._record(index, at)
        while record:
            at += _HEAD_BYTES + len(record)
            record = self._record(index, at)
        if self._ring.state[index] == FAILED or not self._ring.is_blank(index, at):
            return None
        number = self._ring.number[index]
        return _Open(index, number, sector.opening_crc(kind, number), at, b"")

    def _close(self, kind: int) -> None:
        into, self._open[kind] = self._open[kind], None
        if into and self._ring.state[into.index] == OPENED:
            self._ring.put(into.index, ERASED)

    def _room(self, into: _Open) -> int:
        return max(0, min(RECORD_BYTES_MAX, self.sector_bytes - into.end - _HEAD_BYTES))

    def _find(self, number: int) -> int | None:
        """Return the index of a sector with records."""
        place = self._place(number)
        is_there = place < self._used_count and self._ring.number[self._used[place]] == number
        return self._used[place] if is_there else None

    def _place(self, number: int) -> int:
        """Return where a number is, or belongs, in the order of the sectors with records."""
        low, high, numbers = 0, self._used_count, self._ring.number
        while low < high:
            middle = (low + high) >> 1
            if numbers[self._used[middle]] < number:
                low = middle + 1
            else:
                high = middle
        return low

    def _insert(self, place: int, index: int) -> None:
        used = self._used
        for later in range(self._used_count, place, -1):
            used[later] = used[later - 1]
        used[place] = index
        self._used_count += 1

    def _remove(self, place: int) -> None:
        used = self._used
        self._used_count -= 1
        for later in range(place, self._used_count):
            used[later] = used[later + 1]

    def _length(self, index: int, at: int) -> int:
        """Return the length a record claims; 0 if that is none."""
        length = struct.unpack("<H", self._ring.read(index, at, 2))[0]
        return length if length <= min(RECORD_BYTES_MAX, self.sector_bytes - at - _HEAD_BYTES) else 0

    def _record(self, index: int, at: int) -> bytes | None:
        """Return the record at a place, b"" if it is blank there or the sector ends, None if it is not good."""
        if at + _HEAD_BYTES > self.sector_bytes:
            return b""
        head = self._ring.read(index, at, _HEAD_BYTES)
        length = head[0] | head[1] << 8  # `struct` takes ten times as long, and there may be thousands
        if length == _BLANK_LENGTH:
            return b""
        if not 0 < length <= RECORD_BYTES_MAX or length > self.sector_bytes - at - _HEAD_BYTES:
            return None
        body = self._ring.read(index, at + _HEAD_BYTES, length)
        seed = self._seed(self._ring.kind[index] & ~_DAMAGED, self._ring.number[index])
        return bytes(body) if _crc(seed, length, body) == int.from_bytes(head[2:], "little") else None

    def _seed(self, kind: int, number: int) -> int:
        """Return what `opening_crc` does, faster: record after record of one sector is read."""
        known = self._seeded
        if known[1] != number or known[0] != kind:
            known = self._seeded = (kind, number, sector.opening_crc(kind, number))
        return known[2]

    def _look_at_end(self, index: int, at: int, record: bytes | None) -> None:
        """Count a sector in which more follows what ended its scan: that is no torn tail, nor what made it fail."""
        if self._ring.kind[index] & _DAMAGED or self._ring.state[index] == FAILED:
            return
        if record is None:
            length = self._length(index, at)
            at += _HEAD_BYTES + length if length else 2
        if not self._ring.is_blank(index, at):
            self._ring.kind[index] |= _DAMAGED
            self.damaged += 1


def _crc(seed: int, length: int, body) -> int:
    return crc32(body, crc32(bytes((length & 0xFF, length >> 8)), seed))
