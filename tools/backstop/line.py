"""The line to the controllers: messages that are sealed rightly, and what the broker keeps of the site."""

import contextlib
import secrets
import time
from collections.abc import Iterator

from firmware.wire import seal, topics
from tools.addresses import addresses, where
from tools.backstop.errors import Unreachable, Unusable
from tools.backstop.heard import Heard
from tools.backstop.station import Station
from tools.mqtt import MqttLink

_CONNECTED_S = 6
_LOOK_S = 0.02
_QUIET_S = 0.3  # after what the broker keeps has come, it is silent for so long
_KEPT_S = 3  # and it has come within that
_SEED_BYTES = 4


class Line(Heard):
    """`with Line(station, filters)`: connected, or Unreachable. Topics are without the site's root."""

    def __init__(self, station: Station, filters: list[str]):
        super().__init__(station)
        self._held: list[tuple] = []  # what came while it settled
        name = f"backstop-{secrets.token_hex(_SEED_BYTES)}"
        seed = secrets.randbelow(1 << 30)
        self._link = MqttLink(station.settings, name, topics.root(self.site.site), filters, None, seed)

    def __enter__(self) -> "Line":
        self._link.start()
        end_s = time.monotonic() + _CONNECTED_S * len(addresses(self.station.settings))
        while not self._link.counts["connects"]:
            if time.monotonic() > end_s:
                self._link.stop()
                raise Unreachable(f"no connection to the broker at {where(self.station.settings)}: nothing was sent")
            time.sleep(_LOOK_S)
        return self

    def __exit__(self, *_) -> None:
        self._link.stop()

    def send(self, topic: str, payload: bytes, is_retained: bool = False) -> None:
        self._link.put(topic, payload, is_retained)

    def sealed(self, payload: bytes) -> bytes:
        """A message between controllers and consoles, as those listen to it."""
        return seal.seal(payload, self.key)

    def take(self, patience_s: float = 0) -> list[tuple]:
        """Return (topic, message) of what has come, and ("link", is_up); wait so long for the first."""
        end_s = time.monotonic() + patience_s
        while True:
            found, self._held = self._held + [result for event in self._link.take() if (result := self._read(event))], []
            if found or time.monotonic() >= end_s:
                return found
            time.sleep(_LOOK_S)

    def settle(self) -> None:
        """Wait until the broker has handed out what it keeps. Raises: Unusable where all of it is sealed with other keys."""
        end_s = time.monotonic() + _KEPT_S
        count, quiet_s = -1, 0.0
        while time.monotonic() < end_s and not (self._is_complete() and time.monotonic() > quiet_s):
            self._held = self.take()
            now = len(self.states) + len(self.status) + self.faults.total()
            if now != count:
                count, quiet_s = now, time.monotonic() + _QUIET_S
            time.sleep(_LOOK_S)
        if self.faults["seal"] and not self.status:
            raise Unusable("what the controllers tell is sealed with other keys than these: is this the site's own keys file?")

    def _is_complete(self) -> bool:
        return bool(self.faults["seal"]) or set(self.site.controllers) <= set(self.status)

    def _read(self, event: tuple) -> tuple | None:
        return event if event[0] == "link" else self.read(event[1], event[2])


@contextlib.contextmanager
def looking(station: Station, *filters: str) -> Iterator[Line]:
    """A line that has heard what the broker keeps."""
    with Line(station, ["status/+", *filters]) as line:
        line.settle()
        yield line
