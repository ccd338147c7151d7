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
_ROW_BYTES = const(8)
_SHORT_BYTES = const(240)  # of a part of the state: so much can mostly be had in one piece,
_SHORT_PARTS = const(128)  # but there are no more than 256 parts
_PARTS_PER_PIECE = const(8)  # of what is no row: one sector


class Writing:
    """`put(record)` programs a record and returns its address. `table`: see checkpoint.py; everything in it is in the log.

    Limits: a piece is the rows of 8 people, or 4 kB of the rest.
    """

    def __init__(self, log, table, kept, put):
        self.kept = kept
        self.is_done = self.has_failed = False
        self._put, self._table = put, table
        self._cut = (log.end + 1,) + table.cut()
        self._areas = table.area_names()
        self._state = _parts(_state(log, table))  # what is still to be written of it
        self._part = 0
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
            self._put_all(BEGIN, 0, json.dumps(self._areas).encode())
        elif self._remembered:
            self._write_remembered()
        elif self._state:
            self._write_state()
        elif self._next < self._chunks:
            self._write_chunk(min(self._before) // CHUNK_PEOPLE if self._before else self._next)
        else:
            self._put_all(END, 0, b"")
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
            self._put_all(REMEMBERED, entry[0], entry[1])

    def _write_state(self) -> None:
        """Write the next parts of the state."""
        for _ in range(_PARTS_PER_PIECE):
            if self._state:
                record, is_last = next(self._state)
                record[:HEAD_BYTES] = generation.head(self.kept.number, STATE, 0, self._part, is_last)
                self._take(record)
                self._part += 1
                self._state = None if is_last else self._state

    def _write_chunk(self, index: int) -> None:
        first = index * CHUNK_PEOPLE
        people = [self._before.get(no) or self._table.keep(no) for no in range(first, first + CHUNK_PEOPLE)]
        self._put_all(CHUNK, index, _pack_chunk(self._cut, self._areas, people))
        for no in range(first, first + CHUNK_PEOPLE):
            self._before.pop(no, None)
        self._written[index >> 3] |= 1 << (index & 7)
        while self._next < self._chunks and self._is_written(self._next):
            self._next += 1

    def _is_written(self, index: int) -> bool:
        return bool(self._written[index >> 3] & 1 << (index & 7))

    def _put_all(self, what: int, index: int, body: bytes) -> None:
        for record in generation.records(self.kept.number, what, index, body):
            self._take(record)

    def _take(self, record: bytes) -> None:
        address = self._put(record)
        self.kept.take(address, address >> 12, record)


def _state(log, table) -> dict:
    return {"address": log.end + 1, "vector": log.durable_vector(), "table": table.state(), "partial": log.is_partial}


def _parts(state: dict):
    """Yield (record without its head, whether it is the last) of JSON, each to be used before the next.

    A heap that has been in use for long has no piece as large as the whole.
    """
    part, at, count = memoryview(bytearray(HEAD_BYTES + _SHORT_BYTES)), HEAD_BYTES, 0
    for text in _texts(state):
        left = text.encode()
        while left:
            if at == len(part):
                yield part, False
                at, count = HEAD_BYTES, count + 1
                if count == _SHORT_PARTS:
                    part = memoryview(bytearray(HEAD_BYTES + PART_BYTES))
            size = min(len(left), len(part) - at)
            part[at : at + size] = left[:size]
            left, at = left[size:], at + size
    yield part[:at], True


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


def _pack_chunk(cut: tuple, areas: list, people: list) -> bytes:
    """Return a chunk; `cut`: (address, stamp, until_ms); `people`: what `Presence.keep` gave of each."""
    rows = b"".join([kept[0].get(area, bytes(_ROW_BYTES)) for kept in people for area in areas])
    if not any(rows):
        rows = b""
    side = [[place, area, kept[1][area]] for place, kept in enumerate(people) for area in sorted(kept[1])]
    side += [[place, None, kept[2]] for place, kept in enumerate(people) if kept[2]]
    return struct.pack(_CUT, *cut) + rows + (json.dumps(side).encode() if side else b"")
