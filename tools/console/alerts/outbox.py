"""What is to be sent, and what became of it.

A message waits until the receiver has confirmed it. After each failure it waits longer, up to an hour, and is never given up:
from RED_MS on the page shows it in red. Where the site file no longer names its address it is withdrawn, and says so.
"""

from typing import NamedTuple

import sqlalchemy as sa

from tools.console.alerts.tables import ATTEMPTS, OUTBOX, RAISED
from tools.console.history.database import reading, writing

RED_MS = 3600 * 1000
_FIRST_MS = 5000
_LONGEST_MS = 3600 * 1000
_C = OUTBOX.c
WITHDRAWN = "the site file no longer names this address"


class Due(NamedTuple):
    """A message that is to be sent now. number: of the outbox; raised: of the alert."""

    number: int
    raised: int
    address: str
    created_ms: int
    title: str
    body: str


def delay_ms(attempts: int) -> int:
    """How long to wait after so many failures: 5 s, 10 s, 20 s, … one hour."""
    return min(_FIRST_MS << min(max(attempts - 1, 0), 20), _LONGEST_MS)


class Outbox:
    def __init__(self, engine: sa.Engine):
        self._engine = engine

    def due(self, now_ms: int, busy: set[str]) -> list[Due]:
        """The next one of each address that is not busy. What was never tried comes first: it is the news."""
        with reading(self._engine) as connection:
            waiting = sa.select(_C.address).distinct().where(_is_due(now_ms), _C.address.not_in(sorted(busy)))
            found = [self._next(connection, address, now_ms) for address in connection.scalars(waiting).all()]
        return [due for due in found if due]

    def next_ms(self, busy: set[str]) -> int | None:
        """When something is due; None where nothing waits."""
        with reading(self._engine) as connection:
            return connection.scalar(sa.select(sa.func.min(_C.next_ms)).where(_C.next_ms.is_not(None), _C.address.not_in(sorted(busy))))

    def delivered(self, due: Due, now_ms: int) -> None:
        """The receiver has confirmed it: who is there again gets what else waits for him."""
        with writing(self._engine) as connection:
            _attempt(connection, due, now_ms, True, "")
            connection.execute(_this(due).values(delivered_ms=now_ms, next_ms=None, attempts=_C.attempts + 1))
            others = (_C.address == due.address, _C.next_ms > now_ms)
            connection.execute(OUTBOX.update().where(*others).values(next_ms=now_ms))

    def failed(self, due: Due, now_ms: int, remark: str) -> None:
        with writing(self._engine) as connection:
            _attempt(connection, due, now_ms, False, remark)
            attempts = connection.scalar(sa.select(_C.attempts).where(_C.id == due.number)) + 1
            connection.execute(_this(due).values(attempts=attempts, next_ms=now_ms + delay_ms(attempts)))

    def withdrawn(self, due: Due, now_ms: int) -> None:
        with writing(self._engine) as connection:
            _attempt(connection, due, now_ms, False, WITHDRAWN)
            connection.execute(_this(due).values(withdrawn_ms=now_ms, next_ms=None))

    def _next(self, connection: sa.Connection, address: str, now_ms: int) -> Due | None:
        columns = (_C.id, _C.raised, _C.address, _C.created_ms, RAISED.c.title, RAISED.c.body)
        found = sa.select(*columns).join(RAISED, RAISED.c.id == _C.raised).where(_C.address == address, _is_due(now_ms))
        row = connection.execute(found.order_by(_C.attempts, _C.id).limit(1)).first()
        return Due(*row) if row else None


def _is_due(now_ms: int) -> sa.ColumnElement:
    """No delay is longer than the longest: a clock that was set back makes none wait."""
    return (_C.next_ms <= now_ms) | (_C.next_ms > now_ms + _LONGEST_MS)


def _this(due: Due) -> sa.Update:
    return OUTBOX.update().where(_C.id == due.number)


def _attempt(connection: sa.Connection, due: Due, now_ms: int, is_done: bool, remark: str) -> None:
    connection.execute(ATTEMPTS.insert().values(outbox=due.number, at_ms=now_ms, is_done=is_done, remark=remark))
