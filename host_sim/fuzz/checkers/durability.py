"""Nobody else holds what its origin can forget, and no number is given twice."""

import json

from host_sim.fuzz.checkers.checker import Checker
from host_sim.fuzz.truth import FRESH

_DURABLE_MS = 100


class Durability(Checker):
    invariant = "2 durable before published"

    def __init__(self, life):
        super().__init__(life)
        self._published: dict[tuple, tuple] = {}  # key -> content

    def on_send(self, sender: str, payload: bytes) -> None:
        """Look at the events of its own that a board sends."""
        if b'"entries"' not in payload:
            return
        for event in json.loads(payload)["entries"]:
            if event["controller"] == sender:
                self._look(event)

    def _look(self, event: dict) -> None:
        key = (event["controller"], event["inc"], event["stream"], event["seq"])
        if key[:2] in self.life.truth.doubtful or self.life.truth.is_replaced(key):
            return
        self.checked += 1
        entry = self.life.truth.find(key)
        if entry is None or entry.state == FRESH:
            self.broken(f"{key} is sent before it is in the flash: {event}")
        content = (event["type"], event["stamp"], event.get("user"), event["at_ms"])
        if self._published.setdefault(key, content) != content:
            self.broken(f"{key} is sent as {content} after it was sent as {self._published[key]}")

    def on_power(self, controller: str, is_on: bool) -> None:
        """After a restart a board still has all that it published."""
        if not is_on:
            return
        log = self.life.world.boards[controller].node.log
        for key in self._published:
            if key[0] == controller and key in self.life.truth.entries and self.life.truth.entries[key].state == "kept":
                self.checked += 1
                if log.last(*key[:3]) < key[3]:
                    self.broken(f"{controller} has forgotten {key}, which it had published")

    def at_end(self) -> None:
        slow_ms = self.life.truth.slowest_ms
        if slow_ms > _DURABLE_MS:
            self.broken(f"an event took {slow_ms} ms to the flash")
