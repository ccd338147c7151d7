"""Commands of the operators who are signed in: the command line's, over the console's one link."""

import contextlib
import queue
import threading
from collections.abc import Iterator

from tools.backstop import orders
from tools.backstop.errors import Unreachable
from tools.backstop.heard import Heard
from tools.backstop.orders import Outcome
from tools.console.switchboard import Switchboard

_WAITING_MAX = 1000  # answers that lie before one order; nobody has so many controllers to ask


class Call:
    """One order's line: what tools.backstop.line.Line is to the command line."""

    def __init__(self, heard: Heard, switchboard: Switchboard):
        self.station, self.site, self.status = heard.station, heard.site, heard.status
        self.online, self.send = heard.online, switchboard.publish
        self._answers: queue.Queue[tuple] = queue.Queue(_WAITING_MAX)

    def arrived(self, found: tuple) -> None:
        """Take an answer, in the thread that reads the link. One too many is as one that was lost on its way."""
        with contextlib.suppress(queue.Full):
            self._answers.put_nowait(found)

    def take(self, patience_s: float = 0) -> list[tuple]:
        """Return (topic, message) of the next answer; wait so long for it."""
        try:
            return [self._answers.get(timeout=max(0.0, patience_s))]
        except queue.Empty:
            return []


class Orders:
    """Any number of orders at once: each hears all answers and knows its own by the nonce."""

    def __init__(self, switchboard: Switchboard, heard: Heard):
        self._switchboard, self._heard = switchboard, heard
        self._lock = threading.Lock()
        self._calls: list[Call] = []
        for kind in ("status", "reply"):
            switchboard.listen(kind, self._hear)

    def give(self, operator: str, action: str, fields: dict) -> Outcome:
        """Give a command, and wait for what comes of it. Raises: Refused, Unreachable, Unusable.

        With the link down nothing is sent: the broker's last word on who is online is an old one then.
        """
        if not self._switchboard.is_up:
            raise Unreachable("no connection to the broker: nothing was sent")
        with self._call() as call:
            return orders.Orders(call, operator).give(action, fields)

    def _hear(self, event: tuple) -> None:
        found = self._heard.read(event[1], event[2])
        if found:
            with self._lock:
                for call in self._calls:
                    call.arrived(found)

    @contextlib.contextmanager
    def _call(self) -> Iterator[Call]:
        call = Call(self._heard, self._switchboard)
        with self._lock:
            self._calls.append(call)
        try:
            yield call
        finally:
            with self._lock:
                self._calls.remove(call)
