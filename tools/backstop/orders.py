"""Commands: signed for each controller, with the challenge that it tells; and the answers."""

import json
import secrets
import time
from typing import NamedTuple

from firmware.wire import seal
from tools.backstop.errors import Refused, Unreachable
from tools.backstop.line import Line
from tools.backstop.told import Reply
from tools.site.compiler.layout import controllers_of, readers_of
from tools.site.model import Site

# Every controller writes these itself: none may miss an emergency.
SITE_WIDE = ("emergency", "lockdown", "release", "retire", "restore")
ANSWER_S = 2
_NONCE_BYTES = 12
_STALE = "signed for another challenge"


class Outcome(NamedTuple):
    """What came of a command. replies: {controller: its answer}; silent: who was asked and said nothing; offline: not asked."""

    nonce: str
    replies: dict[str, Reply]
    silent: list[str]
    offline: list[str]

    @property
    def done(self) -> list[str]:
        return [name for name, reply in self.replies.items() if reply.refused is None]


def addressees(site: Site, action: str, fields: dict) -> list[str]:
    """Return whom a command is for: everybody, the controllers of an area, or the one that a door, output or reader hangs on."""
    if action in SITE_WIDE:
        return sorted(site.controllers)
    if "area" in fields:
        return controllers_of(site, readers_of(site, [fields["area"]]))
    if "output" in fields:
        return [site.outputs[fields["output"]].controller]
    return [site.doors[fields["door"] if "door" in fields else site.readers[fields["reader"]].door].controller]


class Orders:
    """Gives commands over a line that has settled, for one operator; for none named, the station's own."""

    def __init__(self, line: Line, operator: str | None = None):
        self._line = line
        self._station, self._site = line.station, line.site
        self._operator = self._station.signer(operator) if operator else self._station.operator
        self._nonce = secrets.token_hex(_NONCE_BYTES)
        self._replies: dict[str, Reply] = {}
        self._signed: dict[str, str] = {}  # controller -> the challenge that it was signed with

    def give(self, action: str, fields: dict) -> Outcome:
        """Give a command to whom it is for. Raises: Refused, Unreachable."""
        meant = addressees(self._site, action, fields)
        there = [name for name in meant if name in self._line.online()]
        if not there:
            raise Unreachable(f"nobody is reachable of {', '.join(meant)}: nothing was sent")
        command = {"action": action, **fields}
        if action in SITE_WIDE:
            self._ask(there, command)
        else:
            for name in there:
                if self._ask([name], command):
                    break
        return self._outcome(meant, there)

    def _ask(self, names: list[str], command: dict) -> bool:
        """Sign and send, and wait until all of them have answered; False where nobody has in time."""
        for name in names:
            self._sign(name, command)
        end_s = time.monotonic() + ANSWER_S
        while time.monotonic() < end_s and not set(names) <= set(self._replies):
            for _, message in self._line.take(end_s - time.monotonic()):
                self._note(message)
            self._sign_again(command)
        return bool(self._replies)

    def _note(self, message) -> None:
        """Keep an answer. One that says only that the challenge was an old one is none yet."""
        if not isinstance(message, Reply) or message.nonce != self._nonce or message.sender not in self._signed:
            return
        if (message.to, message.refused) != (self._operator, _STALE):
            self._replies[message.sender] = message

    def _sign_again(self, command: dict) -> None:
        """A controller that has started meanwhile has a new challenge."""
        for name in self._signed:
            if name not in self._replies and self._line.status[name].get("challenge", "") not in ("", self._signed[name]):
                self._sign(name, command)

    def _sign(self, name: str, command: dict) -> None:
        self._signed[name] = self._line.status[name]["challenge"]
        opening = {"t": "command", "from": self._operator}
        envelope = {"to": name, "site": self._site.site, "role": self._site.operators[self._operator].role}
        message = opening | command | envelope | {"challenge": self._signed[name], "nonce": self._nonce}
        key = self._station.keys.key_for(self._operator, name)
        text = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
        self._line.send(f"command/{name}", seal.seal(text.encode(errors="replace"), key))

    def _outcome(self, meant: list[str], there: list[str]) -> Outcome:
        silent = [name for name in there if name in self._signed and name not in self._replies]
        offline = [name for name in meant if name not in there]
        return Outcome(self._nonce, dict(sorted(self._replies.items())), silent, offline)


def check(outcome: Outcome) -> None:
    """Let a command that nobody has carried out end as a failure. Raises: Refused, Unreachable."""
    if outcome.done:
        return
    if not outcome.replies:
        raise Unreachable(f"no answer from {', '.join(outcome.silent)}")
    by_reason: dict[str, list[str]] = {}
    for name, reply in outcome.replies.items():
        by_reason.setdefault(reply.refused or "", []).append(name)
    raise Refused("; ".join(f"{', '.join(names)} refused: {reason}" for reason, names in by_reason.items()))
