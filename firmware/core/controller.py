"""One controller: credentials, doors, rules and logs joined. Pure: events in, actions out.

Actions, the lock's first:
    ("lock", door, is_locked)    ("output", name, is_on)    ("signal", reader, pattern)
    ("append", event)            write to the log; others get it once it is durable
    ("ask", question)            ask other controllers, ("answer", question) answer one of theirs
    ("reply", operator, answer)
"""

from firmware.core import events, stamp
from firmware.core.attempt import because
from firmware.core.command import Commands, Refused, brief
from firmware.core.credentials import People
from firmware.core.door import Door
from firmware.core.judge import Judge, Question
from firmware.core.links import Outputs
from firmware.core.readers import Readers
from firmware.core.recorder import Recorder
from firmware.core.reports import Reports
from firmware.core.site import Site
from firmware.core.standing import UNKNOWN
from firmware.core.throttle import Throttle

_ASK_AGAIN_MS = 2000
_NONCES_MAX = 256


class Controller:
    """Everything a board decides.

    `log` keeps its events and others' (`add(event)`, `facts_about(no)`); `contacts` is
    {name: is open or active} of its doors' leaves and its inputs at the start.
    """

    def __init__(self, part, inc: int, log, contacts: dict, now_ms: int = 0):
        settings = self.settings = part.settings
        self.name = settings["controller"]
        self.people = People(part.tables, bytes.fromhex(settings["salt"]), settings["group_sets"])
        self.doors = {
            name: Door(name, door, now_ms, contacts.get(name, False)) for name, door in settings["doors"].items()
        }
        self.site = Site(settings, self.people, self.doors, log.facts_about, now_ms)
        self.presence, self.peers = self.site.presence, self.site.peers
        self.recorder = Recorder(self.name, inc, self.site.wall, self.people.id_of)
        self.readers = Readers(settings, self.people, self.site)
        self.judge = Judge(self.presence, self.peers, lambda: self.recorder.draw_stamp(self.site.now_ms))
        self.reports = Reports(self.presence, self.peers)
        self.outputs = Outputs(settings["outputs"], settings["links"])
        self.commands = Commands(settings, self.people, self.presence, self.doors, self.site)
        self._log = log
        self._contacts = contacts
        self._throttle = Throttle()
        self._nonces = []  # of commands that had their effect here
        self._open_grants = set()  # (door, reader, no) granted by us, not known to be entered
        self._isolated = {}  # area -> controllers that do not answer
        self._schedule_changes = {}  # door -> at_ms of its unlock schedule's next change
        self._ask_again_ms = None
        self._out = []

    # -- what happens to it ----------------------------------------------------------------------

    def replay(self, event: dict) -> None:
        """Take an event found in the log at a start, before `start`."""
        self.recorder.resume(event)
        self._learn(event)

    def start(self, now_ms: int, cause: str) -> list:
        """Take up work: drive the locks, say what was lost with the power."""
        self._begin(now_ms)
        if not self.site.is_clock_trusted():
            self.site.wall.estimate(stamp.at_ms(self.recorder.stamps.newest) + 1, now_ms)
        for name in sorted(self.doors):
            self._out.append(("lock", name, self.doors[name].is_locked))
        self._write("controller.started", {"reset_cause": cause, "configuration": self.settings["version"]})
        for door, reader, no in sorted(self._open_grants):
            self._write("access.not_used", {"door": door, "reader": reader, "no": no, "lost": True})
        self._forget_removed()
        self._obey_site()
        for name in sorted(self.settings["inputs"]):
            self._take_input(name, self._contacts.get(name, False), True)
        return self._end()

    def card(self, reader: str, text: str, now_ms: int) -> list:
        """Take a card that a reader's line decoded."""
        self._begin(now_ms)
        self._follow(self.readers.card(reader, text, now_ms))
        return self._end()

    def keys(self, reader: str, digits: str, now_ms: int) -> list:
        """Take keys of a reader's keypad."""
        self._begin(now_ms)
        self._follow(self.readers.keys(reader, digits, now_ms))
        return self._end()

    def bad_read(self, reader: str, why: str, now_ms: int) -> list:
        """Take a frame that was no credential."""
        self._begin(now_ms)
        self._deny_early(reader, {"reason": "bad_read", "fault": why})
        return self._end()

    def leaf(self, door: str, is_open: bool, now_ms: int) -> list:
        """Take a door position sensor."""
        self._begin(now_ms)
        self._follow(self.doors[door].leaf(is_open, now_ms))
        return self._end()

    def rex(self, door: str, is_pressed: bool, now_ms: int) -> list:
        """Take a REX contact."""
        self._begin(now_ms)
        self._follow(self.doors[door].rex(is_pressed, now_ms))
        return self._end()

    def contact(self, name: str, is_active: bool, now_ms: int) -> list:
        """Take a general input; `is_active` is already read through its kind of contact."""
        self._begin(now_ms)
        self._take_input(name, is_active, False)
        return self._end()

    def command(self, command: dict, now_ms: int) -> list:
        """Take an operator's command, once per nonce."""
        self._begin(now_ms)
        if command["nonce"] in self._nonces or self.presence.knows_nonce(command["nonce"]):
            self._reply(command, {"done": "before"})
        else:
            self._obey(command)
        return self._end()

    def set_clock(self, at_ms: int, now_ms: int) -> list:
        """Take a synchronisation. What was written before the first one gets its stamps now."""
        self._begin(now_ms)
        was_trusted, moved_ms = self.site.is_clock_trusted(), at_ms - self.site.at_ms()
        self.site.wall.set(at_ms, now_ms)
        self._schedule_changes = {}
        if not was_trusted:
            self._settle_stamps(moved_ms)
        return self._end()

    def take(self, event: dict, now_ms: int) -> list:
        """Take an event of another controller."""
        self._begin(now_ms)
        self.recorder.stamps.hear(event["stamp"])
        self._consume(event)
        return self._end()

    def heard(self, controller: str, up_to: int | None, now_ms: int) -> list:
        """Take a sign of life; `up_to`: a stamp; every fact of that controller up to it is here."""
        self._begin(now_ms)
        self.peers.heard(controller, now_ms, up_to)
        if self._ask_again_ms is not None:
            self._review_all()
        return self._end()

    def missed(self, controller: str, now_ms: int) -> list:
        """Take note that a controller is offline."""
        self._begin(now_ms)
        self.peers.missed(controller, now_ms)
        return self._end()

    def link(self, is_up: bool, now_ms: int) -> list:
        """Take the state of our own link."""
        self._begin(now_ms)
        if is_up:
            self.judge.has_link = True
        else:
            self._follow(self.judge.link_lost(now_ms))
            for other in self.settings["controllers"]:
                self.peers.missed(other, now_ms)
        return self._end()

    def answered(self, question: int, controller: str, must_wait: bool, now_ms: int) -> list:
        """Take an answer to our question; every fact that it names is here."""
        self._begin(now_ms)
        self._follow(self.judge.answered(question, controller, must_wait, now_ms))
        return self._end()

    def asked(self, asker: str, drawn: int, no: int, areas: list, now_ms: int) -> list:
        """Take another controller's question. Without ("answer", question) the answer comes later."""
        self._begin(now_ms)
        self.recorder.stamps.hear(drawn)
        question = Question(asker, drawn, no, areas, [])
        if self.judge.is_asked(question):
            self._out.append(("answer", question))
        return self._end()

    def tick(self, now_ms: int) -> list:
        """Do what is due by time alone."""
        self._begin(now_ms)
        if self.peers.tick(now_ms):
            self._review_all()
        self._follow_schedules()
        self._follow(self.readers.tick(now_ms))
        self._follow(self.judge.tick(now_ms))
        for name in sorted(self.doors):
            self._follow(self.doors[name].tick(now_ms))
        self._follow(self.outputs.tick(now_ms))
        self._review_due()
        return self._end()

    def next_deadline_ms(self) -> int | None:
        """Return the next moment at which `tick` has something to do."""
        parts = [self.readers, self.judge, self.outputs, self.peers] + list(self.doors.values())
        due = [part.next_deadline_ms() for part in parts] + [self._ask_again_ms]
        wall = list(self._schedule_changes.values()) + [self.reports.next_deadline_at_ms()]
        due += [self.site.wall.now_ms(at_ms) for at_ms in wall if at_ms is not None]
        due = [moment for moment in due if moment is not None]
        return min(due) if due else None

    # -- the way of every verb -------------------------------------------------------------------

    def _begin(self, now_ms: int) -> None:
        self.site.now_ms = now_ms

    def _end(self) -> list:
        """Finish a verb: settle what it left open, hand out its actions with the locks first."""
        self._ask_unsettled()
        self._note_isolation()
        out, self._out = self._out, []
        first = [action for action in out if action[0] == "lock"]
        return first + [action for action in out if action[0] != "lock"]

    def _follow(self, actions: list) -> None:
        """Carry out what the parts ask for."""
        entered = set()
        for action in actions:
            kind = action[0]
            if kind == "event":
                self._write(action[1], action[2])
            elif kind == "entered" or kind == "not_used":
                self._end_grant(kind, action[1], action[2], entered)
            elif kind == "attempt":
                self._follow(self.judge.present(action[1], self.site.now_ms))
            elif kind == "decide":
                self._decide(action[1], action[2])
            elif kind == "deny":
                self._deny_early(action[1], action[2])
            elif kind == "keypad_locked":
                self._write("keypad.locked", {"reader": action[1]})
            else:
                self._out.append(action)

    def _write(self, kind: str, fields: dict, at_ms: int | None = None) -> dict:
        event = self.recorder.write(kind, fields, self.site.now_ms, at_ms)
        self._log.add(event)
        self._out.append(("append", event))
        self._consume(event)
        return event

    def _consume(self, event: dict) -> None:
        """Take an event, ours or another's: learn from it, act on it."""
        touched = self._learn(event)
        self._follow(self.outputs.fire(event, self.site.at_ms(), self.site.now_ms))
        if event["stream"] == "site":
            self._obey_site()
        for area, no in touched:
            self._review(area, no)
        if self._ask_again_ms is None and any(self.presence.is_special(area, no) for area, no in touched):
            self._ask_again_ms = self.site.now_ms

    def _learn(self, event: dict) -> list:
        """Fold an event. Returns (area, no) of the standings that may have changed."""
        kind, touched = event["type"], []
        if kind in events.REPORTS and "of" in event:
            self.reports.take(event)
        if event["stream"] == "site":
            touched = self._learn_of_site(event)
        elif events.is_fact(event):
            touched = self.presence.take(event)
        if kind == "access.granted":
            self.site.count_grant(event)
        if event["controller"] == self.name:
            self._keep_open_grants(event)
        return touched

    def _learn_of_site(self, event: dict) -> list:
        kind = event["type"]
        if kind == "lockdown.started" or kind == "lockdown.ended":
            self.site.lockdowns.take(event, event["doors"], kind == "lockdown.started")
        elif kind == "controller.retired" or kind == "controller.restored":
            self.site.retired.take(event, [event["peer"]], kind == "controller.retired")
        else:
            self.site.emergency.take(event)
            return self.presence.take_emergency_ends(self.site.emergency.ends())
        return []

    def _keep_open_grants(self, event: dict) -> None:
        kind = event["type"]
        if kind == "access.granted" and self.doors.get(event["door"]) and self.doors[event["door"]].has_sensor:
            self._open_grants.add((event["door"], event["reader"], event["no"]))
        elif kind == "access.entered" or kind == "access.not_used":
            self._open_grants.discard((event["door"], event["reader"], event["no"]))

    # -- decisions at a door ---------------------------------------------------------------------

    def _decide(self, attempt, verdict) -> None:
        if verdict.denials:
            self._deny(attempt, verdict)
        else:
            self._grant(attempt, verdict)

    def _grant(self, attempt, verdict) -> None:
        who = (attempt.reader, attempt.person.no)
        door = self.doors[attempt.door].grant(who, self.site.now_ms, attempt.person.is_extended)
        fields = self._badge_fields(attempt, verdict)
        if attempt.is_exempt:
            fields["exempt"] = True
        if verdict.is_pardoned:
            fields["pardoned"] = True
        # The relay moves before the event is written; what the door says of it comes after.
        self._follow([action for action in door if action[0] == "lock"])
        self._write_badge("access.granted", fields, attempt, verdict)
        self._out.append(("signal", attempt.reader, "granted"))
        self._follow([action for action in door if action[0] != "lock"])

    def _deny(self, attempt, verdict) -> None:
        book = self.presence.view(attempt.person.no, attempt.at_ms)
        fields = self._badge_fields(attempt, verdict)
        fields["reason"] = verdict.reason()
        fields["areas"] = verdict.areas()
        fields["because"] = because(attempt, book, verdict)
        self._write_badge("access.denied", fields, attempt, verdict)
        self._out.append(("signal", attempt.reader, "denied_apb"))

    def _badge_fields(self, attempt, verdict) -> dict:
        fields = {
            "door": attempt.door,
            "reader": attempt.reader,
            "no": attempt.person.no,
            "card": attempt.card,
            "judge": attempt.judge,
            "after": self._newest_badges(attempt),
        }
        if verdict.violates:
            fields["violates"] = verdict.violates
        if attempt.is_unverified:
            fields["unverified"] = True
        if attempt.is_confirmed:
            fields["confirmed"] = True
        return fields

    def _newest_badges(self, attempt) -> dict:
        after = {}
        for area in attempt.judge:
            entry = self.presence.journal.newest_badge(attempt.person.no, area)
            if entry:
                after[area] = list(entry.name)
        return after

    def _write_badge(self, kind: str, fields: dict, attempt, verdict) -> None:
        """Write a badge; what it violates was found in time if all answer within `confirm_ms` of it."""
        of = (self.name, self.recorder.inc, self.recorder.seqs["facts"] + 1)
        for area in verdict.violates:
            if area in attempt.sure_areas:
                self.reports.vouch(area, of)
            self.reports.found(of, attempt.at_ms + self.presence.rules[area]["confirm_ms"])
        self._write(kind, fields, attempt.at_ms)

    def _deny_early(self, reader: str, fields: dict) -> None:
        """Deny a credential that is no badge: anti-passback has not been asked."""
        now_ms, reason = self.site.now_ms, fields["reason"]
        self._out.append(("signal", reader, "denied"))
        if reason in ("bad_read", "unknown_credential"):
            count = self._throttle.pass_count(reason, reader, now_ms)
            if count is None:
                return
            if count > 1:
                fields["count"] = count
        fields["reader"] = reader
        fields["door"] = self.settings["readers"][reader]["door"]
        for key in ("no", "card"):
            fields.setdefault(key, None)
        if fields["no"] is None:
            fields["user"] = None
        self._write("access.denied", fields)

    def _end_grant(self, kind: str, door: str, who: tuple, told: set) -> None:
        """A grant ended; of several by one person at one reader only one is told."""
        if (kind, who) not in told:
            told.add((kind, who))
            self._write("access." + kind, {"door": door, "reader": who[0], "no": who[1]})

    # -- violations ------------------------------------------------------------------------------

    def _review(self, area: str, no: int) -> None:
        if self.presence.is_special(area, no) or self.reports.concerns(area, no):
            for kind, fields in self.reports.review(area, no, self.site.at_ms()):
                self._write(kind, fields)

    def _review_due(self) -> None:
        due_ms = self.reports.next_deadline_at_ms()
        if due_ms is not None and due_ms <= self.site.at_ms():
            self._review_all()
            self.reports.drop_due(self.site.at_ms())

    def _review_all(self) -> None:
        for area, no in self.presence.special():
            self._review(area, no)

    def _ask_unsettled(self) -> None:
        """Ask about suspicions until they are settled: at once, then every 2 s while anybody can hear."""
        now_ms = self.site.now_ms
        if self._ask_again_ms is None or now_ms < self._ask_again_ms:
            return
        unsettled = self.reports.unsettled()
        self._ask_again_ms = now_ms + _ASK_AGAIN_MS if unsettled else None
        if unsettled and self.judge.has_link:
            self._out.append(("ask", self._settling_question(unsettled)))

    def _settling_question(self, unsettled: list) -> Question:
        missing = set()
        for area, _, badge in unsettled:
            missing.update(self.peers.not_beyond(self.presence.watchers(area), badge))
        drawn = self.recorder.draw_stamp(self.site.now_ms)
        return Question(self.name, drawn, None, sorted({entry[0] for entry in unsettled}), sorted(missing))

    def _note_isolation(self) -> None:
        """`area.isolated` stands while a controller of an area that denies does not answer."""
        for area in sorted(self.presence.rules):
            rules = self.presence.rules[area]
            silent = self.peers.silent(self.presence.watchers(area)) if rules.denies() else []
            if silent != self._isolated.get(area, []) and self.name in rules["controllers"]:
                self._isolated[area] = silent
                kind = "area.isolated" if silent else "area.joined"
                self._write(kind, {"area": area, "controllers": silent})

    # -- the site --------------------------------------------------------------------------------

    def _take_input(self, name: str, is_active: bool, is_boot: bool) -> None:
        kind = self.settings["inputs"][name]["kind"]
        if is_active or not is_boot:
            self._write("input.on" if is_active else "input.off", {"input": name, "kind": kind})
        if kind == "fire":
            self._take_fire(name, is_active)

    def _take_fire(self, name: str, is_active: bool) -> None:
        own = [source for source in self.site.emergency.sources() if source[:2] == (self.name, name)]
        if is_active and not own:
            source = [self.name, name, self.recorder.seqs["site"] + 1]
            self._write_emergency("emergency.started", {"source": source})
        elif own and not is_active:
            self._write_emergency("emergency.ended", {"ends": [list(source) for source in own]})

    def _write_emergency(self, kind: str, fields: dict) -> None:
        """Write a start (one source) or an end (the sources it ends), with the sources left."""
        named = [tuple(fields["source"])] if kind == "emergency.started" else []
        ended = [tuple(source) for source in fields.get("ends", [])]
        left = set(self.site.emergency.sources()) | set(named)
        fields["sources"] = [list(source) for source in sorted(left - set(ended), key=str)]
        self._write(kind, fields)

    def _obey_site(self) -> None:
        """Let doors and outputs follow emergency, lockdowns and schedules as they are now."""
        now_ms, is_emergency = self.site.now_ms, self.site.emergency.is_active()
        for name in sorted(self.doors):
            self._follow(self.doors[name].set_emergency(is_emergency, now_ms))
            self._follow(self.doors[name].set_lockdown(self.site.lockdowns.is_on(name), now_ms))
        self._follow(self.outputs.set_emergency(is_emergency, now_ms))
        self._schedule_changes = {}
        self._follow_schedules()

    def _follow_schedules(self) -> None:
        """Let the doors follow their unlock schedules; without a trusted clock none unlocks."""
        at_ms = self.site.at_ms()
        for name in sorted(self.doors):
            due_ms = self._schedule_changes.get(name, at_ms)
            if due_ms is not None and due_ms <= at_ms:
                schedule = self.site.schedules[self.settings["doors"][name]["unlock_schedule"]]
                is_active = self.site.is_clock_trusted() and schedule.is_active(at_ms)
                self._schedule_changes[name] = schedule.next_change_ms(at_ms)
                self._follow(self.doors[name].set_schedule(is_active, self.site.now_ms))

    def _forget_removed(self) -> None:
        """People who are no longer in the site lose violation, pardon and presence, told once."""
        for area in sorted(self.presence.rules):
            if self.peers.first_online(self.presence.rules[area]["controllers"]) != self.name:
                continue
            for no in sorted(set(self.presence.known(area))):
                if self.people.person(no) is None and self.presence.is_known(area, no):
                    self._write("apb.moved", {"area": area, "no": no, "presence": UNKNOWN, "by": "removed"})

    def _settle_stamps(self, moved_ms: int) -> None:
        """The clock is set: stamp again what was written before, fold it at its place, let others have it."""
        self._write("clock.set", {"offset": moved_ms})
        settled = self.recorder.settle(moved_ms, self.site.now_ms)
        for event in settled:
            self._out.append(("append", event))
        for area, no in self.presence.fold_again([event["no"] for event in settled if event.get("no") is not None]):
            self._review(area, no)
        self._follow_schedules()

    # -- operators -------------------------------------------------------------------------------

    def _obey(self, command: dict) -> None:
        try:
            effects = self.commands.check(command, self.site.at_ms())
        except Refused as refused:
            self._refuse(command, str(refused))
            return
        self._nonces.append(command["nonce"])
        del self._nonces[:-_NONCES_MAX]
        for effect in effects:
            self._carry_out(command, effect)

    def _carry_out(self, command: dict, effect: tuple) -> None:
        answer = {"done": "now"}
        if effect[0] == "unlock":
            self._follow(_named(self.doors[effect[1]].unlock(self.site.now_ms), command))
        elif effect[0] == "silence":
            self._follow(_named(self.outputs.silence(effect[1], self.site.now_ms), command))
        elif effect[1].startswith("emergency."):
            self._write_emergency(effect[1], effect[2])
        else:
            answer["event"] = self._write(effect[1], effect[2])
        self._reply(command, answer)

    def _refuse(self, command: dict, reason: str) -> None:
        operator, action = brief(command.get("operator")), brief(command.get("action"))
        count = self._throttle.pass_count("command.refused", (operator, reason), self.site.now_ms)
        if count is not None:
            fields = {"operator": operator, "action": action, "reason": reason}
            if count > 1:
                fields["count"] = count
            self._write("command.refused", fields)
        self._reply(command, {"refused": reason})

    def _reply(self, command: dict, answer: dict) -> None:
        answer["nonce"] = command["nonce"]
        self._out.append(("reply", brief(command.get("operator")), answer))


def _named(actions: list, command: dict) -> list:
    """Let the events of an operator's act on a door or output say who asked for it, and why."""
    for action in actions:
        if action[0] == "event":
            action[2]["operator"] = command["operator"]
            action[2]["reason"] = brief(command.get("reason", ""))
    return actions
