"""One controller: credentials, doors, rules and logs joined. Pure: events in, actions out.

Actions, the lock's first:
    ("lock", door, is_locked)    ("output", name, is_on)    ("signal", reader, pattern)
    ("append", event)            write to the log; others get it once it is durable
    ("ask", question)            ask other controllers, ("answer", question) answer one of theirs
    ("reply", operator, answer)
"""

from firmware import VERSION
from firmware.core import stamp
from firmware.core.containment import AHEAD_MS
from firmware.core.desk import Desk
from firmware.core.judge import Question
from firmware.core.readers import Readers
from firmware.core.standing import UNKNOWN
from firmware.core.timekeeper import Timekeeper
from firmware.core.wall import ERR_SYNCED_MS


class Controller:
    """Everything a board decides.

    `log` keeps its events and others' (`add(event)`, `facts_about(no)`); `contacts` is
    {name: is open or active} of its doors' leaves and its inputs at the start.
    """

    def __init__(self, part, inc: int, log, contacts: dict, now_ms: int = 0):
        self.settings = part.settings
        self.name = part.settings["controller"]
        self.desk = Desk(part, inc, log, contacts, now_ms)
        self.site, self.recorder = self.desk.site, self.desk.recorder
        self.presence, self.peers, self.people = self.site.presence, self.site.peers, self.site.people
        self.reports = self.desk.reports
        self.doors = self.site.doors
        self.readers = Readers(part.settings, self.people, self.site)
        self.timekeeper = Timekeeper(self.site, self.recorder.stamps)
        self._contacts = contacts

    # -- start -----------------------------------------------------------------------------------

    def resume(self) -> None:
        """Take up what the log holds, before `start`."""
        self.desk.memory.resume()

    def start(self, now_ms: int, cause: str) -> list:
        """Take up work: drive the locks, say what was lost with the power."""
        desk = self.desk
        desk.begin(now_ms)
        if not self.site.is_clock_trusted():
            self.site.wall.estimate(stamp.at_ms(self.recorder.stamps.newest) + 1, now_ms)
            self.presence.horizon.until_ms = self.site.at_ms()
        desk.write("controller.started", _started(self.settings["version"], cause))
        for door, reader, no in desk.chronicle.open_grants():
            desk.write("access.not_used", {"door": door, "reader": reader, "no": no, "lost": True})
        self._apply_configuration()
        self._forget_removed()
        desk.premises.obey_site()
        for name in sorted(self.settings["inputs"]):
            desk.premises.take_input(name, self._contacts.get(name, False), True)
        for name in sorted(self.doors):
            # Outputs are de-energised until here; an emergency that goes on is obeyed before any lock is driven.
            desk.put(("lock", name, self.doors[name].is_locked))
        return desk.end()

    def _apply_configuration(self) -> None:
        """Let a new configuration be a fact: its areas' first controllers write what it says of them."""
        from firmware.core import area_changes

        version = self.settings["version"]
        for area in self.areas_led():
            new = area_changes.shared(self.settings["areas"][area])
            known = self.presence.configuration(area)
            is_changed = new != area_changes.shared(self.presence.rules[area].settings)
            if known is None or (version > known and is_changed):
                self.desk.write("area.set", {"area": area, "settings": new, "configuration": version})

    def areas_led(self) -> list:
        """Return the areas whose first controller online this is."""
        return [
            area
            for area in sorted(self.presence.rules)
            if self.name in self.presence.rules[area]["controllers"]
            and self.peers.first_online(self.presence.rules[area]["controllers"]) == self.name
        ]

    def _forget_removed(self) -> None:
        """People who are no longer in the site lose violation, pardon and presence, told once."""
        for area in self.areas_led():
            for no in self.people.missing(self.presence.people_max()):
                if self.presence.is_known(area, no):
                    self.desk.write("apb.moved", {"area": area, "no": no, "presence": UNKNOWN, "by": "removed"})

    # -- what people do --------------------------------------------------------------------------

    def card(self, reader: str, text: str, now_ms: int) -> list:
        """Take a card that a reader's line decoded."""
        self.desk.begin(now_ms)
        return self._follow(self.readers.card(reader, text, now_ms))

    def keys(self, reader: str, digits: str, now_ms: int) -> list:
        """Take keys of a reader's keypad."""
        self.desk.begin(now_ms)
        return self._follow(self.readers.keys(reader, digits, now_ms))

    def bad_read(self, reader: str, why: str, now_ms: int) -> list:
        """Take a frame that was no credential."""
        self.desk.begin(now_ms)
        return self._follow([("deny", reader, {"reason": "bad_read", "fault": why})])

    def tell_reader(self, what: str, fields: dict, now_ms: int) -> list:
        """Write what became of a reader that is supervised."""
        self.desk.begin(now_ms)
        self.desk.write(what, fields)
        return self.desk.end()

    def leaf(self, door: str, is_open: bool, now_ms: int) -> list:
        """Take a door position sensor."""
        self.desk.begin(now_ms)
        return self._follow(self.doors[door].leaf(is_open, now_ms))

    def rex(self, door: str, is_pressed: bool, now_ms: int) -> list:
        """Take a REX contact."""
        self.desk.begin(now_ms)
        return self._follow(self.doors[door].rex(is_pressed, now_ms))

    def contact(self, name: str, is_active: bool, now_ms: int) -> list:
        """Take a general input; `is_active` is already read through its kind of contact."""
        self.desk.begin(now_ms)
        self.desk.premises.take_input(name, is_active, False)
        return self.desk.end()

    def command(self, command: dict, now_ms: int) -> list:
        """Take an operator's command, once per nonce."""
        self.desk.begin(now_ms)
        self.desk.orders.take(command)
        return self.desk.end()

    def refuse(self, command: dict, fault: str, reason: str, now_ms: int) -> list:
        """Take a command that must not be obeyed, as far as it can be told. `fault`: the kind of what is wrong."""
        self.desk.begin(now_ms)
        self.desk.orders.refuse(command, reason, fault)
        return self.desk.end()

    def _follow(self, actions: list) -> list:
        self.desk.follow(actions)
        return self.desk.end()

    # -- clock and time --------------------------------------------------------------------------

    def set_clock(self, at_ms: int, now_ms: int, err_ms: int = ERR_SYNCED_MS) -> list:
        """Take a synchronisation. What was written before the first one gets its stamps now."""
        self.desk.begin(now_ms)
        was_trusted, moved_ms = self.site.is_clock_trusted(), at_ms - self.site.at_ms()
        self.site.wall.set(at_ms, now_ms, err_ms)
        self.desk.judge.clock_moved(moved_ms)
        self.presence.horizon.until_ms = None
        if was_trusted:
            self.desk.containment.clock_set(moved_ms)
        else:
            self.recorder.draw_inc(self.desk.memory.next_inc(at_ms))
            self._settle(moved_ms)
        self.desk.premises.clock_changed()
        self.desk.watch.clock_changed()
        return self.desk.end()

    def _settle(self, moved_ms: int) -> None:
        """Give what was written before the clock was set its stamps, and fold everything at its place."""
        settled = self.recorder.settle(self.site.now_ms, stamp.at(self.site.at_ms() + AHEAD_MS))
        for event, was_inc in settled:
            self.desk.memory.rewrite(event, was_inc)
            self.desk.put(("append", event))
        if any(event["stream"] != "notes" for event, _ in settled):
            self.reports.rename(self.name, self.recorder.inc)
            self.desk.relearn()
        self.desk.write("clock.set", {"boot": self.recorder.boot, "offset": moved_ms})

    def lost(self, lost: list, now_ms: int) -> list:
        """Report what the flash had no room for: ("lost", controller, inc, stream, first seq, last seq)."""
        self.desk.begin(now_ms)
        for _, controller, inc, stream, first, last in lost:
            self.desk.write("log.lost", {"origin": [controller, inc, stream], "from": first, "to": last})
        return self.desk.end()

    def adopt(self, can_repeat: bool, now_ms: int) -> tuple:
        """Begin anew with the table of another board. Returns (actions, whether all facts of ours found their place)."""
        self.desk.begin(now_ms)
        is_exact = self.desk.memory.adopt(can_repeat)
        return self.desk.end(), is_exact

    def set_incomplete(self, is_incomplete: bool, now_ms: int) -> list:
        """Take whether facts are missing here for which another's table has to stand."""
        self.desk.begin(now_ms)
        self.peers.set_incomplete(is_incomplete)
        return self.desk.end()

    def forget_whereabouts(self, lost: list, now_ms: int) -> list:
        """Facts are lost for good, and nobody has a table that holds them.

        Whoever they may have moved could be accused of a passback that is none: of everybody, also of those who seem never
        to have been there, presence is unknown in the areas that their controllers tell of from now on, here; violations and pardons stay. What is gone is named.
        """
        self.desk.begin(now_ms)
        gone = {entry[1] for entry in lost if entry[3] == "facts"}
        areas = [area for area in sorted(self.presence.rules) if gone & set(self.presence.watchers(area))]
        self.presence.forget_whereabouts(areas, self.site.at_ms())
        return self.lost(lost, now_ms)

    def is_sweeping(self) -> bool:
        return self.presence.is_sweeping()

    def sweep(self, now_ms: int) -> list:
        """Do a piece of what is to be done to everybody."""
        self.desk.begin(now_ms)
        self.presence.sweep()
        return self.desk.end()

    def tick(self, now_ms: int) -> list:
        """Do what is due by time alone."""
        desk = self.desk
        desk.begin(now_ms)
        if self.peers.tick(now_ms):
            desk.watch.look_at_all()
        desk.premises.follow_schedules()
        desk.follow(self.readers.tick(now_ms))
        desk.follow(desk.judge.tick(now_ms))
        for name in sorted(self.doors):
            desk.follow(self.doors[name].tick(now_ms))
        desk.follow(desk.outputs.tick(now_ms))
        desk.watch.tick()
        guess = self.timekeeper.guess()
        return desk.end() + (self.set_clock(guess[0], now_ms, guess[1]) if guess else [])

    def next_deadline_ms(self) -> int | None:
        """Return the next moment at which `tick` has something to do."""
        desk = self.desk
        parts = [self.readers, desk.judge, desk.outputs, self.peers, self.timekeeper] + list(self.doors.values())
        due = [part.next_deadline_ms() for part in parts] + [desk.watch.ask_again_ms, desk.watch.look_ms]
        wall = desk.premises.next_deadlines_at_ms() + [desk.watch.next_deadline_at_ms()]
        due += [self.site.wall.now_ms(at_ms) for at_ms in wall if at_ms is not None]
        due = [moment for moment in due if moment is not None]
        return min(due) if due else None

    # -- the other controllers -------------------------------------------------------------------

    def take(self, event: dict, now_ms: int) -> list:
        """Take an event of another controller."""
        self.desk.begin(now_ms)
        self.recorder.stamps.hear(event["stamp"])
        self.desk.consume(event)
        return self.desk.end()

    def taken(self, now_ms: int) -> list:
        """Look at what the events of one message, each taken, have changed together."""
        self.desk.begin(now_ms)
        self.desk.unlearn_replaced()
        self.desk.watch.look_at_changed()
        return self.desk.end()

    def heard(self, controller: str, up_to: int | None, now_ms: int) -> list:
        """Take a sign of life; `up_to`: a stamp; every fact of that controller up to it is here."""
        self.desk.begin(now_ms)
        self.peers.heard(controller, now_ms, up_to)
        if controller in self.desk.consoles.counts:
            self.desk.watch.console_seen(controller)
        self.desk.watch.look_at_open()
        if self.desk.is_heir and self.site.is_clock_trusted() and not self.peers.lacks_own():
            self.desk.is_heir = not self.desk.badges.end_left_pending()
        return self.desk.end()

    def ahead(self, controller: str, error_ms: int, now_ms: int) -> list:
        """Take note that a controller's stamps lie too far ahead."""
        self.desk.begin(now_ms)
        self.desk.containment.note_ahead(controller, error_ms)
        return self.desk.end()

    def clock_of(self, controller: str, at_ms: int, err_ms: int, now_ms: int) -> list:
        """Take what another controller's clock, which it trusts, says."""
        self.desk.begin(now_ms)
        self.timekeeper.heard(at_ms, err_ms)
        better = self.timekeeper.better(at_ms, err_ms)
        if better:
            return self.set_clock(better[0], now_ms, better[1])
        self.desk.containment.compare(controller, at_ms)
        return self.desk.end()

    def forgotten(self, now_ms: int) -> list:
        """Our flash is an old one: others know what we once wrote. What we wrote since gets other names."""
        self.desk.begin(now_ms)
        self.desk.rename_since_start()
        self.desk.write("controller.duplicate", {"peer": self.name})
        return self.desk.end()

    def lacked(self, inc: int, stream: str, first: int, last: int, names: list, now_ms: int) -> list:
        """Take who has as little as we of what a board before us wrote. What nobody has is lost: nobody waits for it."""
        self.desk.begin(now_ms)
        if all([name in names for name in self.peers.needed(self.settings["controllers"])]):
            self.desk.write("log.lost", {"origin": [self.name, inc, stream], "from": first, "to": last})
            self.desk.put(("close", inc, stream, last))
        return self.desk.end()

    def digested(self, controller: str, told: list, now_ms: int) -> list:
        """Take another controller's [area, hash of the vector, digest]."""
        self.desk.begin(now_ms)
        self.desk.watch.compare(*told)
        return self.desk.end()

    def duplicate(self, now_ms: int) -> list:
        """Another board has our name, or knows more of our log than we do: go on under a new incarnation."""
        self.desk.begin(now_ms)
        self.desk.open_incarnation()
        self.desk.write("controller.duplicate", {"peer": self.name})
        return self.desk.end()

    def newest_known(self, controller: str, stamp: int, now_ms: int) -> list:
        """Take the largest stamp that a board without a clock knows; ours is untrusted, too."""
        self.desk.begin(now_ms)
        self.recorder.stamps.hear(stamp)
        return self.desk.end()

    def kept(self, who: str, vector: list, now_ms: int) -> list:
        """Take what another has in its flash: of our own events nobody needs to keep that for him."""
        self.desk.begin(now_ms)
        self.desk.memory.kept(who, vector)
        return self.desk.end()

    def conflict(self, controller: str, now_ms: int) -> list:
        """Two events have one name: report whose."""
        self.desk.begin(now_ms)
        self.desk.write("controller.duplicate", {"peer": controller})
        return self.desk.end()

    def tell(self, now_ms: int) -> dict:
        """Return what a heartbeat says of this board: its clock, and what the whole site must not miss."""
        wall, site = self.site.wall, self.site
        told = {"clock": [wall.at_ms(now_ms), wall.err_ms(now_ms), wall.is_trusted]}
        if not wall.is_trusted:
            told["newest"] = self.recorder.stamps.newest
        digest = self.desk.watch.next_digest() if wall.is_trusted else None
        if digest:
            told["digest"] = digest
        sources, lockdowns = site.emergency.to_repeat(), site.lockdowns.to_repeat()
        if sources:
            told["sources"] = sources
        if lockdowns:
            told["lockdowns"] = lockdowns
        return told

    def take_sources(self, controller: str, rows: list, now_ms: int) -> list:
        """Take the emergencies that another controller says are active: [[source, stamp, at_ms], ...]."""
        new = [row for row in rows if self.site.emergency.take_repeated(tuple(row[0]), row[1], row[2])]
        return self._obey_repeated(new, now_ms)

    def take_lockdowns(self, controller: str, rows: list, now_ms: int) -> list:
        """Take the lockdowns that another controller says hold: [[doors, stamp, name, nonce], ...]."""
        new = [row for row in rows if self.site.lockdowns.take_repeated(row[1], row[2], row[3], row[0])]
        return self._obey_repeated(new, now_ms)

    def _obey_repeated(self, new: list, now_ms: int) -> list:
        if not new:
            return []
        self.desk.begin(now_ms)
        self.desk.premises.obey_site()
        return self.desk.end()

    def missed(self, controller: str, now_ms: int) -> list:
        """Take note that a controller is offline."""
        self.desk.begin(now_ms)
        self.peers.missed(controller, now_ms)
        return self.desk.end()

    def link(self, is_up: bool, now_ms: int) -> list:
        """Take the state of our own link."""
        self.desk.begin(now_ms)
        self.desk.judge.has_link = is_up
        self.timekeeper.link(is_up)
        self.peers.link_changed(now_ms)
        if not is_up:
            self.desk.follow(self.desk.judge.link_lost(now_ms))
            for other in self.settings["controllers"]:
                self.peers.missed(other, now_ms)
        return self.desk.end()

    def answered(self, question: int, controller: str, must_wait: bool, now_ms: int) -> list:
        """Take an answer to our question; every fact that it names is here."""
        self.desk.begin(now_ms)
        return self._follow(self.desk.judge.answered(question, controller, must_wait, now_ms))

    def asked(self, asker: str, drawn: int, no: int, areas: list, now_ms: int) -> list:
        """Take another controller's question. Without ("answer", question) the answer comes later."""
        self.desk.begin(now_ms)
        self.recorder.stamps.hear(drawn)
        question = Question(asker, drawn, no, areas, [])
        if self.desk.judge.is_asked(question):
            self.desk.put(("answer", question))
        return self.desk.end()


def _started(configuration: int, cause: str) -> dict:
    return {"version": VERSION, "reset_cause": cause, "configuration": configuration}
