"""The line to the controllers: messages that are sealed rightly, and what the broker keeps of the site."""

import contextlib
import secrets
import time
from collections import Counter
from collections.abc import Iterator

from firmware.wire import messages, seal, topics
from tools.addresses import addresses, where
from tools.backstop import told
from tools.backstop.errors import Unreachable, Unusable
from tools.backstop.station import Station
from tools.mqtt import MqttLink
from tools.site.compiler.layout import controllers_of, readers_of

_CONNECTED_S = 6
_LOOK_S = 0.02
_QUIET_S = 0.3  # after what the broker keeps has come, it is silent for so long
_KEPT_S = 3  # and it has come within that
_SEED_BYTES = 4


class Line:
    """`with Line(station, filters)`: connected, or Unreachable. Topics are without the site's root.

    `states`: {topic: the last that its owner told}, `status`: {controller: its last status, as a message}.
    """

    def __init__(self, station: Station, filters: list[str]):
        self.station, self.site = station, station.site
        self.states: dict[str, told.Door | told.Output | told.Area] = {}
        self.status: dict[str, dict] = {}
        self.faults: Counter[str] = Counter()
        self._key = bytes.fromhex(station.keys.event_key)
        self._owners = owners(self.site)
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

    def send(self, topic: str, payload: bytes) -> None:
        self._link.put(topic, payload)

    def sealed(self, payload: bytes) -> bytes:
        """A message between controllers and consoles, as those listen to it."""
        return seal.seal(payload, self._key)

    def take(self, patience_s: float = 0) -> list[tuple]:
        """Return (topic, message) of what has come, and ("link", is_up); wait so long for the first.

        States and status are noted, not returned; what is not right is counted in `faults`.
        """
        end_s = time.monotonic() + patience_s
        while True:
            found, self._held = self._held + [result for event in self._link.take() for result in self._read(event)], []
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

    def online(self) -> list[str]:
        return [name for name in sorted(self.status) if self.status[name]["online"]]

    def _is_complete(self) -> bool:
        return bool(self.faults["seal"]) or set(self.site.controllers) <= set(self.status)

    def _read(self, event: tuple) -> Iterator[tuple]:
        if event[0] == "link":
            yield event
            return
        topic, payload = event[1], event[2]
        kind, _, name = topic.partition("/")
        if not payload:  # somebody has taken away what the broker kept
            return
        message = told.read(topic, payload, self._key) if kind in told.KINDS else messages.read(topic, payload, self._key)
        if isinstance(message, str):
            self.faults[message] += 1
        elif kind in self._owners:
            if message.sender in self._owners[kind].get(name, ()):
                self.states[topic] = message
        elif kind == "reply":
            yield topic, message
        elif message["from"] in self.site.controllers:
            if kind == "status":
                self.status[message["from"]] = message
            else:
                yield topic, message


def owners(site) -> dict[str, dict[str, list[str]]]:
    """Who may tell the state of what."""
    areas = {name: controllers_of(site, readers_of(site, [name])) for name in site.areas}
    doors = {name: [door.controller] for name, door in site.doors.items()}
    return {"door": doors, "output": {name: [put.controller] for name, put in site.outputs.items()}, "area": areas}


@contextlib.contextmanager
def looking(station: Station, *filters: str) -> Iterator[Line]:
    """A line that has heard what the broker keeps."""
    with Line(station, ["status/+", *filters]) as line:
        line.settle()
        yield line
