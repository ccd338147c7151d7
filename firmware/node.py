"""A whole controller as one pure object: edges, bytes and messages in; relays, appends and messages out.

Events of `handle`:
    ("bit", reader, 0 or 1)          a pulse on D0 or D1       ("spoil", reader, why)   the pulses were lost or mixed up
    ("bytes", bus, bytes)            from a line of OSDP readers
    ("leaf", door, is_open)          ("rex", door, is_pressed)  ("input", name, is_active)
    ("message", topic, bytes, is_retained)   topics are without the site's root
    ("link", is_up)                  ("clock", at_ms)           a synchronisation; ("clock", at_ms, err_ms) of a known error
    ("durable", stream, seq, inc)    an append of our own is in the flash, ("durable", "ceiling", stamp) a ceiling is
Actions: ("lock", door, is_locked), ("output", name, is_on), ("signal", reader, pattern), ("append", event),
("write", bus, bytes) on a line of OSDP readers, ("ceiling", stamp) to be stored, ("synchronise",) ask the time server, ("send", topic, bytes, is_retained): without the
site's root, too, but for a topic that begins with /, which is not below it; ("reboot",) start the board anew; ("restart",) begin anew with the configuration
that a config Store's `open` gives then, as soon as what waits for the flash is in it. Outputs stay as they are until that one drives them.
"""

from firmware.const import const
from firmware.core.controller import Controller
from firmware.core.site_state import retired_incs
from firmware.core.states import States
from firmware.core.credentials import people_count
from firmware.replica.exchange import Exchange
from firmware.replica.log import Log
from firmware.replica.tables import Tables
from firmware.wire import topics
from firmware.wire.inputs import Inputs
from firmware.wire.packed import Codec
from firmware.wire.post import Post


_NEVER_MS = const(1 << 60)
_CONTACTS = const(("leaf", "rex", "input"))
_SEEN = const(("append", "lock", "output"))  # what may change a state that is told
_IDLE = const(("digest", "kept", "clock", "newest"))  # without actions these move no deadline


class Node:
    """Composes core, wire and replica.

    `flash`: a hal FlashLog, or None to keep everything in RAM. `contacts`: {door or input: is open or active} at the
    start. `inc`: incarnation of a log without any event; 0 where nobody knows yet. `entropy`: bytes that nobody can
    foresee, others at each start; without them no command is obeyed. `configuration`: a firmware.config.Opener, or None: the
    configuration never changes. `keyring`: a hal Keyring, which only a part with OSDP readers needs. `rows_max`: for how many rows of the table, one for each
    person and area, the heap has room; of more most are in the flash.
    """

    def __init__(
        self, part, flash, contacts: dict, now_ms: int = 0, inc: int = 0, hardware="", seed=0, entropy=b"", configuration=None, keyring=None, rows_max=1 << 20
    ):
        settings = part.settings
        self.name = settings["controller"]
        people = people_count(part.tables)
        self.log = Log(self.name, flash, Codec, people)
        self.log.provide(people, len(settings["areas"]), rows_max)
        self.log.inc = self.log.inc or inc
        self.controller = Controller(part, self.log.inc, self.log, contacts, now_ms)
        self.exchange = Exchange(
            self.name, self.log.inc, settings["follows"], self.log, self.controller.recorder.draw_stamp,
            self.controller.site.wall.trusted_at_ms, self.controller.tell, hardware, self.log.ceiling, seed,
        )  # fmt: skip
        self.controller.peers.lacks_own = self._lacks_own
        self.controller.desk.memory.heard_inc = self._heard_inc
        self.post = Post(part, hardware, entropy)
        self.states = States(self.controller)
        self.fetching = None  # whoever sees to a new configuration, while there is something to see to
        self.configuration = configuration
        self.post.refused = configuration and configuration.refused
        if configuration and configuration.releases:
            self.post.release = configuration.releases.status
        self.home = None
        if settings["home_assistant"]:
            # Without it, it takes no heap.
            from firmware.wire.home_assistant import HomeAssistant

            self.home = HomeAssistant(settings)
        self.osdp = None
        if any([reader["protocol"] == "osdp" for reader in settings["readers"].values()]):
            from firmware.wire.osdp_readers import OsdpReaders

            self.osdp = OsdpReaders(settings, keyring, entropy, now_ms)
            self.controller.desk.change_key = self._change_key
        self.events_at_once = None  # of one message; those beyond wait until `go_on` is called. None: all
        self.left = None  # what is still to be taken of the last message: `go_on`
        self.faults = {}  # messages and commands that were none, by kind
        self._inputs = Inputs(settings, contacts)
        self._known = set(settings["controllers"]) | set(settings["consoles"])
        self._tables = Tables(self.controller, self.exchange, self.log, self._act, self._carry)
        self._seen_retired = None  # changes of the site's retirements that the exchange knows
        self._due_ms = None  # the controller's next deadline; None: to be asked again
        self._next_ms = None  # the next of all, likewise: a shell asks 400 times a second

    def _change_key(self, verb: str, reader: str, fields: dict, now_ms: int) -> str | None:
        return getattr(self.osdp, verb)(reader, fields, now_ms)

    def _lacks_own(self) -> bool:
        return self.exchange.gaps.lacks_older(self.name, self.exchange.inc)

    def _heard_inc(self) -> int:
        return self.exchange.origins.highest(self.name)

    def drive_locks(self, lock) -> None:
        """Let `lock(door, is_locked)` free a lock as soon as a badge is granted, ahead of its action."""
        self.controller.desk.lock = lock

    def resume(self) -> None:
        """Take up what the flash holds, before `start`."""
        self._next_ms = None
        self.controller.resume()
        self.exchange.open(self.controller.recorder.inc, self.controller.recorder.unsettled())

    def has_chores(self) -> bool:
        """Say whether the flash has work for when no reader is in a frame."""
        if self.fetching and self.fetching.has_work() or self.is_sweeping():
            return True
        return self.log.checkpoints is not None and self.log.checkpoints.is_due()

    def is_sweeping(self) -> bool:
        """Say whether the chores are what is to be done to everybody: more than the flash's."""
        return self.controller.is_sweeping()

    def chore(self, now_ms: int) -> list:
        """Do one piece of the flash's own work: an erase, part of a checkpoint, or a page of a new configuration."""
        self._next_ms = None
        if self.fetching and self.fetching.has_work():
            return self._follow("work", now_ms)
        if self.controller.is_sweeping():
            swept = self._act(self.controller.sweep(now_ms), now_ms)
            if self.log.checkpoints is None or not self.log.checkpoints.is_due():
                return swept
            return swept + self._chore_of_flash(now_ms)
        return self._chore_of_flash(now_ms)

    def _chore_of_flash(self, now_ms: int) -> list:
        lost = self.log.checkpoints.step(self.controller.desk.memory)
        actions = self._act(self.controller.lost(lost, now_ms), now_ms) if lost else []
        return actions + self._tables.written(now_ms)

    def start(self, now_ms: int, cause: str = "power_on") -> list:
        self._next_ms = None
        actions = self._act(self.controller.start(now_ms, cause), now_ms)
        return actions + (self._follow("start", now_ms) if self.configuration and self.configuration.has_news else [])

    def handle(self, event: tuple, now_ms: int) -> list:
        """Take one thing that happened."""
        self._next_ms = None
        kind = event[0]
        if kind == "message":  # most of all
            return self._take_message(event[1], event[2], event[3], now_ms)
        if kind == "bit":
            return self._sense(self._inputs.bit(event[1], event[2], now_ms), now_ms)
        if kind == "bytes":
            return self._sense(self.osdp.take(event[1], event[2], now_ms), now_ms) if self.osdp else self._count("bus")
        if kind == "spoil":
            return self._sense(self._inputs.spoil(event[1], event[2], now_ms), now_ms)
        if kind in _CONTACTS:
            return self._sense(self._inputs.contact(kind, event[1], event[2], now_ms), now_ms)
        return getattr(self, "_take_" + kind)(*event[1:], now_ms=now_ms)

    def go_on(self, now_ms: int) -> list:
        """Take the next events of the last message. Each that comes late is a person to be judged anew, and a badge must not wait for all."""
        self._next_ms = None
        results, self.left = self.left, None
        actions, count = [], 0
        for result in results:
            actions += self._carry((result,), now_ms)
            count += result[0] == "take"
            if count == self.events_at_once:
                self.left = results
                break
        return actions

    def tick(self, now_ms: int) -> list:
        """Do what is due by time alone."""
        self._next_ms = None
        actions = self._sense(self._inputs.tick(now_ms), now_ms)
        if self.osdp and self.osdp.next_deadline_ms() <= now_ms:
            actions += self._sense(self.osdp.tick(now_ms), now_ms)
        actions += self._carry(self.exchange.tick(now_ms), now_ms)
        actions += self._tables.tick(now_ms)
        if self.fetching and self.fetching.due_ms <= now_ms:
            actions += self._follow("tick", now_ms)
        if self._due_ms is None or self._due_ms <= now_ms:
            actions += self._time(lambda: self.controller.tick(now_ms), now_ms)
        if self.states.due_ms is not None and self.states.due_ms <= now_ms:
            actions += self._tell_states(now_ms)
        if self.home and self.home.due_ms is not None and self.home.due_ms <= now_ms:
            actions.append(self.home.tell(now_ms))
        return actions

    def next_deadline_ms(self) -> int | None:
        """Return the next moment at which `tick` has something to do."""
        if self._due_ms is None or self._next_ms is None:
            self._next_ms = self._first_deadline_ms()
        return self._next_ms if self._next_ms < _NEVER_MS else None

    def _first_deadline_ms(self) -> int:
        if self._due_ms is None:
            self._due_ms = self.controller.next_deadline_ms()
        due_ms = self._inputs.next_deadline_ms()
        home_ms = self.home.due_ms if self.home else None
        config_ms = self.fetching.due_ms if self.fetching else None
        osdp_ms = self.osdp.next_deadline_ms() if self.osdp else None
        for other_ms in (self._due_ms, self.exchange.next_deadline_ms(), self.states.due_ms, home_ms, config_ms, osdp_ms):
            if other_ms is not None and other_ms < due_ms:
                due_ms = other_ms
        return due_ms

    # -- what comes in ---------------------------------------------------------------------------

    def _sense(self, results: list, now_ms: int) -> list:
        """Pass on what the wires brought."""
        actions = []
        for result in results:
            if result[0] == "frame":
                actions += self._heard(result[1], result[2], now_ms)
            elif result[0] == "write":
                actions.append(result)
            elif result[0] == "told":
                actions += self._act(self.controller.tell_reader(result[1], result[2], now_ms), now_ms)
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

    def _take_clock(self, at_ms: int, *err_ms, now_ms: int) -> list:
        return self._time(lambda: self.controller.set_clock(at_ms, now_ms, *err_ms), now_ms)

    def _time(self, verb, now_ms: int) -> list:
        """Do what may set the clock for the first time: then the exchange may speak."""
        was_trusted = self.controller.site.is_clock_trusted()
        actions = verb()
        out = []
        if self.exchange.inc != self.controller.recorder.inc:
            self.exchange.open(self.controller.recorder.inc)
            out = self._tell_status()
        out += self._act(actions, now_ms)
        if was_trusted or not self.controller.site.is_clock_trusted():
            return out
        return out + self._carry(self.exchange.speak(now_ms), now_ms)

    def _take_link(self, is_up: bool, now_ms: int) -> list:
        actions = self._act(self.controller.link(is_up, now_ms), now_ms)
        actions += self._carry(self.exchange.link(is_up, now_ms), now_ms)
        self.states.link(is_up, now_ms)
        if self.home:
            self.home.link(is_up, now_ms)
        if self.fetching and is_up:
            self.fetching.link(now_ms)
        return actions + self._tell_status()

    def _take_message(self, topic: str, payload: bytes, is_retained: bool, now_ms: int) -> list:
        if topic.startswith("command/"):
            return self._take_order(topic, payload, is_retained, now_ms)
        if topic == "config/" + self.name and self.configuration:
            return [] if self.configuration.knows(payload) else self._follow("take", now_ms, payload, is_retained)
        if is_retained and not topic.startswith("status/"):
            return self._count("retained")
        if self.post.is_echo(topic, payload):
            return []
        message = self.post.read(topic, payload)
        if isinstance(message, str):
            return self._count(message)
        if message["from"] not in self._known:
            return self._count("message")
        if message["t"] == "status":
            return self._take_status(message, is_retained, now_ms)
        actions = []
        while self.left is not None:
            actions += self.go_on(now_ms)
        self.left = self.exchange.receive(message, now_ms)
        return actions + self.go_on(now_ms)

    def _take_status(self, message: dict, is_retained: bool, now_ms: int) -> list:
        """Take a last will. A retained one may be an old story: whoever is gone is silent, and who is back speaks."""
        name = message["from"]
        if message["online"] or is_retained:
            return []
        if name == self.name:
            # A cluster may tell of a connection that it lost after the next one is up, and would keep that.
            return self._tell_status()
        self.exchange.peer(name, False)
        self.states.note(now_ms)
        return self._act(self.controller.missed(name, now_ms), now_ms)

    def _take_order(self, topic: str, payload: bytes, is_retained: bool, now_ms: int) -> list:
        """Take an operator's command: obey it, or count and refuse it."""
        if topic != "command/" + self.name:
            return self._count("topic")
        fault, reason, command = self.post.opened(payload, is_retained)
        if fault:
            self._count("command." + fault)
            return self._act(self.controller.refuse(command, fault, reason, now_ms), now_ms)
        actions = self.controller.command(command, now_ms)
        if any([action[0] == "reply" and "refused" in action[2] for action in actions]):
            self._count("command.content")
        actions = self._act(actions, now_ms)
        if self.controller.desk.orders.forget_if_full():
            self.post.renew_challenge()
            actions += self._tell_status()
        return actions

    def _follow(self, verb: str, now_ms: int, *words) -> list:
        """Let what concerns a new configuration be seen to. Without anything to do for one, that takes no heap."""
        parts = (self.controller, self.exchange, self.post, self._act, self._carry, self._count)
        try:
            fetching = self.fetching or self.configuration.open(words[0] if words else b"", *parts)
            actions = getattr(fetching, verb)(now_ms, *words) if fetching else None
            reason = self.configuration.missing
        except MemoryError:  # its files stand any cut, and the doors go on
            fetching, reason = None, "not enough memory"
        if fetching is None:
            self.fetching = None
            self._count("config.memory")
            was, self.post.refused = self.post.refused, [None, reason]
            return [] if was == self.post.refused else self._tell_status()
        self.fetching = fetching if fetching.is_busy() else None
        return actions

    def _tell_status(self) -> list:
        return [self.post.status(self.exchange.inc)] if self.exchange.has_link else []

    def _tell_states(self, now_ms: int) -> list:
        actions = [self.post.tell(topic, state) for topic, state in self.states.look(now_ms)]
        if self.home:
            self.home.lead(self.states.led, now_ms)
        return actions

    def _take_durable(self, stream: str, seq: int, inc: int | None = None, now_ms: int = 0) -> list:
        if self.fetching:
            self._follow("durable", now_ms, stream, seq)
        if inc is not None and inc != self.exchange.inc:
            return []  # what was written under our name before
        actions = self._carry(self.exchange.durable(stream, seq, now_ms), now_ms)
        if self.states.due_ms is not None and self.states.free_ms <= now_ms:
            actions += self._tell_states(now_ms)  # what made them so cannot be forgotten any more
        return actions

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
            elif kind == "send":
                actions += self.post.send(result[2])
                if result[2]["t"] == "have":
                    self.states.age(now_ms)
            elif kind == "ceiling":
                actions.append(result)
            elif kind == "take":
                if self.states.led:
                    self.states.note(now_ms)
                actions.append(("append", result[1]))
                actions += self._act(self.controller.take(result[1], now_ms), now_ms)
            elif kind == "asked":
                actions += self._ask_controller(result, now_ms)
            elif kind == "gone":
                actions += self._tables.gone(result[1:4], result[4], now_ms)
            elif kind == "table wanted":
                actions += self._tables.wanted(result[1], result[2], now_ms)
            else:
                found = self._pass_on(result, now_ms)
                if found or kind not in _IDLE:
                    actions += self._act(found, now_ms)
        return actions

    def _pass_on(self, result: tuple, now_ms: int) -> list:
        """Let the controller hear what the exchange found."""
        core, kind = self.controller, result[0]
        if kind == "taken":
            return core.taken(now_ms)
        if kind == "kept":
            return core.kept(result[1], result[2], now_ms)
        if kind == "digest":
            return core.digested(result[1], result[2], now_ms)
        if kind == "answered":
            return core.answered(result[1], result[2], result[3], now_ms)
        if kind == "sources":
            return core.take_sources(result[1], result[2], now_ms)
        if kind == "lockdowns":
            return core.take_lockdowns(result[1], result[2], now_ms)
        if kind == "ahead":
            return core.ahead(result[1], result[2], now_ms)
        if kind == "clock":
            return core.clock_of(result[1], result[2], result[3], now_ms)
        if kind == "newest":
            return core.newest_known(result[1], result[2], now_ms)
        if kind == "twins" or kind == "conflict":
            return core.conflict(result[1], now_ms)
        if kind == "duplicate":
            return core.duplicate(now_ms)
        if kind == "forgotten":
            return core.forgotten(now_ms)
        if kind == "lacked":
            return core.lacked(*result[1:6], now_ms=now_ms)
        return []  # for consoles

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
            if action[0] in _SEEN:
                self.states.note(now_ms)
            elif action[0] == "signal" and self.osdp:
                self.osdp.signal(action[1], action[2])
            if action[0] == "reply":
                action[2]["t"], action[2]["to"] = "reply", action[1]
                out.append(self.post.tell("reply/" + action[1], action[2], False))
            elif action[0] == "incarnation":
                self.exchange.open(action[1])
                out += self._tell_status()
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

    # -- for the shell that carries messages -----------------------------------------------------

    def subscriptions(self) -> list:
        """Return the filters of the topics that this controller listens to."""
        return topics.subscriptions(self.controller.settings)

    def last_will(self) -> tuple:
        """Return (topic, bytes) of what the broker publishes, retained, when this controller is gone."""
        return self.post.last_will()
