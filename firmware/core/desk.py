"""Where the parts of a controller meet: they ask, the desk writes, carries out and hands out.

Parts know the desk's `write`, `follow` and `put`, and the state they share (`site`, `reports`, `recorder`,
`judge`, `outputs`); they do not know each other.
"""

from firmware.core import events
from firmware.core.badges import Badges
from firmware.core.chronicle import Chronicle
from firmware.core.consoles import Consoles
from firmware.core.containment import Containment
from firmware.core.credentials import People
from firmware.core.door import Door
from firmware.core.judge import Judge
from firmware.core.links import Outputs
from firmware.core.memory import Memory
from firmware.core.orders import Orders
from firmware.core.premises import Premises
from firmware.core.recorder import Recorder, follow_names
from firmware.core.reports import Reports
from firmware.core.site import Site
from firmware.core.watch import Watch


class Desk:
    """The parts of one controller and the one way events take through them."""

    def __init__(self, part, inc: int, log, contacts: dict, now_ms: int):
        settings = part.settings
        self.name = settings["controller"]
        people = People(part.tables, bytes.fromhex(settings["salt"]), settings["group_sets"])
        doors = {name: Door(name, door, now_ms, contacts.get(name, False)) for name, door in settings["doors"].items()}
        self.site = Site(settings, people, doors, log.story, now_ms, log.swap)
        self.recorder = Recorder(self.name, inc, self.site.wall, people.id_of)
        self.reports = Reports(self.site.presence, self.site.peers)
        self.judge = Judge(self.site.presence, self.site.peers, self._draw_stamp)
        self.outputs = Outputs(settings["outputs"], settings["links"])
        self.chronicle = Chronicle(self.name, self.site, self.reports, log)
        self.badges = Badges(self)
        self.premises = Premises(self)
        self.watch = Watch(self, log)
        self.orders = Orders(self)
        self.consoles = Consoles(settings["consoles"])
        self.memory = Memory(self, log)
        self.containment = Containment(self, log)
        self._log = log
        self._out = []
        self.lock = None  # (door, is_locked) drives a lock at once
        self.change_key = None  # (verb, reader, fields, now_ms) -> why not, or None; of whoever has OSDP readers
        self.is_heir = False  # boards before this one granted something under its name
        self._has_replaced = False  # something was learned for which another event stands now

    def _draw_stamp(self) -> int:
        return self.recorder.draw_stamp(self.site.now_ms)

    def begin(self, now_ms: int) -> None:
        """Begin a verb."""
        self.site.now_ms = now_ms

    def end(self) -> list:
        """Finish a verb: look after what it left open, hand out its actions with the locks first."""
        watch = self.watch
        if self.site.presence.unjudged:
            watch.note_unjudged()
        if self.site.presence.swept or self.site.presence.repaired:
            watch.note_swept()
        if watch.ask_again_ms is not None:
            watch.ask_unsettled()
        watch.note_peers()
        if not self._out:
            return []  # most verbs are signs of life of the others
        out, self._out = self._out, []
        first = [action for action in out if action[0] == "lock"]
        return first + [action for action in out if action[0] != "lock"]

    def put(self, action: tuple) -> None:
        """Hand an action out at the end of the verb."""
        self._out.append(action)

    def drive(self, action: tuple) -> None:
        """Drive a lock at once, where somebody does that. Its action is handed out all the same: what another verb wanted
        of this lock may not be done yet, and the last in line is what counts.
        """
        if self.lock:
            self.lock(action[1], action[2])
        self._out.append(action)

    def write(self, kind: str, fields: dict, at_ms: int | None = None) -> dict:
        """Write an event of ours, and act on it like on any other."""
        event = self.recorder.write(kind, fields, self.site.now_ms, at_ms)
        self._log.add(event)
        self.put(("append", event))
        self.consume(event)
        return event

    def consume(self, event: dict) -> None:
        """Take an event, ours or another's: learn from it, act on it."""
        if ("was" in event or "instead" in event) and self._log.replace(event):
            self._has_replaced = True
        if self._log.is_replaced(event):
            return
        # What boards before this one wrote under its name comes from others, and many at a time.
        is_ours = event["controller"] == self.name and event["inc"] == self.recorder.inc
        if event["controller"] == self.name and not is_ours and event["type"] == "access.granted":
            self.is_heir = True
        touched = self.chronicle.learn(event)
        if is_ours or self.site.is_clock_trusted():
            # Without the time nobody can tell whether another's event is old.
            self.follow(self.outputs.fire(event, self.site.at_ms(), self.site.now_ms))
        if event["stream"] == "site":
            self.premises.obey_site()
        if is_ours:
            self.watch.look(touched)
        else:
            self.watch.changed.update(touched)

    def open_incarnation(self) -> None:
        """Write under a new name from here on: what was written under the old one is closed."""
        self.recorder.open_incarnation(self.memory.next_inc(self.site.at_ms()))
        self.put(("incarnation", self.recorder.inc))

    def rename_since_start(self) -> None:
        """Write what was written since the start under a new incarnation: its names are those of other events."""
        inc, recorder, written = self.recorder.inc, self.recorder, []
        for stream in sorted(recorder.seqs):
            first = recorder.first_unpublished(stream)
            written += self._log.between(self.name, inc, stream, first, recorder.seqs[stream])
            self._log.disown(inc, stream, first - 1)
        recorder.forget_unsettled()
        if written:
            # A checkpoint made since may hold them under the names that they do not have any more.
            self._log.drop_checkpoints(min([event["stamp"] for event in written]))
        self.open_incarnation()
        renamed = {}
        for event in sorted(written, key=_by_stamp):
            new = recorder.name_next(event)
            follow_names(event, new, renamed)
            self._log.replace(new)
            self._log.add(new)
            self.put(("append", new))
        self.relearn()

    def relearn(self) -> None:
        """Fold everything again: events of our own got other stamps."""
        self.site.forget()
        self.memory.recall(self.chronicle.fold)
        self.premises.obey_site()
        self.watch.look_at_all()

    def unlearn_replaced(self) -> None:
        """Fold everything again if another event stands for one that was folded."""
        if self._has_replaced:
            self._has_replaced = False
            self.relearn()

    def follow(self, actions: list) -> None:
        """Carry out what parts ask for; what is not for another part is handed out."""
        told = None
        for action in actions:
            kind = action[0]
            if kind == "event":
                self.write(action[1], action[2])
            elif kind == "entered" or kind == "not_used":
                told = told or []
                self.badges.end_grant(kind, action[1], action[2], told)
            elif kind == "attempt":
                self.follow(self.judge.present(action[1], self.site.now_ms))
            elif kind == "decide":
                self.badges.decide(action[1], action[2])
            elif kind == "next":
                self.follow(self.judge.next(action[1], self.site.now_ms))
            elif kind == "deny":
                self.badges.deny_early(action[1], action[2])
            elif kind == "keypad_locked":
                self.write("keypad.locked", {"reader": action[1]})
            else:
                self.put(action)


def _by_stamp(event: dict) -> int:
    return event["stamp"]
