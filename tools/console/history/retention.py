"""Forgetting: what is about people is deleted when it is old, a little at a time, so that nobody waits for it."""
from collections.abc import Iterator

import sqlalchemy as sa

from firmware.core import events
from tools.console.history import rows
from tools.console.history.tables import EVENTS, STATE
from tools.console.history.writing import take_from_places

_STEP = 500  # events looked at in one transaction
_C = EVENTS.c


def steps(history, until_ms: int, folded_id: int | None) -> Iterator[int]:
    """Delete events about people before a time. Yields how many after each step."""
    done_ms = history.pruned()[0]
    place, is_held = (done_ms, 0, 0), False
    while place is not None:
        with history.step() as connection:
            found = _next(connection, place, until_ms)
            old = [(row.id, rows.event_of(row.event)) for row in found]
            old = [(number, event) for number, event in old if rows.is_about_people(event)]
            going = [(number, event) for number, event in old if _may_go(history, number, event, folded_id)]
            is_held = is_held or len(going) < len(old)
            place = tuple(found[-1][:3]) if len(found) == _STEP else None
            reached_ms = done_ms if is_held else until_ms if place is None else place[0]
            _delete(connection, going)
            _note(connection, going, done_ms, reached_ms)
            done_ms = reached_ms
        yield len(going)


def _next(connection, place: tuple, until_ms: int) -> list:
    here = sa.tuple_(_C.at_ms, _C.stamp, _C.id)
    there = sa.tuple_(*(sa.literal(number, type_=_C.id.type) for number in place))
    asked = sa.select(_C.at_ms, _C.stamp, _C.id, _C.event).where(here > there, _C.at_ms < until_ms).order_by(_C.at_ms, _C.stamp, _C.id)
    return list(connection.execute(asked.with_hint(EVENTS, "INDEXED BY history_by_time", "sqlite").limit(_STEP)))


def _may_go(history, number: int, event: dict, folded_id: int | None) -> bool:
    """Not before it is folded; nor while something before it is missing: it would be asked for again."""
    if folded_id is not None and number > folded_id and events.is_fact(event):
        return False
    reach = history.reaches().get(rows.key_of(event))
    return reach is not None and event["seq"] <= reach.last


def _delete(connection, going: list[tuple[int, dict]]) -> None:
    if going:
        take_from_places(connection, going)
        connection.execute(EVENTS.delete().where(_C.id.in_([number for number, _ in going])))


def _note(connection, going: list[tuple[int, dict]], done_ms: int, reached_ms: int) -> None:
    """Count, and keep up to where nothing old is left: unless something older has come meanwhile."""
    stamps = [rows.stamp_of(event) for _, event in going if events.is_fact(event)]
    c, highest = STATE.c, max(stamps, default=0)
    changed = {"kept": c.kept - len(going), "pruned": c.pruned + len(going)}
    changed["pruned_stamp"] = sa.case((c.pruned_stamp < highest, highest), else_=c.pruned_stamp)
    changed["pruned_ms"] = sa.case((c.pruned_ms >= done_ms, reached_ms), else_=c.pruned_ms)
    connection.execute(STATE.update().values(**changed))
