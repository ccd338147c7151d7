"""The operators' console of a live site: it knows the challenge of each controller, and speaks over the broker."""

import json
import time

from host_sim.mqtt import MqttLink

_KEPT = ("status", "door", "output", "area")  # topics of which the broker keeps the last message
_FILTERS = [kind + "/+" for kind in (*_KEPT, "reply")]
_PATIENCE_S, _NAP_S = 2, 0.01


class Console:
    """Somebody at the broker. `replies`: (controller, operator, answer) as they came."""

    def __init__(self, settings: dict, client_id: str, root: str, more_filters: tuple[str, ...] = ()):
        self.replies: list[tuple[str, str, dict]] = []
        self.is_up = False
        self._challenges: dict[str, str] = {}
        self._kept: set[str] = set()
        self._link = MqttLink(settings, client_id, root, [*_FILTERS, *more_filters], None, 0)
        self._link.start()

    def look(self) -> None:
        """Take what has come."""
        for event in self._link.take():
            if event[0] == "link":
                self._link_changed(event[1])
            else:
                self._hear(*event[1:])

    def challenge(self, controller: str) -> str | None:
        """Return what a command to a controller must be signed with, if the broker tells."""
        self.look()
        return self._challenges.get(controller)

    def online(self) -> list[str]:
        """Return the controllers that the broker holds for connected, by name."""
        return sorted(name for name, challenge in self._challenges.items() if challenge)

    def publish(self, topic: str, payload: bytes) -> None:
        self._link.put(topic, payload)

    def close(self, leaves_nothing: bool) -> None:
        """Go; and, where a site is over, leave nothing of it in the broker."""
        self.look()
        if leaves_nothing and self.is_up:
            self._wait_until(lambda: not self.online())  # the last wills come after the processes' ends
            for topic in sorted(self._kept):
                self._link.put(topic, b"", True)
            self._wait_until(lambda: not self._kept)
        self._link.stop()

    def _wait_until(self, is_so) -> None:
        end_s = time.monotonic() + _PATIENCE_S
        while not is_so() and time.monotonic() < end_s:
            time.sleep(_NAP_S)
            self.look()

    def _link_changed(self, is_up: bool) -> None:
        self.is_up = is_up

    def _hear(self, topic: str, payload: bytes, is_retained: bool) -> None:
        kind, _, name = topic.partition("/")
        if kind in _KEPT:
            (self._kept.add if payload else self._kept.discard)(topic)
        if kind == "status":
            self._challenges[name] = json.loads(payload).get("challenge", "") if payload else ""
        elif kind == "reply":
            message = json.loads(payload)
            self.replies.append((message.get("from"), name, message))
