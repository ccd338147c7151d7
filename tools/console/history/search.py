"""Searches: one index each gives the hits in the order of time, a page at a time. No search counts or skips rows."""
import sqlalchemy as sa

from tools.console.history import rows
from tools.console.history.query import Page, Query
from tools.console.history.tables import EVENTS, PLACES

_C, _P = EVENTS.c, PLACES.c
_ORDER = ("at_ms", "stamp", "id")
_LOOKED_AT_MAX = 20_000  # events that a search for text looks at
_CHUNK = 1000


def page(connection: sa.Connection, query: Query) -> Page:
    """Raises: BadQuery."""
    query.check()
    return _text_page(connection, query) if query.text else _plain_page(connection, query)


def _plain_page(connection: sa.Connection, query: Query) -> Page:
    found = _read(connection, query, query.place(), query.limit + 1)
    hits = found[: query.limit]
    return Page([rows.event_of(row.event) for row in hits], _after(hits[-1]) if len(found) > len(hits) else None)


def _text_page(connection: sa.Connection, query: Query) -> Page:
    """Look at what else is asked for, one after the other, for as long as somebody waits."""
    wanted, hits, place, looked_at = query.text.casefold(), [], query.place(), 0
    while looked_at < _LOOKED_AT_MAX:
        found = _read(connection, query, place, _CHUNK)
        for row in found:
            event, place = rows.event_of(row.event), tuple(row[:3])
            if any(wanted in text for text in _texts(event)):
                hits.append(event)
                if len(hits) == query.limit:
                    return Page(hits, _after(row), row.at_ms)
        if len(found) < _CHUNK:
            return Page(hits)
        looked_at += len(found)
    return Page(hits, _after(row), row.at_ms)


def _texts(value):
    """Every text and number in an event, as they are looked for."""
    if isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    else:
        yield str(value).casefold()


def _after(row) -> str:
    return f"{row.at_ms}.{row.stamp}.{row.id}"


def _read(connection: sa.Connection, query: Query, place: tuple | None, limit: int) -> list:
    """Rows (at_ms, stamp, id, event) in the order asked for."""
    core = _core(query, place, limit).subquery()
    asked = sa.select(*(core.c[name] for name in _ORDER), _C.event).select_from(core.join(EVENTS, _C.id == core.c.id))
    return list(connection.execute(_ordered(asked, core.c, query)))


def _core(query: Query, place: tuple | None, limit: int) -> sa.Select | sa.CompoundSelect:
    """The hits, from the index of the narrowest thing that is asked for."""
    where = [rows.place(kind, getattr(query, kind)) for kind in ("reader", "door", "area") if getattr(query, kind)]
    if query.person:
        found = _of_events("history_by_person").where(_C.person == rows.plain(query.person), *_rest(_C, query), *_elsewhere(_C, where))
    elif where:
        found = sa.select(_P.at_ms, _P.stamp, _P.id).where(_P.place == where[0], *_rest(_P, query), *_elsewhere(_P, where[1:]))
        return _cut(found, _P, query, place, limit)
    elif query.controller:
        found = _of_events("history_by_controller").where(*_rest(_C, query))
    elif query.types:
        # The newest of each type, and of these the newest: in the order of time no index has several types.
        each = [_cut(_of_events("history_by_type").where(_C.type == kind), _C, query, place, limit) for kind in dict.fromkeys(query.types)]
        both = sa.union_all(*(sa.select(one.subquery()) for one in each)).subquery()
        return _ordered(sa.select(both), both.c, query).limit(limit)
    else:
        found = _of_events("history_by_time")
    return _cut(found, _C, query, place, limit)


def _of_events(index: str) -> sa.Select:
    """SQLite knows too little of the data to choose: without this it may sort what it could read in order."""
    found = sa.select(_C.at_ms, _C.stamp, _C.id).where(_C.is_replaced.is_(False))
    return found.with_hint(EVENTS, f"INDEXED BY {index}", "sqlite")


def _rest(columns, query: Query) -> list:
    found = [columns.type.in_(query.types)] if query.types else []
    return found + ([columns.controller == rows.plain(query.controller)] if query.controller else [])


def _elsewhere(columns, places: list[str]) -> list:
    """Of events that name other places, too."""
    found = []
    for place in places:
        other = PLACES.alias()
        same = [other.c[name] == columns[name] for name in _ORDER]
        found.append(sa.exists().where(other.c.place == place, *same).correlate(columns.id.table))
    return found


def _cut(found: sa.Select, columns, query: Query, place: tuple | None, limit: int) -> sa.Select:
    if query.since_ms is not None:
        found = found.where(columns.at_ms >= query.since_ms)
    if query.until_ms is not None:
        found = found.where(columns.at_ms < query.until_ms)
    if place is not None:
        here = sa.tuple_(*(columns[name] for name in _ORDER))
        there = sa.tuple_(*(sa.literal(number, type_=columns.id.type) for number in place))
        found = found.where(here > there if query.oldest_first else here < there)
    return _ordered(found, columns, query).limit(limit)


def _ordered(found, columns, query: Query):
    return found.order_by(*(columns[name] if query.oldest_first else columns[name].desc() for name in _ORDER))
