"""The quiet times in the database: read once in a transaction, written back where they have changed."""

import json
from typing import NamedTuple

import sqlalchemy as sa

from tools.console.alerts.quiet import Quiet
from tools.console.alerts.tables import QUIET


class Key(NamedTuple):
    rule: str
    source: str
    is_old: bool


class Held(NamedTuple):
    """A quiet time, and the last event that it holds back."""

    quiet: Quiet
    event_id: int | None = None
    event: dict | None = None


class QuietTimes:
    def __init__(self, connection: sa.Connection):
        self._connection = connection
        self._known = {Key(row.rule, row.source, row.is_old): _held(row) for row in connection.execute(sa.select(QUIET))}
        self._changed: set[Key] = set()

    def get(self, key: Key) -> Held | None:
        return self._known.get(key)

    def all(self) -> list[tuple[Key, Held]]:
        return list(self._known.items())

    def set(self, key: Key, held: Held) -> None:
        self._known[key] = held
        self._changed.add(key)

    def forget(self, key: Key) -> None:
        if self._known.pop(key, None):
            self._changed.add(key)

    def store(self) -> None:
        for key in sorted(self._changed):
            self._connection.execute(QUIET.delete().where(*(QUIET.c[name] == value for name, value in key._asdict().items())))
        rows = [_row(key, self._known[key]) for key in sorted(self._changed) if key in self._known]
        if rows:
            self._connection.execute(QUIET.insert(), rows)


def _held(row: sa.Row) -> Held:
    event = json.loads(row.event) if row.event else None
    return Held(Quiet(row.until_ms, row.held, row.since_ms), row.event_id, event)


def _row(key: Key, held: Held) -> dict:
    event = json.dumps(held.event) if held.event else None
    return {**key._asdict(), **held.quiet._asdict(), "event_id": held.event_id, "event": event}
