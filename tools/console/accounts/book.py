"""The console's own book: what operators did, with name, time, reason and result. Nothing in it is changed.

Only people are forgotten in it, when the site says so (`people_days`): the act stays, whom it was about does not.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from tools.console.accounts.tables import BOOK
from tools.console.history.database import reading, writing

_TEXT_MAX = 500
_FIELDS_MAX = 4000
_PAGE_MAX = 1000
FORGOTTEN = "forgotten"
_C = BOOK.c


@dataclass(frozen=True)
class Entry:
    """at_ms: Unix ms. fields: of the command, or what the action was about."""

    id: int
    at_ms: int
    operator: str
    action: str
    person: str | None
    fields: dict
    reason: str
    result: str
    address: str


@dataclass(frozen=True)
class BookQuery:
    """All that is given must hold. `since_ms` <= at_ms < `until_ms`. `before`: the id of the last one shown."""

    operator: str | None = None
    action: str | None = None
    person: str | None = None
    text: str | None = None
    since_ms: int | None = None
    until_ms: int | None = None
    before: int | None = None
    limit: int = 100


class Book:
    def __init__(self, engine: sa.Engine):
        self._engine = engine

    def note(self, at_ms: int, operator: str, action: str, fields: dict, reason: str, result: str, address: str = "") -> int:
        """Write one entry, and return its id. Raises: Trouble."""
        person = fields.get("user") if isinstance(fields.get("user"), str) else None
        row = {"operator": _cut(operator), "action": _cut(action), "reason": _cut(reason), "result": _cut(result), "address": _cut(address)}
        row |= {"fields": _encoded(fields), "person": person and _cut(person)}
        words = " ".join(row[key] for key in ("operator", "action", "fields", "reason", "result", "address")).lower()
        with writing(self._engine) as connection:
            return connection.execute(BOOK.insert().values(at_ms=at_ms, words=words, **row)).inserted_primary_key[0]

    def search(self, query: BookQuery) -> list[Entry]:
        """The newest first."""
        wanted = sa.select(BOOK).where(*_conditions(query)).order_by(_C.id.desc()).limit(max(1, min(query.limit, _PAGE_MAX)))
        with reading(self._engine) as connection:
            return [_entry(row) for row in connection.execute(wanted)]

    def forget_people(self, before_ms: int) -> int:
        """Forget whom acts before a moment were about. Returns how many."""
        old = (_C.person.is_not(None), _C.person != FORGOTTEN, _C.at_ms < before_ms)
        # A reason is free text, and names people.
        words = sa.func.lower(_C.operator + " " + _C.action + " " + _C.result + " " + _C.address)
        with writing(self._engine) as connection:
            return connection.execute(BOOK.update().where(*old).values(person=FORGOTTEN, fields="{}", reason="", words=words)).rowcount


def _conditions(query: BookQuery) -> Iterator[sa.ColumnElement]:
    asked = (
        (query.operator, _C.operator.__eq__), (query.action, _C.action.__eq__), (query.person, _C.person.__eq__),
        (query.since_ms, _C.at_ms.__ge__), (query.until_ms, _C.at_ms.__lt__), (query.before, _C.id.__lt__),
    )  # fmt: skip
    for value, is_so in asked:
        if value is not None:
            yield is_so(value)
    if query.text:
        yield _C.words.contains(_cut(query.text).lower(), autoescape=True)


def _entry(row: sa.Row) -> Entry:
    return Entry(row.id, row.at_ms, row.operator, row.action, row.person, json.loads(row.fields), row.reason, row.result, row.address)


def _encoded(fields: dict) -> str:
    text = json.dumps(fields, ensure_ascii=True, default=str)
    return text if len(text) <= _FIELDS_MAX else json.dumps({"cut": text[:_FIELDS_MAX]})


def _cut(text) -> str:
    """Text as a database holds it, on one line."""
    return "".join(each if each.isprintable() else "?" for each in str(text)[:_TEXT_MAX])
