"""A line whose other end is a test: it says who is there, and answers commands as it is told."""

import json

from firmware.wire import seal
from tools.backstop.told import Reply


class FakeLine:
    """`answers`: {controller: (command) -> fields of its reply, or None}."""

    def __init__(self, station, answers: dict, offline: tuple = ()):
        self.station, self.site = station, station.site
        self.answers = answers
        self.sent: list[tuple[str, dict]] = []
        self.status = {name: {"online": name not in offline, "challenge": f"{name}-boot"} for name in self.site.controllers}
        self._waiting: list[tuple] = []

    def online(self) -> list[str]:
        return [name for name in sorted(self.status) if self.status[name]["online"]]

    def send(self, topic: str, payload: bytes) -> None:
        name = topic.removeprefix("command/")
        assert seal.is_sealed(payload, self.station.keys.key_for(self.station.operator, name)), "not signed for this controller"
        command = json.loads(seal.content(payload))
        self.sent.append((name, command))
        answer = self.answers[name](command)
        if answer is not None:
            fields = {"t": "reply", "from": name, "to": command["from"], "nonce": command["nonce"]}
            self._waiting.append((f"reply/{command['from']}", Reply.model_validate(fields | answer)))

    def take(self, patience_s: float = 0) -> list[tuple]:
        found, self._waiting = self._waiting, []
        return found
