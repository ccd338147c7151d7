"""Moments at which something is due, without a list of them: a loop that runs 200 times in a second takes no heap for that."""

NOTHING = ()


def sooner(one_ms: int | None, other_ms: int | None) -> int | None:
    """Return the earlier of two moments; None is never."""
    if one_ms is None or (other_ms is not None and other_ms < one_ms):
        return other_ms
    return one_ms
