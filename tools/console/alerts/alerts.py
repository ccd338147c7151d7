"""The alerts of a console: a thread that applies the rules to new events, and one that delivers."""

import logging
import threading
from collections.abc import Callable, Iterable

import sqlalchemy as sa

from tools.console.alerts import feed, tables
from tools.console.alerts.addresses import Addresses
from tools.console.alerts.courier import Courier
from tools.console.alerts.lookout import Lookout, Sight
from tools.console.alerts.outbox import Outbox
from tools.console.alerts.raising import Raising
from tools.console.alerts.rules import Rules
from tools.console.alerts.shown import Shown
from tools.console.alerts.tables import CURSOR
from tools.console.clock import unix_ms
from tools.console.history.database import Trouble, furnish, reading, writing
from tools.site.model import Site

_LOOK_S = 1.0  # quiet times end
_REST_S = 0.1  # between two turns: events come in crowds, and each turn is a commit
_STOP_S = 10
_log = logging.getLogger(__name__)


class Alerts:
    """`site()`: the site as its file says now. `send`: as of tools.console.alerts.sender.Sender. `clock()`: Unix ms.
    `sight()`: what the console sees itself, and `name`, its own, in what it tells of that.

    Alerts begin with the console: what a history holds when its alerts are first made is not gone through.
    Limits: one process for one database. Raises: Trouble, Unusable, where the database cannot be used.
    """

    def __init__(self, site: Callable[[], Site], engine: sa.Engine, send: Callable, clock: Callable[[], int] = unix_ms,
                 sight: Callable[[], Sight] | None = None, name: str = "console"):  # fmt: skip
        self._site_now, self._engine, self._clock, self._sight = site, engine, clock, sight
        furnish(engine, "alerts", tables.METADATA, tables.VERSION)
        self._set_cursor()
        self._read_site()
        with reading(engine) as connection:
            self._lookout = Lookout(name, connection.scalars(sa.select(tables.MISSED.c.name)))
        self.shown = Shown(engine, self.addresses, clock)
        self._courier = Courier(Outbox(engine), self.addresses, send, clock)
        self.failures = 0  # events and turns that went wrong: faults of this program, in the log
        self._wake, self._ending = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="alerts", daemon=True)

    def start(self) -> None:
        self._thread.start()
        self._courier.start()

    def stop(self) -> None:
        self._ending.set()
        self._wake.set()
        self._thread.join(_STOP_S)
        self._courier.stop()

    def take(self, _events: Iterable[dict]) -> None:
        """Hear that the history has something new. What it is is read from there: nothing is missed, and nothing taken twice."""
        self._wake.set()

    def look(self) -> None:
        """Raise what the console itself sees: it is in no history. Raises: Trouble."""
        if self._sight is None:
            return
        before = self._lookout.told
        events = self._lookout.look(self._sight(), self._site.controllers, self._clock())
        if events or self._lookout.told != before:
            try:
                self._keep_missed(events)
            except Trouble:
                self._lookout.take_back(events)
                raise
            self._courier.wake()

    def addresses(self) -> Addresses:
        self._read_site()
        return self._addresses

    def turn(self) -> bool:
        """Apply the rules to the next events, and end quiet times. Returns whether more events wait. Raises: Trouble."""
        self._read_site()
        with reading(self._engine) as connection:
            seen_id = connection.scalar(sa.select(CURSOR.c.last_id))
            batch = feed.after(connection, seen_id, self._rules.types)
            quiet_ms = connection.scalar(sa.select(sa.func.min(tables.QUIET.c.until_ms)))
        if batch.last_id > seen_id or quiet_ms is not None and quiet_ms <= self._clock():
            self._handle(seen_id, batch)
        return batch.is_full

    def _handle(self, seen_id: int, batch: feed.Batch) -> None:
        with writing(self._engine) as connection:
            self._raise(connection, batch.events)
            moved = connection.execute(CURSOR.update().where(CURSOR.c.last_id == seen_id).values(last_id=batch.last_id))
            if moved.rowcount != 1:
                raise Trouble("another process raises alerts from this database")
        self._courier.wake()

    def _keep_missed(self, events: list[dict]) -> None:
        with writing(self._engine) as connection:
            connection.execute(tables.MISSED.delete())
            for name in sorted(self._lookout.told):
                connection.execute(tables.MISSED.insert().values(name=name))
            self._raise(connection, [(None, event) for event in events])

    def _raise(self, connection: sa.Connection, events: Iterable[tuple[int | None, dict]]) -> None:
        raising = Raising(connection, self._site, self._rules, self._clock())
        raising.end_quiet_times()
        for number, event in events:
            self._take(raising, number, event)
        raising.close()

    def _take(self, raising: Raising, number: int | None, event: dict) -> None:
        """An event that cannot be made into a message must not keep all others from being told."""
        try:
            raising.take(event, number)
        except sa.exc.SQLAlchemyError:
            raise
        except Exception:
            self.failures += 1
            _log.exception("event %s, %s, could not be told", number, event["type"])

    def _run(self) -> None:
        while not self._ending.is_set():
            self._wake.clear()
            try:
                rest_s = _REST_S if self.turn() else _LOOK_S
                self.look()
            except Trouble as trouble:
                _log.error("alerts wait: %s", trouble)
                rest_s = _LOOK_S
            except Exception:  # a thread that ended would take all alerts with it
                self.failures += 1
                _log.exception("alerts wait")
                rest_s = _LOOK_S
            self._ending.wait(_REST_S)
            self._wake.wait(rest_s)

    def _read_site(self) -> None:
        """Take the site as it is now; its rules are made anew only where it has changed."""
        site = self._site_now()
        if site is not getattr(self, "_site", None):
            self._rules = Rules(site, self._clock() // 1000)
            self._addresses = Addresses(self._rules.addresses)
            self._site = site

    def _set_cursor(self) -> None:
        with writing(self._engine) as connection:
            if connection.scalar(sa.select(CURSOR.c.last_id)) is None:
                connection.execute(CURSOR.insert().values(one=1, last_id=feed.last_id(connection)))
