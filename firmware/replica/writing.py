"""A checkpoint on its way to the flash, piece by piece: the table as it was at one moment, whatever changes meanwhile.

Whoever changes while his rows are still to be written is kept in RAM as he was; they are written next.
"""

import json

from firmware.const import const
from firmware.replica import generation
from firmware.replica.generation import BEGIN, CHUNK, CHUNK_PEOPLE, END, PART_BYTES, STATE, pack_chunk

_BEFORE_MAX = const(32)  # people kept as they were; when more change at once it begins again
_PARTS_PER_PIECE = const(8)  # of the state: one sector


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
        self._state = _parts(_state(log, table))  # that are still to be written
        self._part = 0
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

    def _write_state(self) -> None:
        """Write the next parts of the state."""
        for _ in range(_PARTS_PER_PIECE):
            if self._state:
                part = self._state.pop(0)
                self._take(generation.record(self.kept.number, STATE, 0, self._part, not self._state, part))
                self._part += 1

    def _write_chunk(self, index: int) -> None:
        first = index * CHUNK_PEOPLE
        people = [self._before.get(no) or self._table.keep(no) for no in range(first, first + CHUNK_PEOPLE)]
        self._put_all(CHUNK, index, pack_chunk(self._cut, self._areas, people))
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


def _parts(state: dict) -> list:
    """Return JSON in parts: a heap that has been in use for long has no piece as large as the whole."""
    parts, last = [], bytearray()
    for text in _texts(state):
        last += text.encode()
        while len(last) > PART_BYTES:
            parts.append(bytes(last[:PART_BYTES]))
            last = last[PART_BYTES:]
    return parts + [bytes(last)]


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
