"""What a fold of one person may start from: rows, and beside them standings as plain values."""

from firmware.core.standing import Standing, Violation

CHUNK_PEOPLE = 8  # a checkpoint keeps them together


class Base:
    """One person's standings when everything up to a stamp was folded.

    `rows`: {area: 8 bytes}; `side`: {area: what `of_standing` gave}.
    """

    def __init__(self, stamp: int, rows: dict, side: dict):
        self.stamp = stamp
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
    badge = {"at_ms": at_ms, "reader": reader, "stamp": stamp, "confirmed": is_confirmed}
    badge["controller"], badge["inc"], badge["seq"] = of
    return Violation(kind, mode, badge, tuple(against))
