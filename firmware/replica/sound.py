"""Whether what another board sent is a table: its bytes must stop nobody, now or after a restart.

Loaded only by who takes a table: on a board it costs heap.
"""

import json

from firmware.const import const
from firmware.core.saved import CHUNK_PEOPLE
from firmware.replica.generation import BEGIN, CHUNK, STATE
from firmware.replica.shape import fits, is_like

# See generation.py.
_CUT_BYTES = const(24)
_ROW_BYTES = const(8)
# What `Memory.state` and the log put beside the table; an order is (i s i), a name (s i i).
_STATE = (
    "{address i vector [(s i t i)] partial? b table {site {emergency ([(k (i s i) i)] [(k (i s i) i)])"
    " lockdowns [(s k (i s i) b)] retired [(s k (i s i) b)]"
    " areas {changes [((i s i) i sn s ~{} in)] nonces [(s i s i)] highest (i s i) until i far [(i i)] forgotten? i}"
    " last_grants [(s i)] grants [(i i)]} chronicle {open [(s s i)] nonces [(s s i t i)]}"
    " reports [(s i (s i i) s i)] boot i consoles? [(s in b)] digests? (i [(s i)])}}"
)
# What core/saved.py makes of a standing that is more than a row.
_VIOLATION = "(s s i sn (s i i) i b (in sn))"
_STANDING = "(~" + _VIOLATION + " in [(s s in i)] [(" + _VIOLATION + " s i)])"


def is_sound(kept, what: int, parts: list) -> bool:
    """Say whether the item of a generation that has just become complete is one. The first are the names of areas."""
    body = kept.body(parts)
    if body is None or what not in (BEGIN, CHUNK, STATE):
        return False
    if what == CHUNK:
        return _is_chunk(body, kept.areas)
    return is_like(body, "[s]" if what == BEGIN else _STATE)


def _is_chunk(body: bytes, areas: list) -> bool:
    rows_end = _CUT_BYTES + CHUNK_PEOPLE * _ROW_BYTES * len(areas)
    if len(body) == _CUT_BYTES or len(body) == rows_end:
        return True
    if len(body) < rows_end or not is_like(body[rows_end:], "[(i sn _)]"):
        return False
    return all([_is_beside(entry, areas) for entry in json.loads(body[rows_end:])])


def _is_beside(entry: list, areas: list) -> bool:
    """Say whether an entry of the side table is one: a standing in an area, or a time without."""
    place, area, value = entry
    return place < CHUNK_PEOPLE and (fits(value, "i") if area is None else area in areas and fits(value, _STANDING))
