"""Operators' commands carried out: each once, refused aloud, answered always."""

from firmware.const import const
from firmware.core.digested import Digested
from firmware.core.throttle import Throttle

_TAKEN_MAX = const(37)  # a page
_DONE = const(b"+")
_REFUSED = const(b"-")
_REASONS_MAX = const(8)  # a console repeats a command within a minute
_CHARACTERS_MAX = const(100)
_BYTES_MAX = const(300)


class Orders:
    """Takes commands for one controller. `desk` is the controller: it writes and carries out."""

    def __init__(self, desk):
        self._desk = desk
        self._site = desk.site
        self._throttle = Throttle()
        self._taken = Digested(1, 1)  # nonces of commands taken here under one challenge -> what came of it
        self._reasons = []  # (nonce, why it was refused) of the newest

    def take(self, command: dict) -> None:
        """Carry out a command, once: the same nonce again gets what came of it, and has no effect."""
        chronicle, nonce = self._desk.chronicle, command["nonce"]
        taken = self._taken.get(nonce)
        if taken == _REFUSED:
            self._reply(command, {"refused": dict(self._reasons).get(nonce, "refused before")})
        elif taken or chronicle.knows(nonce):
            self._reply(command, {"done": "before", "event": chronicle.event_of(nonce)})
        else:
            self._obey(command)

    def forget_if_full(self) -> bool:
        """Forget all nonces where no more can be kept: then no command may be taken any more that was signed up to here."""
        is_full = self._taken.count >= _TAKEN_MAX
        if is_full:
            self._taken.clear()
        return is_full

    def _obey(self, command: dict) -> None:
        from firmware.core.command import Commands, Refused

        self._taken.put(command["nonce"], _DONE)
        site = self._site
        try:
            effects = Commands(site.settings, site.people, site.presence, site.doors, site, self._desk.reports).check(command, site.at_ms())
        except Refused as refused:
            self._refuse_taken(command, str(refused))
            return
        for effect in effects:
            self._carry_out(command, effect)

    def _carry_out(self, command: dict, effect: tuple) -> None:
        answer = {"done": "now"}
        if effect[0] == "unlock":
            self._desk.follow(_named(self._site.doors[effect[1]].unlock(self._site.now_ms), command))
        elif effect[0] == "key":
            fault = self._desk.change_key(*effect[1:], self._site.now_ms)
            if fault:
                self._refuse_taken(command, fault)
                return
        elif effect[0] == "silence":
            self._desk.follow(_named(self._desk.outputs.silence(effect[1], self._site.now_ms), command))
        elif effect[1].startswith("emergency."):
            self._desk.premises.write_emergency(effect[1], effect[2])
        else:
            answer["event"] = self._desk.write(effect[1], effect[2])
            if effect[1] == "apb.cleared" and "of" not in effect[2]:
                answer["note"] = "no violation known here"
        self._reply(command, answer)

    def _refuse_taken(self, command: dict, reason: str) -> None:
        self._taken.put(command["nonce"], _REFUSED)
        self._reasons.append((command["nonce"], reason))
        del self._reasons[:-_REASONS_MAX]
        self.refuse(command, reason)

    def refuse(self, command: dict, reason: str, fault: str | None = None) -> None:
        """Write that a command is refused; answer where it has a nonce, which only one has that was sealed rightly."""
        operator, action = brief(command.get("operator")), brief(command.get("action"))
        # Whoever has no key can give any name: all of them are one source.
        source = (operator, reason) if "nonce" in command else fault
        count = self._throttle.pass_count("command.refused", source, self._site.now_ms)
        if count is not None:
            fields = {"operator": operator, "action": action, "reason": reason}
            if count > 1:
                fields["count"] = count
            self._desk.write("command.refused", fields)
        if "nonce" in command:
            self._reply(command, {"refused": reason})

    def _reply(self, command: dict, answer: dict) -> None:
        answer["nonce"] = command["nonce"]
        self._desk.put(("reply", brief(command.get("operator")), answer))


def _named(actions: list, command: dict) -> list:
    """Let the events of an operator's act on a door or output say who asked for it, and why, once."""
    for action in actions:
        if action[0] == "event":
            action[2]["operator"], action[2]["nonce"] = command["operator"], command["nonce"]
            action[2]["reason"] = brief(command.get("reason", ""))
    return actions


def brief(value) -> str:
    """Return a value as text that fits into an event.

    Limits: 100 characters, 300 bytes of UTF-8. Half a character, as JSON may have it, becomes a question mark.
    """
    text = "".join(["?" if 0xD800 <= ord(each) < 0xE000 else each for each in str(value)[:_CHARACTERS_MAX]])
    while len(text.encode()) > _BYTES_MAX:
        text = text[:-1]
    return text
