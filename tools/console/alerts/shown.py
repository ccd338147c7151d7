"""What the page shows of alerts: what was raised, what became of each delivery, and what an operator does about it."""

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from tools.console.alerts.addresses import Addresses
from tools.console.alerts.outbox import RED_MS
from tools.console.alerts.tables import ATTEMPTS, OUTBOX, RAISED
from tools.console.history.database import reading, writing

_PAGE_MAX = 500


@dataclass(frozen=True)
class Delivery:
    """One address of one alert. state: "waiting", "delivered", "red" where it has waited too long, "withdrawn"."""

    label: str
    state: str
    attempts: int
    delivered_ms: int | None
    next_ms: int | None
    remark: str
    """Of the last attempt that failed."""


@dataclass(frozen=True)
class Alert:
    """Times in Unix ms. state: "sent", "page" or "old" (tables.py)."""

    id: int
    rule: str
    type: str
    source: str
    at_ms: int
    raised_ms: int
    state: str
    more: int
    title: str
    body: str
    seen_by: str | None
    seen_ms: int | None
    deliveries: tuple[Delivery, ...]


@dataclass(frozen=True)
class Attempt:
    id: int
    alert: int
    label: str
    at_ms: int
    is_done: bool
    remark: str


class Shown:
    def __init__(self, engine: sa.Engine, addresses: Callable[[], Addresses], clock: Callable[[], int]):
        self._engine, self._addresses, self._clock = engine, addresses, clock

    def alerts(self, before: int | None = None, limit: int = 100) -> list[Alert]:
        """The newest first; `before`: the id of the last one shown."""
        wanted = sa.select(RAISED).order_by(RAISED.c.id.desc()).limit(max(1, min(limit, _PAGE_MAX)))
        with reading(self._engine) as connection:
            rows = connection.execute(wanted if before is None else wanted.where(RAISED.c.id < before)).all()
            deliveries = self._deliveries(connection, [row.id for row in rows])
        return [_alert(row, tuple(deliveries.get(row.id, ()))) for row in rows]

    def attempts(self, before: int | None = None, limit: int = 100) -> list[Attempt]:
        """Each try and what it came to, the newest first; `before`: the id of the last one shown."""
        columns = (ATTEMPTS.c.id, OUTBOX.c.raised, OUTBOX.c.label, ATTEMPTS.c.at_ms, ATTEMPTS.c.is_done, ATTEMPTS.c.remark)
        wanted = sa.select(*columns).join(OUTBOX, OUTBOX.c.id == ATTEMPTS.c.outbox).order_by(ATTEMPTS.c.id.desc())
        with reading(self._engine) as connection:
            asked = wanted if before is None else wanted.where(ATTEMPTS.c.id < before)
            return [Attempt(*row) for row in connection.execute(asked.limit(max(1, min(limit, _PAGE_MAX))))]

    def red(self) -> int:
        """How many deliveries have waited too long."""
        with reading(self._engine) as connection:
            late = (OUTBOX.c.next_ms.is_not(None), OUTBOX.c.created_ms < self._clock() - RED_MS)
            return connection.scalar(sa.select(sa.func.count()).select_from(OUTBOX).where(*late))

    def acknowledge(self, number: int, operator: str) -> bool:
        """Note who has seen an alert; False where there is none, or another was first."""
        with writing(self._engine) as connection:
            unseen = RAISED.update().where(RAISED.c.id == number, RAISED.c.seen_by.is_(None))
            return connection.execute(unseen.values(seen_by=operator, seen_ms=self._clock())).rowcount == 1

    def prune(self, before_ms: int) -> int:
        """Delete what was raised before a moment and waits for nobody any more. Returns how many alerts."""
        waiting = sa.select(OUTBOX.c.raised).where(OUTBOX.c.next_ms.is_not(None))
        old = sa.select(RAISED.c.id).where(RAISED.c.raised_ms < before_ms, RAISED.c.id.not_in(waiting))
        with writing(self._engine) as connection:
            numbers = connection.scalars(old.limit(10 * _PAGE_MAX)).all()
            sent = sa.select(OUTBOX.c.id).where(OUTBOX.c.raised.in_(numbers))
            connection.execute(ATTEMPTS.delete().where(ATTEMPTS.c.outbox.in_(sent)))
            connection.execute(OUTBOX.delete().where(OUTBOX.c.raised.in_(numbers)))
            connection.execute(RAISED.delete().where(RAISED.c.id.in_(numbers)))
        return len(numbers)

    def _deliveries(self, connection: sa.Connection, numbers: list[int]) -> dict[int, list[Delivery]]:
        failed = sa.select(ATTEMPTS.c.remark).where(ATTEMPTS.c.outbox == OUTBOX.c.id, ATTEMPTS.c.is_done.is_(False))
        remark = failed.order_by(ATTEMPTS.c.id.desc()).limit(1).scalar_subquery().label("remark")
        found: dict[int, list[Delivery]] = {}
        addresses = self._addresses()
        for row in connection.execute(sa.select(OUTBOX, remark).where(OUTBOX.c.raised.in_(numbers)).order_by(OUTBOX.c.id)):
            label = addresses.label(row.address) or row.label
            made = Delivery(label, self._state(row), row.attempts, row.delivered_ms, row.next_ms, row.remark or "")
            found.setdefault(row.raised, []).append(made)
        return found

    def _state(self, row: sa.Row) -> str:
        if row.delivered_ms is not None:
            return "delivered"
        if row.withdrawn_ms is not None:
            return "withdrawn"
        return "red" if self._clock() - row.created_ms > RED_MS else "waiting"


def _alert(row: sa.Row, deliveries: tuple[Delivery, ...]) -> Alert:
    return Alert(
        row.id, row.label, row.type, row.source, row.at_ms, row.raised_ms, row.state, row.more, row.title, row.body, row.seen_by,
        row.seen_ms, deliveries,
    )  # fmt: skip
