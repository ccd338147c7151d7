"""Events as boards tell them, for tests: named, stamped, and stored as the replica stores them."""

import itertools

from firmware.core.events import stream_of

NOW_MS = 1767603600000  # 2026-01-05T09:00 in Lisbon, a Monday
_seqs = itertools.count(1)


def happened(type_: str, at_ms: int = NOW_MS, controller: str = "c1", /, **fields) -> dict:
    """An event with a name of its own."""
    seq = next(_seqs)
    name = {"controller": controller, "inc": 7, "stream": stream_of(type_), "seq": seq, "stamp": (at_ms << 16) + seq % 65536}
    return {"type": type_, "at_ms": at_ms, "err_ms": 100, **name, **fields}


def violation(at_ms: int = NOW_MS, user: str = "kim", area: str = "office", of: tuple = ("c1", 7, 1), **fields) -> dict:
    told = {"user": user, "area": area, "reader": "lobby_in", "kind": "double_entrance", "mode": "hard", "of": list(of), "no": 1}
    return happened("apb.violation", at_ms, **told | fields)
