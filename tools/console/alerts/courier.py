"""Delivers what waits in the outbox, each address by itself, so that a receiver who hangs keeps nobody else waiting.

Exactly once where it can be: `delivered` is committed right after the receiver has confirmed, and while that commit fails (the
database is locked, or full) this process remembers, tries to commit again and sends nothing to that address. Only a crash between
the two, or a receiver who takes a message and does not say so, leads to a second one: it is sent at least once then. Each carries
the number of its alert, by which a receiver can tell.
"""

import logging
import threading
from collections.abc import Callable

from tools.console.alerts import age
from tools.console.alerts.addresses import Addresses
from tools.console.alerts.outbox import Due, Outbox
from tools.console.history.database import Trouble

_LOOK_S = 5.0  # the longest sleep: the clock may be set
_SOON_S = 0.05
_AGAIN_S = 1.0
_AT_ONCE_MAX = 16  # addresses to which is sent at the same time
_STOP_S = 15
_log = logging.getLogger(__name__)


class Courier:
    """`send(url, title, body)`: None, or why not. `addresses()`: those of the site file now. `clock()`: Unix ms."""

    def __init__(self, outbox: Outbox, addresses: Callable[[], Addresses], send: Callable, clock: Callable[[], int]):
        self._outbox, self._addresses, self._send, self._clock = outbox, addresses, send, clock
        self._busy: set[str] = set()
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Send no more; wait a little for what is under way."""
        self._ending.set()
        self._wake.set()
        self._thread.join(_STOP_S)
        waiting = threading.Event()
        for _ in range(round(_STOP_S / _SOON_S)):
            if not self._now_busy():
                return
            waiting.wait(_SOON_S)

    def wake(self) -> None:
        self._wake.set()

    def _run(self) -> None:
        while not self._ending.is_set():
            self._wake.clear()
            try:
                self._begin_what_is_due()
                sleep_s = self._sleep_s()
            except Trouble as trouble:
                _log.error("the outbox cannot be read: %s", trouble)
                sleep_s = _AGAIN_S
            except Exception:  # a thread that ended would take all deliveries with it
                _log.exception("the outbox cannot be read")
                sleep_s = _AGAIN_S
            self._wake.wait(sleep_s)

    def _begin_what_is_due(self) -> None:
        busy = self._now_busy()
        for due in self._outbox.due(self._clock(), busy)[: _AT_ONCE_MAX - len(busy)]:
            with self._lock:
                self._busy.add(due.address)
            # Not of a pool: one that hangs for ever must not keep the process from ending.
            threading.Thread(target=self._deliver, args=(due,), name="delivery", daemon=True).start()

    def _sleep_s(self) -> float:
        busy = self._now_busy()
        next_ms = self._outbox.next_ms(busy) if len(busy) < _AT_ONCE_MAX else None
        return _LOOK_S if next_ms is None else min(_LOOK_S, max(_SOON_S, (next_ms - self._clock()) / 1000))

    def _now_busy(self) -> set[str]:
        with self._lock:
            return set(self._busy)

    def _deliver(self, due: Due) -> None:
        try:
            self._commit(self._attempt(due))
        finally:
            with self._lock:
                self._busy.discard(due.address)
            self._wake.set()

    def _attempt(self, due: Due) -> Callable[[], None]:
        """Send, and return what is to be noted of it."""
        url = self._addresses().url(due.address)
        if url is None:
            return lambda: self._outbox.withdrawn(due, self._clock())
        remark = self._send(url, due.title, self._body(due))
        if remark is None:
            return lambda: self._outbox.delivered(due, self._clock())
        return lambda: self._outbox.failed(due, self._clock(), remark)

    def _body(self, due: Due) -> str:
        waited_ms = self._clock() - due.created_ms
        late = f"\nThis message has waited {age.words(waited_ms)} for its receiver." if waited_ms > age.LATE_MS else ""
        return f"{due.body}{late}\nAlert {due.raised}"

    def _commit(self, note: Callable[[], None]) -> None:
        while True:
            try:
                note()
                return
            except Exception as error:  # whatever it is: who goes on here sends a second message
                _log.error("what became of a message cannot be noted, trying again: %s: %s", type(error).__name__, error)
            if self._ending.wait(_AGAIN_S):
                return
