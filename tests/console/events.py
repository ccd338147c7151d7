"""Events as controllers write them, for histories."""

START_MS = 1_767_603_600_000


def event(seq: int, kind: str = "access.granted", at_s: float | None = None, controller: str = "c1", inc: int = 7, **fields) -> dict:
    """One event, a second after the one before unless it is told. What a badge needs is filled in."""
    at_ms = START_MS + int((seq if at_s is None else at_s) * 1000)
    stream = "site" if kind.startswith(("emergency", "lockdown")) else "facts" if kind.startswith(("access", "apb", "area.set")) else "notes"
    found = {"controller": controller, "inc": inc, "stream": stream, "seq": seq, "at_ms": at_ms, "stamp": at_ms << 16, "err_ms": 100, "type": kind}
    if kind == "access.granted":
        found |= {"door": "lobby", "reader": "lobby_in", "user": "kim", "no": 1, "card": 1, "judge": {"office": ["in", "hard"]}}
    return found | fields


def name(found: dict) -> tuple:
    return (found["controller"], found["inc"], found["stream"], found["seq"])
