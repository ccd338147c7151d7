"""A checkpoint on its way to the flash, piece by piece: the table as it was at one moment, whatever changes meanwhile.

Whoever changes while his rows are still to be written is kept in RAM as he was; they are written next.
"""

import json

from firmware.const import const
from firmware.replica import generation
from firmware.replica.generation import BEGIN, CHUNK, CHUNK_PEOPLE, END, STATE, pack_chunk

_BEFORE_MAX = const(32)  # people kept as they were; when more change at once it begins again
_PARTS_PER_PIECE = const(8)  # of the state: one sector
_ITEMS_AT_ONCE = const(8)  # of a list in the state


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
        self._state = _state_parts(log, table)
        self._part = 0  # of the state
        self._is_begun = False
        self._written = bytearray(-(-max(table.people_max(), 1) // CHUNK_PEOPLE))  # by chunk: is it written?
        self._next = 0  # those before are
        self._before = {}  # person -> what he was
        table.watch(self._will_change)

    def step(self) -> None:
        """Write a piece. Raises what `put` does."""
        if not self._is_begun:
            self._is_begun = True
            self._put_all(BEGIN, 0, json.dumps(self._areas).encode())
        elif self._state is not None:
            self._write_state()
        elif self._next < len(self._written):
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
        elif index < len(self._written) and not self._written[index] and no not in self._before:
            self._before[no] = self._table.keep(no)

    def _write_state(self) -> None:
        """Write the next parts of the state."""
        end = min(self._part + _PARTS_PER_PIECE, len(self._state))
        while self._part < end:
            is_last = self._part == len(self._state) - 1
            self._take(generation.record(self.kept.number, STATE, 0, self._part, is_last, self._state[self._part]))
            self._part += 1
        if end == len(self._state):
            self._state = None

    def _write_chunk(self, index: int) -> None:
        first = index * CHUNK_PEOPLE
        people = [self._before.get(no) or self._table.keep(no) for no in range(first, first + CHUNK_PEOPLE)]
        self._put_all(CHUNK, index, pack_chunk(self._cut, self._areas, people))
        for no in range(first, first + CHUNK_PEOPLE):
            self._before.pop(no, None)
        self._written[index] = 1
        while self._next < len(self._written) and self._written[self._next]:
            self._next += 1

    def _put_all(self, what: int, index: int, body: bytes) -> None:
        for record in generation.records(self.kept.number, what, index, body):
            self._take(record)

    def _take(self, record: bytes) -> None:
        address = self._put(record)
        self.kept.take(address, address >> 12, record)


def _state_parts(log, table) -> list:
    """Return the JSON of all that is beside the rows, in parts of a record each: no heap has room for all of it in one piece."""
    state = {"address": log.end + 1, "vector": log.durable_vector(), "table": table.state(), "partial": log.is_partial}
    parts, rest = [], b""
    for text in _texts(state):
        rest += text.encode()
        while len(rest) > generation.PART_BYTES:
            parts.append(rest[: generation.PART_BYTES])
            rest = rest[generation.PART_BYTES :]
    return parts + [rest]


def _texts(value):
    """Yield the JSON of a value piece by piece: each key, and a few items of a list at a time."""
    if isinstance(value, dict):
        before = "{"
        for key in value:
            yield before + json.dumps(key) + ":"
            yield from _texts(value[key])
            before = ","
        yield "}" if value else "{}"
    elif isinstance(value, list):
        for at in range(0, len(value), _ITEMS_AT_ONCE):
            yield ("," if at else "[") + json.dumps(value[at : at + _ITEMS_AT_ONCE], separators=(",", ":"))[1:-1]
        yield "]" if value else "[]"
    else:
        yield json.dumps(value)
