"""Checkpoints of the table in the flash: one generation each, read piece by piece.

Layout of a record in a PAGES sector, big-endian: generation u32, what u8, index u16, part u8, is the last part u8, bytes.
What: BEGIN holds the names of the areas as JSON; CHUNK the rows of 8 people; STATE, as JSON, whatever else events have
taught; END nothing: the generation is whole; TAKEN, the first where there is one, that another board wrote all this:
its addresses say nothing here, and what is folded is told by its vector. Of a chunk: address up to which facts are folded u64, highest stamp folded
u64, up to when what is folded may have happened u64, 8 bytes per person and area, and as JSON the side table of these
people, and without an area the time of somebody whose badges may have happened later than the rest. REMEMBERED: a part of what is known
by digests, one record; index: of what (see core/memory.py).
"""

import json
import struct

from firmware.const import const
from firmware.core.saved import CHUNK_PEOPLE, Base
from firmware.replica.links import Links

BEGIN, CHUNK, STATE, END, TAKEN, REMEMBERED = 0, 1, 2, 3, 4, 5
_HEAD = const(">IBHBB")
HEAD_BYTES = 9
_CUT = const(">QQQ")
_CUT_BYTES = const(24)
_ROW_BYTES = const(8)
_PLACE_BITS = const(12)  # of an address: where in its sector
PART_BYTES = 480
_SHORT_PARTS = const(8)  # what is longer is never in one piece: after long use no heap has one


def records(generation: int, what: int, index: int, body: bytes):
    """Yield the records of one item."""
    parts = max(-(-len(body) // PART_BYTES), 1)
    for part in range(parts):
        start = part * PART_BYTES
        yield head(generation, what, index, part, part == parts - 1) + body[start : start + PART_BYTES]


def head(generation: int, what: int, index: int, part: int, is_last: bool) -> bytes:
    """Return the first bytes of the record of one part."""
    return struct.pack(_HEAD, generation, what, index, part, is_last)


class Cut:
    """One person in a chunk: his standings, and what is folded in them."""

    def __init__(self, address: int, stamp: int, until_ms: int, rows: dict, side: dict, areas: list | None = None):
        self.address = address
        self.stamp = stamp
        self.until_ms = until_ms
        self.base = Base(stamp, rows, side, areas)


class Generation:
    """One checkpoint in a `flash`, a hal FlashLog. Where its chunks lie is looked up when somebody asks, and forgotten again."""

    def __init__(self, number: int, flash):
        self.number = number
        self.sectors = []
        self.is_whole = False
        self.is_taken = False  # another board's
        self.areas = []
        self.address = None  # up to where facts are folded for sure, once a chunk is there
        self.stamp = None  # the highest folded
        self._flash = flash
        self._chunks = None  # Links: by index; of those in one part the place of its sector here, and where it lies there
        self._long = {}  # index of the others -> addresses of the parts
        self._end = 0  # above all indexes
        self._state = []
        self._covered = None
        self._parts = []

    def take(self, address: int, sector: int, record: bytes) -> bool:
        """Take a record of this generation, in the order they were written. False where it does not fit."""
        _, what, index, part, is_last = struct.unpack_from(_HEAD, record, 0)
        if part != len(self._parts):
            return False
        self._parts.append(address)
        if sector not in self.sectors:
            self.sectors.append(sector)
        if what == CHUNK:
            self._end = max(self._end, index + 1)
            if part == 0 and self.address is None and len(record) >= HEAD_BYTES + _CUT_BYTES:
                cut = struct.unpack_from(_CUT, record, HEAD_BYTES)
                self.address, self.stamp = 0 if self.is_taken else cut[0], cut[1]
        if is_last:
            parts, self._parts = self._parts, []
            self._take_item(what, parts)
        return True

    def _take_item(self, what: int, parts: list) -> None:
        if what == BEGIN:
            try:
                self.areas = json.loads(self.body(parts))
            except (ValueError, RuntimeError):  # what another board sent, and was let go; the second: too deep
                self.areas = None
        elif what == STATE:
            self._state = parts
        elif what == TAKEN:
            self.is_taken = True
        elif what == END:
            self.is_whole = True

    # -- where its chunks are --------------------------------------------------------------------

    def forget_places(self) -> None:
        """Let the heap have back what it costs to know where each chunk lies."""
        self._chunks, self._long = None, {}

    def _look_up(self) -> None:
        self._chunks, parts = Links(), []
        for place, sector in enumerate(self.sectors):
            for offset, record in self._flash.records(sector):
                _, what, index, _, is_last = struct.unpack_from(_HEAD, record, 0)
                if what == CHUNK:
                    parts.append(sector << _PLACE_BITS | offset)
                    if is_last and len(parts) == 1:
                        self._chunks.put(index, place << _PLACE_BITS | offset)
                    elif is_last:
                        self._long[index] = parts
                    parts = [] if is_last else parts

    def _parts_of(self, index: int) -> list | None:
        """Return the addresses of the parts of a chunk; None where there is none."""
        if self._chunks is None:
            self._look_up()
        found = self._chunks.get(index)
        return [self.sectors[found >> _PLACE_BITS] << _PLACE_BITS | found & 0xFFF] if found else self._long.get(index)

    # --------------------------------------------------------------------------------------------

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

    def bodies(self):
        """Yield (index, bytes) of all chunks, as they lie in the flash."""
        parts = []
        for sector in self.sectors:
            for _, record in self._flash.records(sector):
                _, what, index, _, is_last = struct.unpack_from(_HEAD, record, 0)
                if what == CHUNK:
                    parts.append(record[HEAD_BYTES:])
                    if is_last:
                        yield index, b"".join(parts)
                        parts = []

    def remembered(self, index: int):
        """Yield the parts of one that knows by digests. They come before all chunks."""
        for sector in self.sectors:
            for _, record in self._flash.records(sector):
                _, what, which, _, _ = struct.unpack_from(_HEAD, record, 0)
                if what == CHUNK:
                    return
                if what == REMEMBERED and which == index:
                    yield record[HEAD_BYTES:]

    def indexes(self):
        """Yield the indexes of all chunks, in order."""
        for index in range(self._end):
            if self._parts_of(index):
                yield index

    def cut(self, no: int) -> Cut | None:
        """Return one person as this generation has him; None where it cannot be read."""
        index, place = divmod(no, CHUNK_PEOPLE)
        if self._parts_of(index):
            cuts = self.cuts(index)
            return cuts[place] if cuts else None
        cuts = self.cuts(0)
        return Cut(cuts[0].address, cuts[0].base.stamp, min([cut.until_ms for cut in cuts]), {}, {}, cuts[0].base.areas) if cuts else None

    def cuts(self, index: int) -> list | None:
        """Return the people of one chunk; None where it cannot be read."""
        body = self.body(self._parts_of(index))
        return None if body is None else self.cuts_of(body)

    def cuts_of(self, body: bytes) -> list:
        """Return the people of a chunk."""
        address, stamp, until_ms = struct.unpack_from(_CUT, body, 0)
        if self.is_taken:
            address = 0
        rows_end = self._rows_end(body)
        side = [{} for _ in range(CHUNK_PEOPLE)]
        for place, area, kept in json.loads(body[rows_end:]) if len(body) > rows_end else ():
            side[place][area] = kept
        cuts = []
        for place in range(CHUNK_PEOPLE):
            far_ms = side[place].pop(None, 0)
            areas = self.areas if self.is_taken else None
            cuts.append(Cut(address, stamp, max(until_ms, far_ms), self._rows(body, place), side[place], areas))
        return cuts

    def plain_rows(self, body: bytes):
        """Return the rows of a chunk as they lie there, person by person; None where there is more to it."""
        return memoryview(body)[_CUT_BYTES:] if len(body) == self._rows_end(body) else None

    def _rows_end(self, body: bytes) -> int:
        return _CUT_BYTES + CHUNK_PEOPLE * _ROW_BYTES * len(self.areas) if len(body) > _CUT_BYTES else _CUT_BYTES

    def _rows(self, body: bytes, place: int) -> dict:
        rows = {}
        start = _CUT_BYTES + place * _ROW_BYTES * len(self.areas)
        for area in self.areas if len(body) > _CUT_BYTES else ():
            rows[area] = body[start : start + _ROW_BYTES]
            start += _ROW_BYTES
        return rows

    def value(self, parts: list):
        """Return what an item of JSON says; None where it cannot be read. Raises: ValueError, RuntimeError."""
        if len(parts) <= _SHORT_PARTS or None in map(self.read, parts):
            return json.loads(self.body(parts) or b"null")
        # Few sites ever have one, and the others need no heap for this.
        from firmware.replica.long_json import read

        return read(bytes(self.read(address)[HEAD_BYTES:]) for address in parts)

    def body(self, parts: list) -> bytes | None:
        """Return the bytes of an item from the addresses of its parts; None where they cannot be read."""
        bodies = [self.read(address) for address in parts]
        return None if None in bodies else b"".join([bytes(body[HEAD_BYTES:]) for body in bodies])

    def read(self, address: int) -> bytes | None:
        """Return one of its records."""
        return self._flash.read(address >> _PLACE_BITS, address & 0xFFF)


def number_of(record: bytes) -> int:
    """Return the generation of a record."""
    return struct.unpack_from(">I", record, 0)[0]
