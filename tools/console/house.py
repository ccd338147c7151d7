"""One console with all its rooms, open: link, replica, history, picture, alerts, accounts, orders, configurations."""

import logging
import secrets
import threading
from pathlib import Path

from firmware.wire import topics
from tools.backstop.heard import Heard
from tools.backstop.station import Station
from tools.console.accounts.accounts import Accounts
from tools.console.alerts import Alerts, Sight
from tools.console.alerts.sender import Sender
from tools.console.clock import unix_ms
from tools.console.configuring import Configuring, configuring
from tools.console.history import History, Trouble, opened
from tools.console.muster import MusterReaders
from tools.console.orders import Desk, Orders
from tools.console.picture import Picture
from tools.console.replica import Replica
from tools.console.replica.follower import KINDS
from tools.console.retained import Retained
from tools.console.sitefile import SiteFile
from tools.console.switchboard import SUBSCRIPTIONS, Switchboard
from tools.mqtt import MqttLink
from tools.site.compiler import ledger
from tools.site.compiler.numbers import Numbers
from tools.site.model import Site

_TIDY_S = 3600
_DAY_MS = 24 * 3600 * 1000
_SEED_BITS = 30
_log = logging.getLogger(__name__)


class House:
    """`with House(file, path, station, database) as house`: a console at work, until the end of the block.

    `station`: who it is and how it reaches the broker. Raises: Unusable, SiteError, OSError, Trouble, where something that
    it needs cannot be opened.
    """

    def __init__(self, file: SiteFile, path: Path, station: Station, database: str):
        self.file, self.site = file, file()
        self.engine = opened(database)
        self.history = History(self.engine, people_days=self.site.people_days)
        root = topics.root(self.site.site)
        link = MqttLink(station.settings, station.console, root, SUBSCRIPTIONS, None, secrets.randbits(_SEED_BITS))
        self.switchboard = Switchboard(link)
        key = bytes.fromhex(station.keys.event_key)
        self.replica = Replica(self.site, station.console, key, self.switchboard.end(*KINDS), self.history, self._hear)
        self.picture = Picture(self.site, self.history, _numbers(path, self.site), self.replica.peers)
        self.alerts = Alerts(file, self.engine, Sender().send, sight=self._sight, name=station.console)
        self.accounts = Accounts(self.engine, file)
        heard = Heard(station)
        self.retained = Retained(self.switchboard, heard)
        self.muster_readers = MusterReaders(self.engine, self.accounts, file)
        self.configuring = Configuring(file, path, station, self.switchboard.end(*configuring.KINDS), self.picture.settings)
        self.desk = Desk(self.accounts, Orders(self.switchboard, heard), self.configuring)
        self._ending = threading.Event()
        self._tidying = threading.Thread(target=self._tidy_for_ever, name="tidying", daemon=True)

    def __enter__(self) -> "House":
        for room in (self.alerts, self.replica, self.configuring, self.switchboard, self._tidying):
            room.start()
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def close(self) -> None:
        """End everything in order; once is enough. What the boards have said is in the database when this returns."""
        if self._ending.is_set():
            return
        self._ending.set()
        for room in (self.switchboard, self.configuring, self.replica, self.alerts):
            room.stop()
        self._tidying.join()
        try:
            self.picture.checkpoint()
        except Trouble as trouble:
            _log.error("the next start folds more: %s", trouble)
        self.engine.dispose()

    def tidy(self) -> None:
        """Forget what is old about people, as the site file says. Raises: Trouble."""
        now_ms, days = unix_ms(), self.site.people_days
        if days:
            self.picture.prune(now_ms)
            self.alerts.shown.prune(now_ms - days * _DAY_MS)
            self.accounts.book.forget_people(now_ms - days * _DAY_MS)

    def _hear(self, events: list[dict]) -> None:
        """Take what the history has new: who must be told comes before who looks."""
        self.alerts.take(events)
        self.picture.take(events)

    def _sight(self) -> Sight:
        peers = self.replica.peers()
        return Sight(self.switchboard.is_up, frozenset(name for name in peers if peers[name].is_online))

    def _tidy_for_ever(self) -> None:
        while not self._ending.wait(_TIDY_S):
            try:
                self.tidy()
            except Trouble as trouble:
                _log.error("what is old stays for now: %s", trouble)


def _numbers(path: Path, site: Site) -> Numbers | None:
    """The numbers that people have on the boards: those of the ledger; before the site is compiled, by name order."""
    book = ledger.beside(path, site)
    return ledger.numbers(ledger.opened(book, site, is_new=False)) if book.exists() else None
