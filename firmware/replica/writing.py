"""A checkpoint on its way to the flash, piece by piece: the table as it was at one moment, whatever changes meanwhile.

Whoever changes while his rows are still to be written is kept in RAM as he was; they are written next.
"""

import json
import struct

from firmware.const import const
from firmware.replica import generation
from firmware.replica.generation import BEGIN, CHUNK, CHUNK_PEOPLE, END, HEAD_BYTES, PART_BYTES, REMEMBERED, STATE

_BEFORE_MAX = const(32)  # people kept as they were; when more change at once it begins again
_CUT = const(">QQQ")
_NO_ROW = const(b"\0\0\0\0\0\0\0\0")
_STATE_BYTES = const(240)  # of a part of the state: whoever reads it may have no longer piece,
_SHORT_PARTS = const(128)  # but there are no more than 256 parts
_PARTS_PER_PIECE = const(8)  # of what is no row: one sector


class Writing:
    """`put(record)` programs a record and returns its address. `table`: see checkpoint.py; everything in it is in the log.

    A record is made where the flash's log takes it from: a heap that has been in use for long has no long pieces.

    Limits: a piece is the rows of 8 people, or 4 kB of the rest.
    """

    def __init__(self, log, table, kept, put):
        self.kept = kept
        self.is_done = self.has_failed = False
        self._program, self._table = put, table
        self._cut = (log.end + 1,) + table.cut()
        self._areas = table.area_names()
        self._record = log.shelf.flash.record[: HEAD_BYTES + PART_BYTES]
        self._state = _texts(_state(log, table))  # what is still to be written of it
        self._at, self._part = HEAD_BYTES, 0  # in the record, and of the item that is under way
        # Parts as they are when it is their turn, soon: what they know of events beyond the cut is learned again after a start.
        self._remembered = table.remembered()
        self._is_begun = False
        self._chunks = -(-max(table.people_max(), 1) // CHUNK_PEOPLE)
        self._written = bytearray((self._chunks >> 3) + 1)  # a bit for each
        self._next = 0  # those before are
        self._before = {}  # person -> what he was
        table.watch(self._will_change)

    def step(self) -> None:
        """Write a piece. Raises what `put` does."""
        if not self._is_begun:
            self._is_begun = True
            self._put_all(BEGIN, 0, _texts(self._areas))
        elif self._remembered:
            self._write_remembered()
        elif self._state:
            self._write_state()
        elif self._next < self._chunks:
            self._write_chunk(min(self._before) // CHUNK_PEOPLE if self._before else self._next)
        else:
            self._put_all(END, 0, ())
            self.is_done = True

    def end(self) -> None:
        """Look at the table no more."""
        self._table.watch(None)

    def _will_change(self, no: int | None) -> None:
        """Keep somebody as he is; None: everybody will change at once."""
        index = 0 if no is None else no // CHUNK_PEOPLE
        if no is None or len(self._before) >= _BEFORE_MAX:
            self.has_failed = True
        elif index < self._chunks and not self._is_written(index) and no not in self._before:
            self._before[no] = self._table.keep(no)

    def _write_remembered(self) -> None:
        for _ in range(_PARTS_PER_PIECE):
            entry = next(self._remembered, None)
            if entry is None:
                self._remembered = None
                return
            self._put_all(REMEMBERED, entry[0], (entry[1],))

    def _write_state(self) -> None:
        """Write the next parts of the state."""
        until = self._part + _PARTS_PER_PIECE - 1
        for text in self._state:
            self._add(STATE, 0, text.encode(), HEAD_BYTES + (_STATE_BYTES if self._part < _SHORT_PARTS else PART_BYTES))
            if self._part >= until:
                self._put(STATE, 0, False)  # what comes next may be a fact, in the same place
                return
        self._put(STATE, 0, True)
        self._state = None

    def _write_chunk(self, index: int) -> None:
        first = index * CHUNK_PEOPLE
        people = [self._before.get(no) or self._table.keep(no) for no in range(first, first + CHUNK_PEOPLE)]
        self._put_all(CHUNK, index, _pieces(self._cut, self._areas, people))
        for no in range(first, first + CHUNK_PEOPLE):
            self._before.pop(no, None)
        self._written[index >> 3] |= 1 << (index & 7)
        while self._next < self._chunks and self._is_written(self._next):
            self._next += 1

    def _is_written(self, index: int) -> bool:
        return bool(self._written[index >> 3] & 1 << (index & 7))

    def _put_all(self, what: int, index: int, pieces) -> None:
        """Write an item from its pieces, bytes or texts."""
        for piece in pieces:
            self._add(what, index, piece.encode() if isinstance(piece, str) else piece, len(self._record))
        self._put(what, index, True)

    def _add(self, what: int, index: int, left: bytes, end: int) -> None:
        """Add a piece of an item to the record, which is written when it is full, up to `end`."""
        while len(left):
            if self._at >= end:
                self._put(what, index, False)
            size = min(len(left), end - self._at)
            self._record[self._at : self._at + size] = left if size == len(left) else left[:size]
            left, self._at = left[size:], self._at + size

    def _put(self, what: int, index: int, is_last: bool) -> None:
        """Write the record as one part of an item."""
        record = self._record[: self._at]
        record[:HEAD_BYTES] = generation.head(self.kept.number, what, index, self._part, is_last)
        self._at, self._part = HEAD_BYTES, 0 if is_last else self._part + 1
        address = self._program(record)
        self.kept.take(address, address >> 12, record)


def _state(log, table) -> dict:
    return {"address": log.end + 1, "vector": log.durable_vector(), "table": table.state(), "partial": log.is_partial}


def _texts(value):
    """Yield JSON, short lists and what is no list in one piece."""
    items, signs = value, "[]"
    if isinstance(value, dict):
        items, signs = value.items(), "{}"
    elif not isinstance(value, list) or not value or not isinstance(value[0], (list, tuple, dict)):
        yield json.dumps(value)
        return
    before = signs[0]
    for item in items:
        yield before
        if items is not value:
            yield json.dumps(item[0]) + ":"
            item = item[1]
        for text in _texts(item):
            yield text
        before = ","
    yield signs if before == signs[0] else signs[1]


def _pieces(cut: tuple, areas: list, people: list):
    """Yield the pieces of a chunk; `cut`: (address, stamp, until_ms); `people`: what `Presence.keep` gave of each."""
    yield struct.pack(_CUT, *cut)
    if not any([kept[0] or kept[2] for kept in people]):
        return
    for kept in people:
        for area in areas:
            yield kept[0].get(area, _NO_ROW)
    before = "["
    for place, kept in enumerate(people):
        for area in sorted(kept[1]):
            yield '%s[%d,%s,' % (before, place, json.dumps(area))
            before = "["
            for part in kept[1][area]:
                yield before
                for text in _texts(part):
                    yield text
                before = ","
            yield "]]"
        if kept[2]:
            yield "%s[%d,null,%d]" % (before, place, kept[2])
            before = ","
    if before == ",":
        yield "]"
