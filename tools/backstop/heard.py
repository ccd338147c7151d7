"""What is heard of a site: each message checked for its seal, sender and shape, the last state of everything noted."""

from collections import Counter

from firmware.config import manifest
from firmware.wire import messages, seal
from tools.backstop import told
from tools.backstop.station import Station
from tools.site.compiler.layout import controllers_of, readers_of
from tools.site.model import Site


class Heard:
    """One thread calls `read`; others may look.

    `states`: {topic: the last that its owner told}, `status`: {controller: its last status, as a message}, `pushed`:
    {controller: the version of the configuration that the broker keeps for it}.
    """

    def __init__(self, station: Station):
        self.station, self.site = station, station.site
        self.states: dict[str, told.Door | told.Output | told.Area] = {}
        self.status: dict[str, dict] = {}
        self.pushed: dict[str, int] = {}
        self.faults: Counter[str] = Counter()
        self.key = bytes.fromhex(station.keys.event_key)
        self._owners = owners(self.site)

    def online(self) -> list[str]:
        return [name for name in sorted(self.status) if self.status[name]["online"]]

    def read(self, topic: str, payload: bytes) -> tuple | None:
        """Return (topic, message) of what is to be answered or followed.

        States and status are noted, not returned; what is not right is counted in `faults`.
        """
        kind, _, name = topic.partition("/")
        if not payload:  # somebody has taken away what the broker kept
            return None
        if kind == "config":
            self._note_pushed(name, payload)
            return None
        message = told.read(topic, payload, self.key) if kind in told.KINDS else messages.read(topic, payload, self.key)
        if isinstance(message, str):
            self.faults[message] += 1
        elif kind in self._owners:
            if message.sender in self._owners[kind].get(name, ()):
                self.states[topic] = message
        elif kind == "reply":
            return topic, message
        elif message["from"] in self.site.controllers:
            if kind != "status":
                return topic, message
            self.status[message["from"]] = message
        return None

    def _note_pushed(self, name: str, payload: bytes) -> None:
        """Note a manifest that the broker keeps, where it can be told whether it is one."""
        keys = self.station.keys
        if keys.configurations and seal.is_sealed(payload, keys.configuration_key(name)):
            message = manifest.read(payload)
            if message:
                self.pushed[name] = message["version"]


def owners(site: Site) -> dict[str, dict[str, list[str]]]:
    """Who may tell the state of what."""
    areas = {name: controllers_of(site, readers_of(site, [name])) for name in site.areas}
    doors = {name: [door.controller] for name, door in site.doors.items()}
    return {"door": doors, "output": {name: [put.controller] for name, put in site.outputs.items()}, "area": areas}
