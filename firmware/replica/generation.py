"""Checkpoints of the table in the flash: one generation each, read piece by piece.

Layout of a record in a PAGES sector, big-endian: generation u32, what u8, index u16, part u8, is the last part u8, bytes.
What: BEGIN holds the names of the areas as JSON; CHUNK the rows of 8 people; STATE, as JSON, whatever else events have
taught; END nothing: the generation is whole; TAKEN, the first where there is one, that another board wrote all this:
its addresses say nothing here, and what is folded is told by its vector. Of a chunk: address up to which facts are folded u64, highest stamp folded
u64, up to when what is folded may have happened u64, 8 bytes per person and area, and as JSON the side table of these
people, and without an area the time of somebody whose badges may have happened later than the rest.
"""

import json
import struct

from firmware.const import const
from firmware.core.saved import CHUNK_PEOPLE, Base

BEGIN, CHUNK, STATE, END, TAKEN = 0, 1, 2, 3, 4
_HEAD = const(">IBHBB")
_HEAD_BYTES = const(9)
_CUT = const(">QQQ")
_CUT_BYTES = const(24)
_ROW_BYTES = const(8)
PART_BYTES = 480
_LOT_BITS = const(8)  # chunks
_SHORT_PARTS = const(8)  # what is longer is never in one piece: after long use no heap has one


def record(generation: int, what: int, index: int, part: int, is_last: bool, body: bytes) -> bytes:
    """Return the record of one part of an item."""
    return struct.pack(_HEAD, generation, what, index, part, is_last) + body


def records(generation: int, what: int, index: int, body: bytes):
    """Yield the records of one item."""
    parts = max(-(-len(body) // PART_BYTES), 1)
    for part in range(parts):
        start = part * PART_BYTES
        yield record(generation, what, index, part, part == parts - 1, body[start : start + PART_BYTES])


def pack_chunk(cut: tuple, areas: list, people: list) -> bytes:
    """Return a chunk; `cut`: (address, stamp, until_ms); `people`: what `Presence.keep` gave of each."""
    rows = b"".join([kept[0].get(area, bytes(_ROW_BYTES)) for kept in people for area in areas])
    if not any(rows):
        rows = b""
    side = [[place, area, kept[1][area]] for place, kept in enumerate(people) for area in sorted(kept[1])]
    side += [[place, None, kept[2]] for place, kept in enumerate(people) if kept[2]]
    return struct.pack(_CUT, *cut) + rows + (json.dumps(side).encode() if side else b"")


class Cut:
    """One person in a chunk: his standings, and what is folded in them."""

    def __init__(self, address: int, stamp: int, until_ms: int, rows: dict, side: dict, areas: list | None = None):
        self.address = address
        self.stamp = stamp
        self.until_ms = until_ms
        self.base = Base(stamp, rows, side, areas)


class Generation:
    """One checkpoint. `read(address)` gives a record of a PAGES sector, or None."""

    def __init__(self, number: int, read):
        self.number = number
        self.sectors = []
        self.is_whole = False
        self.is_taken = False  # another board's
        self.areas = []
        self._read = read
        self._chunks = {}  # number of a lot of them -> {index: addresses of its parts}: one dict of all would be too long a piece of the heap
        self._state = []
        self._covered = None
        self._address = None
        self._parts = []

    def take(self, address: int, sector: int, record: bytes) -> bool:
        """Take a record of this generation, in the order they were written. False where it does not fit."""
        _, what, index, part, is_last = struct.unpack_from(_HEAD, record, 0)
        if part != len(self._parts):
            return False
        self._parts.append(address)
        if sector not in self.sectors:
            self.sectors.append(sector)
        if is_last:
            parts, self._parts = self._parts, []
            self._take_item(what, index, parts)
        return True

    def _take_item(self, what: int, index: int, parts: list) -> None:
        if what == BEGIN:
            try:
                self.areas = json.loads(self.body(parts))
            except (ValueError, RuntimeError):  # what another board sent, and was let go; the second: too deep
                self.areas = None
        elif what == CHUNK:
            self._chunks.setdefault(index >> _LOT_BITS, {})[index] = parts
        elif what == STATE:
            self._state = parts
        elif what == TAKEN:
            self.is_taken = True
        else:
            self.is_whole = True

    def state(self) -> dict:
        """Return what else events have taught when this was cut."""
        state = self.value(self._state)
        if state and self.is_taken:
            state["address"] = 0
        return state

    def covered(self) -> dict:
        """Return {(controller, inc, stream): last seq} of the facts and site events folded in another's generation."""
        if self._covered is None:
            rows = self.state()["vector"] if self.is_taken else []
            self._covered = {(row[0], row[1], row[2]): row[3] for row in rows if row[2] != "notes"}
        return self._covered

    def address(self) -> int | None:
        """Return up to where facts are folded for sure; None where it cannot be read."""
        if self._address is None:
            cut = self.cut(0)
            self._address = cut.address if cut else None
        return self._address

    def indexes(self) -> list:
        """Return the indexes of all chunks, sorted."""
        return sorted([index for lot in self._chunks.values() for index in lot])

    def cut(self, no: int) -> Cut | None:
        """Return one person as this generation has him; None where it cannot be read."""
        index, place = divmod(no, CHUNK_PEOPLE)
        if index in self._chunks.get(index >> _LOT_BITS, ()):
            cuts = self.cuts(index)
            return cuts[place] if cuts else None
        cuts = self.cuts(0)
        return Cut(cuts[0].address, cuts[0].base.stamp, min([cut.until_ms for cut in cuts]), {}, {}, cuts[0].base.areas) if cuts else None

    def cuts(self, index: int) -> list | None:
        """Return the people of one chunk; None where it cannot be read."""
        body = self.body(self._chunks[index >> _LOT_BITS][index])
        if body is None:
            return None
        address, stamp, until_ms = struct.unpack_from(_CUT, body, 0)
        if self.is_taken:
            address = 0
        rows_end = _CUT_BYTES + CHUNK_PEOPLE * _ROW_BYTES * len(self.areas) if len(body) > _CUT_BYTES else _CUT_BYTES
        side = [{} for _ in range(CHUNK_PEOPLE)]
        for place, area, kept in json.loads(body[rows_end:]) if len(body) > rows_end else ():
            side[place][area] = kept
        cuts = []
        for place in range(CHUNK_PEOPLE):
            far_ms = side[place].pop(None, 0)
            areas = self.areas if self.is_taken else None
            cuts.append(Cut(address, stamp, max(until_ms, far_ms), self._rows(body, place), side[place], areas))
        return cuts

    def _rows(self, body: bytes, place: int) -> dict:
        rows = {}
        start = _CUT_BYTES + place * _ROW_BYTES * len(self.areas)
        for area in self.areas if len(body) > _CUT_BYTES else ():
            rows[area] = body[start : start + _ROW_BYTES]
            start += _ROW_BYTES
        return rows

    def value(self, parts: list):
        """Return what an item of JSON says; None where it cannot be read. Raises: ValueError, RuntimeError."""
        if len(parts) <= _SHORT_PARTS or None in map(self._read, parts):
            return json.loads(self.body(parts) or b"null")
        # Few sites ever have one, and the others need no heap for this.
        from firmware.replica.long_json import read

        return read(bytes(self._read(address)[_HEAD_BYTES:]) for address in parts)

    def body(self, parts: list) -> bytes | None:
        """Return the bytes of an item from the addresses of its parts; None where they cannot be read."""
        bodies = [self._read(address) for address in parts]
        return None if None in bodies else b"".join([bytes(body[_HEAD_BYTES:]) for body in bodies])


def number_of(record: bytes) -> int:
    """Return the generation of a record."""
    return struct.unpack_from(">I", record, 0)[0]
