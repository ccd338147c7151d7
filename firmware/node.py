"""A whole controller as one pure object: edges, bytes and messages in; relays, appends and messages out.

Events of `handle`:
    ("bit", reader, 0 or 1)          a pulse on D0 or D1       ("spoil", reader, why)   the pulses were lost or mixed up
    ("leaf", door, is_open)          ("rex", door, is_pressed)  ("input", name, is_active)
    ("command", dict)                ("clock", at_ms)           a synchronisation
    ("link", is_up)                  ("peer", controller, is_online)
    ("message", bytes)               ("durable", stream, seq, inc)   an append of our own is in the flash
    ("durable", "ceiling", stamp)    a ceiling is
Actions: ("lock", door, is_locked), ("output", name, is_on), ("signal", reader, pattern), ("append", event),
("ceiling", stamp) to be stored, ("synchronise",) ask the time server, ("send", None, bytes) for all who hear, ("reply", operator, answer).
"""

from firmware.const import const
from firmware.core.controller import Controller
from firmware.core.site_state import retired_incs
from firmware.core.credentials import people_count
from firmware.replica.exchange import Exchange
from firmware.replica.log import Log
from firmware.replica.tables import Tables
from firmware.wire import messages, packed
from firmware.wire.inputs import Inputs


_NEVER_MS = const(1 << 60)
_CONTACTS = const(("leaf", "rex", "input"))
# What the exchange finds -> the controller's verb for it, and how many of the values it takes.
_VERBS = {
    "taken": ("taken", 0),
    "answered": ("answered", 3),
    "sources": ("take_sources", 2),
    "lockdowns": ("take_lockdowns", 2),
    "ahead": ("ahead", 2),
    "clock": ("clock_of", 3),
    "newest": ("newest_known", 2),
    "digest": ("digested", 2),
    "kept": ("kept", 2),
    "twins": ("conflict", 1),
    "conflict": ("conflict", 1),
    "duplicate": ("duplicate", 0),
    "forgotten": ("forgotten", 0),
    "lacked": ("lacked", 5),
}
_IDLE = const(("digest", "kept", "clock", "newest"))  # without actions these move no deadline


class Node:
    """Composes core, wire and replica.

    `flash`: a hal FlashLog, or None to keep everything in RAM. `contacts`: {door or input: is open or active} at the
    start. `inc`: incarnation of a log without any event; 0 where nobody knows yet.
    """

    def __init__(self, part, flash, contacts: dict, now_ms: int = 0, inc: int = 0, hardware: str = "", seed: int = 0):
        settings = part.settings
        self.name = settings["controller"]
        people = people_count(part.tables)
        self.log = Log(self.name, flash, packed, people)
        if self.log.checkpoints:
            self.log.checkpoints.room.require(people, len(settings["areas"]))
        self.log.inc = self.log.inc or inc
        self.controller = Controller(part, self.log.inc, self.log, contacts, now_ms)
        self.exchange = Exchange(
            self.name, self.log.inc, settings["follows"], self.log, self.controller.recorder.draw_stamp,
            self.controller.site.wall.trusted_at_ms, self.controller.tell, hardware, self.log.ceiling, seed,
        )  # fmt: skip
        self.controller.peers.lacks_own = self._lacks_own
        self.controller.desk.memory.heard_inc = self._heard_inc
        self.decode = messages.decode  # a simulator, where many hear the same bytes, has a faster one
        self.faults = {}  # messages and commands that were none, by kind
        self._inputs = Inputs(settings, contacts)
        self._known = set(settings["controllers"]) | set(settings["consoles"])
        self._tables = Tables(self.controller, self.exchange, self.log, self._act, self._carry)
        self._seen_retired = None  # changes of the site's retirements that the exchange knows
        self._due_ms = None  # the controller's next deadline; None: to be asked again

    def _lacks_own(self) -> bool:
        return self.exchange.gaps.lacks_older(self.name, self.exchange.inc)

    def _heard_inc(self) -> int:
        return self.exchange.origins.highest(self.name)

    def resume(self) -> None:
        """Take up what the flash holds, before `start`."""
        self.controller.resume()
        self.exchange.open(self.controller.recorder.inc, self.controller.recorder.unsettled())

    def has_chores(self) -> bool:
        """Say whether the flash has work for when no reader is in a frame."""
        return self.log.checkpoints is not None and self.log.checkpoints.is_due()

    def chore(self, now_ms: int) -> list:
        """Do one piece of the flash's own work: an erase, or part of a checkpoint."""
        lost = self.log.checkpoints.step(self.controller.desk.memory)
        actions = self._act(self.controller.lost(lost, now_ms), now_ms) if lost else []
        return actions + self._tables.written(now_ms)

    def start(self, now_ms: int, cause: str = "power_on") -> list:
        return self._act(self.controller.start(now_ms, cause), now_ms)

    def handle(self, event: tuple, now_ms: int) -> list:
        """Take one thing that happened."""
        kind = event[0]
        if kind == "message":  # most of all
            return self._take_message(event[1], now_ms)
        if kind == "bit":
            return self._sense(self._inputs.bit(event[1], event[2], now_ms), now_ms)
        if kind == "spoil":
            return self._sense(self._inputs.spoil(event[1], event[2], now_ms), now_ms)
        if kind in _CONTACTS:
            return self._sense(self._inputs.contact(kind, event[1], event[2], now_ms), now_ms)
        return getattr(self, "_take_" + kind)(*event[1:], now_ms=now_ms)

    def tick(self, now_ms: int) -> list:
        """Do what is due by time alone."""
        actions = self._sense(self._inputs.tick(now_ms), now_ms)
        actions += self._carry(self.exchange.tick(now_ms), now_ms)
        actions += self._tables.tick(now_ms)
        if self._due_ms is None or self._due_ms <= now_ms:
            actions += self._time(lambda: self.controller.tick(now_ms), now_ms)
        return actions

    def next_deadline_ms(self) -> int | None:
        """Return the next moment at which `tick` has something to do."""
        if self._due_ms is None:
            self._due_ms = self.controller.next_deadline_ms()
        due_ms = self._inputs.next_deadline_ms()
        for other_ms in (self._due_ms, self.exchange.next_deadline_ms()):
            if other_ms is not None and other_ms < due_ms:
                due_ms = other_ms
        return due_ms if due_ms < _NEVER_MS else None

    # -- what comes in ---------------------------------------------------------------------------

    def _sense(self, results: list, now_ms: int) -> list:
        """Pass on what the wires brought."""
        actions = []
        for result in results:
            if result[0] == "frame":
                actions += self._heard(result[1], result[2], now_ms)
            else:
                actions += self._moved(result[1], result[2], result[3], now_ms)
        return actions

    def _heard(self, reader: str, results: list, now_ms: int) -> list:
        actions = []
        for result in results:
            if result[0] == "card":
                actions += self.controller.card(reader, result[1], now_ms)
            elif result[0] == "keys":
                actions += self.controller.keys(reader, result[1], now_ms)
            else:
                actions += self.controller.bad_read(reader, result[1], now_ms)
        return self._act(actions, now_ms)

    def _moved(self, kind: str, name: str, level: bool, now_ms: int) -> list:
        verb = {"leaf": self.controller.leaf, "rex": self.controller.rex, "input": self.controller.contact}[kind]
        return self._act(verb(name, level, now_ms), now_ms)

    def _take_command(self, command, now_ms: int) -> list:
        nonce = command.get("nonce") if isinstance(command, dict) else None
        if not messages.is_text(nonce) or not messages.is_whole(nonce):
            return self._count("command")
        return self._act(self.controller.command(command, now_ms), now_ms)

    def _take_clock(self, at_ms: int, now_ms: int) -> list:
        return self._time(lambda: self.controller.set_clock(at_ms, now_ms), now_ms)

    def _time(self, verb, now_ms: int) -> list:
        """Do what may set the clock for the first time: then the exchange may speak."""
        was_trusted = self.controller.site.is_clock_trusted()
        actions = verb()
        if self.exchange.inc != self.controller.recorder.inc:
            self.exchange.open(self.controller.recorder.inc)
        out = self._act(actions, now_ms)
        if was_trusted or not self.controller.site.is_clock_trusted():
            return out
        return out + self._carry(self.exchange.speak(now_ms), now_ms)

    def _take_link(self, is_up: bool, now_ms: int) -> list:
        actions = self._act(self.controller.link(is_up, now_ms), now_ms)
        return actions + self._carry(self.exchange.link(is_up, now_ms), now_ms)

    def _take_peer(self, name: str, is_online: bool, now_ms: int) -> list:
        self.exchange.peer(name, is_online)
        return [] if is_online else self._act(self.controller.missed(name, now_ms), now_ms)

    def _take_message(self, payload: bytes, now_ms: int) -> list:
        message = self.decode(payload)
        if message is None or message["from"] not in self._known:
            return self._count("message")
        return self._carry(self.exchange.receive(message, now_ms), now_ms)

    def _take_durable(self, stream: str, seq: int, inc: int | None = None, now_ms: int = 0) -> list:
        if inc is not None and inc != self.exchange.inc:
            return []  # what was written under our name before
        return self._carry(self.exchange.durable(stream, seq, now_ms), now_ms)

    def _count(self, kind: str) -> list:
        self.faults[kind] = self.faults.get(kind, 0) + 1
        return []

    # -- what goes out ---------------------------------------------------------------------------

    def _carry(self, results, now_ms: int) -> list:
        """Carry what the exchange found to the controller, or out."""
        actions = []
        for result in results:
            kind = result[0]
            if kind == "heard":
                heard = self.controller.heard(result[1], result[2], now_ms)
                # A mere sign of life only moves deadlines away: an early tick does no harm.
                actions += self._act(heard, now_ms) if heard else heard
            elif kind in _VERBS:
                verb, count = _VERBS[kind]
                found = getattr(self.controller, verb)(*result[1 : 1 + count], now_ms=now_ms)
                if found or kind not in _IDLE:
                    actions += self._act(found, now_ms)
            elif kind == "send":
                actions += [("send", result[1], payload) for payload in messages.encode_all(result[2])]
            elif kind == "ceiling":
                actions.append(result)
            elif kind == "take":
                actions.append(("append", result[1]))
                actions += self._act(self.controller.take(result[1], now_ms), now_ms)
            elif kind == "asked":
                actions += self._ask_controller(result, now_ms)
            elif kind == "gone":
                actions += self._tables.gone(result[1:4], result[4], now_ms)
            elif kind == "table wanted":
                actions += self._tables.wanted(result[1], result[2], now_ms)
        return actions

    def _ask_controller(self, asked: tuple, now_ms: int) -> list:
        actions = self.controller.asked(*asked[1:], now_ms=now_ms)
        out = self._act(actions, now_ms)
        if not any(action[0] == "answer" for action in actions):
            out += self._carry(self.exchange.wait(asked[1], asked[2], now_ms), now_ms)
        return out

    def _follow_retired(self) -> None:
        """Let the word of boards that an operator has retired by their incarnation count no more."""
        retired = self.controller.site.retired
        if retired.changes != self._seen_retired:
            self._seen_retired = retired.changes
            self.exchange.origins.set_retired(retired_incs(retired))

    def _is_ours(self, event: dict) -> bool:
        return event["controller"] == self.name and event["inc"] == self.exchange.inc

    def _act(self, actions: list, now_ms: int) -> list:
        """Pass the controller's actions on; its questions and answers become messages."""
        self._due_ms = None
        self._follow_retired()
        out = []
        for action in actions:
            if action[0] == "append" and self._is_ours(action[1]):
                self.exchange.written(action[1])
            if action[0] == "incarnation":
                self.exchange.open(action[1])
                out += self._carry(self.exchange.survey(now_ms), now_ms)
            elif action[0] == "close":
                out += self._carry(self.exchange.skipped(self.name, *action[1:], now_ms=now_ms), now_ms)
            elif action[0] == "ask":
                out += self._carry(self.exchange.ask(action[1], now_ms), now_ms)
            elif action[0] == "answer":
                out += self._carry(self.exchange.answer(action[1].asker, action[1].stamp, now_ms), now_ms)
            else:
                out.append(action)
        return out
