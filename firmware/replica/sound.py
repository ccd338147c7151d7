"""Whether what another board sent is a table: its bytes must stop nobody, now or after a restart.

Loaded only by who takes a table: on a board it costs heap.
"""

import json

from firmware.const import const
from firmware.core.saved import CHUNK_PEOPLE
from firmware.replica.generation import BEGIN, CHUNK, HEAD_BYTES, REMEMBERED, STATE
from firmware.replica.shape import fits, is_like

# See generation.py.
_CUT_BYTES = const(24)
_ROW_BYTES = const(8)
# What `Memory.state` and the log put beside the table; an order is (i s i), a name (s i i).
_STATE = (
    b"{address i vector [(s i t i)] partial? b table {site {emergency ([(k (i s i) i)] [(k (i s i) i)])"
    b" lockdowns [(s k (i s i) b)] retired [(s k (i s i) b)]"
    b" areas {changes [((i s i) i sn s ~{} in)] nonces? [(s i s i)] highest (i s i) until i far [(i i)] forgotten? i}"
    b" last_grants [(s i)] grants [(i i)]} chronicle {open [(s s i)] nonces? [(s s i t i)]}"
    b" boot i consoles? [(s in b)] digests? (i [(s i)])}}"
)
# What core/saved.py makes of a standing that is more than a row.
_VIOLATION = b"(s s i sn (s i i) i b (in sn))"
_STANDING = b"(~" + _VIOLATION + b" in [(s s in i)] [(" + _VIOLATION + b" s i)])"

# What core/reports.py keeps of something told: numbers of the person, of its name and when, and three names.
_TOLD_PARTS = const(7)
_TOLD_NUMBERS = const(4)
_DIGITS_MAX = const(20)
_INDEX_AT = const(6)  # lower byte, in a record's head
_REPORTS = const(4)  # see core/memory.py
_PEOPLE_MAX = const(1 << 24)


def is_sound(kept, what: int, parts: list) -> bool:
    """Say whether the item of a generation that has just become complete is one. The first are the names of areas."""
    if what == CHUNK:
        body = kept.body(parts)
        return body is not None and _is_chunk(body, kept.areas)
    if what == REMEMBERED:
        return len(parts) == 1 and _is_remembered(kept.read(parts[0]))
    if what not in (BEGIN, STATE):
        return False
    try:
        return fits(kept.value(parts), b"[s]" if what == BEGIN else _STATE)
    except (ValueError, RuntimeError):  # the second: deeper than the parser goes
        return False


def _is_chunk(body: bytes, areas: list) -> bool:
    rows_end = _CUT_BYTES + CHUNK_PEOPLE * _ROW_BYTES * len(areas)
    if len(body) == _CUT_BYTES or len(body) == rows_end:
        return True
    if len(body) < rows_end or not is_like(body[rows_end:], b"[(i sn _)]"):
        return False
    return all([_is_beside(entry, areas) for entry in json.loads(body[rows_end:])])


def _is_remembered(record: bytes | None) -> bool:
    """Say whether a part of what is remembered is one. Whoever knows by digests looks for himself."""
    if record is None or record[_INDEX_AT] != _REPORTS:
        return record is not None
    parts = bytes(record[HEAD_BYTES:]).split(b"\0")
    try:
        for part in parts:
            part.decode()
    except ValueError:
        return False
    return len(parts) == _TOLD_PARTS and all([_is_number(part) for part in parts[:_TOLD_NUMBERS]]) and int(parts[0]) < _PEOPLE_MAX


def _is_number(text: bytes) -> bool:
    return text.isdigit() and len(text) <= _DIGITS_MAX


def _is_beside(entry: list, areas: list) -> bool:
    """Say whether an entry of the side table is one: a standing in an area, or a time without."""
    place, area, value = entry
    return place < CHUNK_PEOPLE and (fits(value, b"i") if area is None else area in areas and fits(value, _STANDING))
