"""What a fold of one person may start from: rows, and beside them standings as plain values; and these in few bytes.

Layout of the bytes, big-endian: 1 for a violation and 2 for a pardon u8, number of grants not used yet and of ended violations u8 each;
the violation; time of the pardon u64; the grants; the ended violations. A violation: numbers of kind and mode u16, at_ms u64, numbers of reader and controller u16, inc and seq u32,
stamp u64, is it confirmed u8, what it is against: at_ms u64, number of the reader u16; a grant: numbers of reader and direction u16, times of its pardon
and of itself u64; an ended violation: the violation, number of by whom u16, when u64.
"""

import struct

from firmware.const import const
from firmware.core.standing import Standing, Violation

_HAS_VIOLATION = const(1)
_HAS_PARDON = const(2)
_VIOLATION = const(">HHQHHIIQBQH")
_GRANT = const(">HHQQ")
_END = const(">HQ")
_HEAD_BYTES = const(3)
_PARDON_BYTES = const(8)
_VIOLATION_BYTES = const(43)
_GRANT_BYTES = const(20)
_END_BYTES = const(10)
_COUNT_MAX = const(255)
_NEVER = const(0xFFFFFFFFFFFFFFFF)

CHUNK_PEOPLE = 8  # a checkpoint keeps them together


class Base:
    """One person's standings when everything up to a stamp was folded.

    `rows`: {area: 8 bytes}; `side`: {area: what `of_standing` gave}; `areas`: where others are unknown, those that are
    known.
    """

    def __init__(self, stamp: int, rows: dict, side: dict, areas: list | None = None):
        self.stamp = stamp
        self.areas = areas
        self.rows = rows
        self.side = side


def of_standing(standing) -> list:
    """Return all of a standing that its row does not hold, as lists, numbers and texts."""
    entering = [[reader] + list(standing.entering[reader]) for reader in sorted(standing.entering)]
    violation = _of_violation(standing.violation) if standing.violation else None
    ended = [[_of_violation(each), by, at_ms] for each, by, at_ms in standing.ended]
    return [violation, standing.pardon_at_ms, entering, ended]


def to_standing(row: tuple, saved: list) -> Standing:
    """Return the standing of a row and what was saved beside it."""
    standing = Standing(*row)
    violation, standing.pardon_at_ms, entering, ended = saved
    standing.violation = _to_violation(violation) if violation else None
    standing.entering = {entry[0]: tuple(entry[1:]) for entry in entering}
    standing.ended = [(_to_violation(each), by, at_ms) for each, by, at_ms in ended]
    return standing


def pack(saved: list, number_of) -> bytes:
    """Return what `of_standing` gave in few bytes. `number_of(text)`: what stands for it. What no board writes is cut."""
    violation, pardon_at_ms, entering, ended = saved
    entering, ended = entering[-_COUNT_MAX:], ended[-_COUNT_MAX:]
    has = (_HAS_VIOLATION if violation else 0) | (0 if pardon_at_ms is None else _HAS_PARDON)
    parts = [bytes((has, len(entering), len(ended)))]
    if violation:
        parts.append(_pack_violation(violation, number_of))
    if pardon_at_ms is not None:
        parts.append((pardon_at_ms & _NEVER).to_bytes(8, "big"))
    for reader, direction, pardon_ms, at_ms in entering:
        pardon_ms = _NEVER if pardon_ms is None else pardon_ms
        parts.append(struct.pack(_GRANT, number_of(reader), number_of(direction), pardon_ms & _NEVER, at_ms & _NEVER))
    for each, by, at_ms in ended:
        parts.append(_pack_violation(each, number_of) + struct.pack(_END, number_of(by), at_ms & _NEVER))
    return b"".join(parts)


def unpack(body: bytes, names: list) -> list:
    """Return what `of_standing` gave from its bytes."""
    violation, pardon_at_ms, at = None, None, _HEAD_BYTES
    if body[0] & _HAS_VIOLATION:
        violation = _unpack_violation(body, at, names)
        at += _VIOLATION_BYTES
    if body[0] & _HAS_PARDON:
        pardon_at_ms = int.from_bytes(body[at : at + _PARDON_BYTES], "big")
        at += _PARDON_BYTES
    entering, ended = [], []
    for _ in range(body[1]):
        reader, direction, pardon_ms, at_ms = struct.unpack_from(_GRANT, body, at)
        entering.append([names[reader], names[direction], None if pardon_ms == _NEVER else pardon_ms, at_ms])
        at += _GRANT_BYTES
    for _ in range(body[2]):
        by, at_ms = struct.unpack_from(_END, body, at + _VIOLATION_BYTES)
        ended.append([_unpack_violation(body, at, names), names[by], at_ms])
        at += _VIOLATION_BYTES + _END_BYTES
    return [violation, pardon_at_ms, entering, ended]


def _pack_violation(saved: list, number_of) -> bytes:
    kind, mode, at_ms, reader, of, stamp, is_confirmed, against = saved
    against_ms = _NEVER if against[0] is None else against[0]
    numbers = [number_of(text) for text in (kind, mode, reader, of[0], against[1])]
    return struct.pack(
        _VIOLATION, numbers[0], numbers[1], at_ms & _NEVER, numbers[2], numbers[3], of[1] & 0xFFFFFFFF, of[2] & 0xFFFFFFFF,
        stamp & _NEVER, bool(is_confirmed), against_ms & _NEVER, numbers[4],
    )  # fmt: skip


def _unpack_violation(body: bytes, at: int, names: list) -> list:
    kind, mode, at_ms, reader, controller, inc, seq, stamp, is_confirmed, against_ms, against = struct.unpack_from(_VIOLATION, body, at)
    of, against_ms = [names[controller], inc, seq], None if against_ms == _NEVER else against_ms
    return [names[kind], names[mode], at_ms, names[reader], of, stamp, bool(is_confirmed), [against_ms, names[against]]]


def _of_violation(violation) -> list:
    return [
        violation.kind,
        violation.mode,
        violation.at_ms,
        violation.reader,
        list(violation.of),
        violation.stamp,
        violation.is_confirmed,
        list(violation.against),
    ]


def _to_violation(saved: list) -> Violation:
    kind, mode, at_ms, reader, of, stamp, is_confirmed, against = saved
    badge = {"at_ms": at_ms, "reader": reader, "stamp": stamp}
    badge["controller"], badge["inc"], badge["seq"] = of
    violation = Violation(kind, mode, badge, tuple(against))
    violation.is_confirmed = is_confirmed
    return violation
