"""The timeline of a person: his events, and what the doors around him did at that time."""
import sqlalchemy as sa

from firmware.core.events import order
from tools.console.history import search
from tools.console.history.query import LIMIT_MAX, Query

_BEFORE_MS = 5_000
_AFTER_MS = 60_000  # a held door is told within that, as a rule
_BADGES_MAX = 200  # of whom the doors are looked at
_OF_A_DOOR_MAX = 50


def timeline(connection: sa.Connection, user: str, area: str | None, since_ms: int, until_ms: int) -> list[dict]:
    """The oldest first. Limits: the newest 1,000 events of his, the doors of the newest 200 of these."""
    query = Query(person=user, area=area, since_ms=since_ms, until_ms=until_ms, limit=LIMIT_MAX)
    own = search.page(connection, query).events
    found = {_name(event): event for event in own}
    for event in [event for event in own if event.get("door")][:_BADGES_MAX]:
        for other in _of_the_door(connection, event):
            if other.get("user") in (None, user):
                found.setdefault(_name(other), other)
    return sorted(found.values(), key=order)


def _of_the_door(connection: sa.Connection, event: dict) -> list[dict]:
    at_ms = event["at_ms"]
    near = Query(door=event["door"], since_ms=at_ms - _BEFORE_MS, until_ms=at_ms + _AFTER_MS, limit=_OF_A_DOOR_MAX, oldest_first=True)
    return search.page(connection, near).events


def _name(event: dict) -> tuple:
    return (event["controller"], event["inc"], event["stream"], event["seq"])
