"""The quiet time of one rule and source: after a message, what follows is held back, counted, and told when it is over. Pure.

Nothing is held back for good: at the end of the quiet time its last event goes out with the number of the others, and a new
quiet time begins. So a door that trembles for an hour sends a message every `quiet_s`, and the last one says how it ended.
"""

from typing import NamedTuple


class Quiet(NamedTuple):
    """`held`: events held back since the last message, the first of them at `since_ms`."""

    until_ms: int
    held: int = 0
    since_ms: int = 0


class Turn(NamedTuple):
    """What is to be done now: send, with so many others that were held back; and what is known afterwards."""

    is_sent: bool
    more: int
    since_ms: int
    quiet: Quiet


def take(quiet: Quiet | None, quiet_ms: int, now_ms: int) -> Turn:
    """Take an event. One that comes when the quiet time is over is told with what was held back in it."""
    if quiet is None or is_over(quiet, quiet_ms, now_ms):
        held, since_ms = (quiet.held, quiet.since_ms) if quiet else (0, 0)
        return Turn(True, held, since_ms, Quiet(now_ms + quiet_ms))
    return Turn(False, 0, 0, Quiet(quiet.until_ms, quiet.held + 1, quiet.since_ms if quiet.held else now_ms))


def end(quiet: Quiet, quiet_ms: int, now_ms: int) -> Turn | None:
    """What is to be told at the end of a quiet time of which `is_over` says so; None: it was quiet indeed."""
    if not quiet.held:
        return None
    return Turn(True, quiet.held - 1, quiet.since_ms, Quiet(now_ms + quiet_ms))


def is_over(quiet: Quiet, quiet_ms: int, now_ms: int) -> bool:
    """A clock that was set back does not make it longer."""
    return now_ms >= quiet.until_ms or now_ms < quiet.until_ms - quiet_ms
