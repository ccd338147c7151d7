"""The events of the history that rules have not seen yet."""

import json
from collections.abc import Iterable
from typing import NamedTuple

import sqlalchemy as sa

from firmware.core.events import replaced
from tools.console.history.tables import EVENTS

_C = EVENTS.c
EVENTS_MAX = 500  # in one turn: they are committed together


class Batch(NamedTuple):
    """Events of some types, each with its id, the id up to which that is all, and whether more wait."""

    events: list[tuple[int, dict]]
    last_id: int
    is_full: bool


def last_id(connection: sa.Connection) -> int:
    return connection.scalar(sa.select(sa.func.max(_C.id))) or 0


def after(connection: sa.Connection, seen_id: int, types: Iterable[str]) -> Batch:
    """The next events in the order in which they were committed."""
    end_id = last_id(connection)
    wanted = (_C.id > seen_id, _C.id <= end_id, _C.type.in_(sorted(types)), _C.is_replaced.is_(False))
    rows = connection.execute(sa.select(_C.id, _C.event).where(*wanted).order_by(_C.id).limit(EVENTS_MAX)).all()
    events = [(row.id, json.loads(row.event)) for row in rows]
    is_full = len(rows) == EVENTS_MAX
    return Batch([each for each in events if not _was_seen(connection, *each)], rows[-1].id if is_full else end_id, is_full)


def _was_seen(connection: sa.Connection, number: int, event: dict) -> bool:
    """Whether it stands for one that was here before: its board has written it again under another name."""
    for controller, inc, stream, seq in replaced(event):
        same = (_C.controller == controller, _C.inc == inc, _C.stream == stream, _C.seq == seq, _C.id < number)
        if connection.scalar(sa.select(_C.id).where(*same)) is not None:
            return True
    return False
