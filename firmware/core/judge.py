"""From an attempt to a verdict that may be spoken: queueing, companions, and doubt before denying.

Actions:
    ("decide", attempt, verdict)   grant or deny, now
    ("ask", question)              ask other controllers for their newest facts
    ("answer", question)           answer a question that had to wait for our own verdict
    ("next", reader)               the reader has spoken: `next` takes who queues there
    ("signal", reader, pattern)
Rules: RULES.md, "Asking before denying".
"""

from firmware.const import const
from firmware.core.attempt import weigh
from firmware.core.waiting_room import WaitingRoom, may_pass_together

_QUEUE_MAX = const(4)
_DEFERRED_MAX = const(64)  # whoever asked earlier gets no answer, and finds us silent


class Question:
    """One question to other controllers, and the attempt that waits for it at its reader."""

    def __init__(self, asker: str, stamp: int, no: int, areas: list, controllers: list):
        self.asker = asker
        self.stamp = stamp
        self.no = no
        self.areas = areas
        self.missing = set(controllers)
        self.attempt = None
        self.deadline_ms = None
        self.is_prolonged = False

    def key(self) -> tuple:
        return (self.stamp, self.asker)


class Judge:
    """Decides attempts one at a time per reader. `draw_stamp()` gives the stamp of a question."""

    def __init__(self, presence, peers, draw_stamp):
        self._presence = presence
        self._peers = peers
        self._draw_stamp = draw_stamp
        self._questions = {}  # reader -> Question
        self._queues = {}
        self._room = WaitingRoom()
        self._deferred = []  # questions of others that wait for ours
        self.has_link = False
        self.ignored = 0

    # -- a badge ---------------------------------------------------------------------------------

    def present(self, attempt, now_ms: int) -> list:
        """Take an attempt. While its reader is asking, the same person is ignored and others queue."""
        reader, no = attempt.reader, attempt.person.no
        question, queue = self._questions.get(reader), self._queues.setdefault(reader, [])
        is_here = self._room.holds(reader, no)
        if not question and not is_here:
            return self._start(attempt, now_ms)
        if is_here or len(queue) >= _QUEUE_MAX or any([other.person.no == no for other in [question.attempt] + queue]):
            self.ignored += 1
        else:
            queue.append(attempt)
        return []

    def weigh(self, attempt, excused: list = ()):
        """Judge an attempt by the table as it is. Returns (verdict, book)."""
        book = self._presence.view(attempt.person.no, attempt.at_ms)
        return weigh(attempt, book, lambda area: self._presence.inside(area, attempt.at_ms), excused), book

    def _start(self, attempt, now_ms: int) -> list:
        verdict = self.weigh_group(attempt)
        if verdict.denials and verdict.only_lacks_companion() and not attempt.has_waited:
            attempt.lacking = verdict.areas()
            return self._await_companion(attempt, now_ms)
        return self._consider(attempt, verdict, now_ms)

    def _consider(self, attempt, verdict, now_ms: int) -> list:
        """Speak a verdict at once, or ask first."""
        areas = self._doubtful(attempt, verdict, ())
        if not areas:
            return self._speak(attempt, verdict)
        controllers = self._controllers(areas)
        if not controllers and not self._peers.lacks_own():
            return self._speak(attempt, verdict)
        return self._ask(attempt, areas, controllers, now_ms)

    def _doubtful(self, attempt, verdict, asked: list) -> list:
        """Return the areas to ask about before this verdict is spoken, less those asked already."""
        wanted = verdict.areas() if verdict.denials else []
        for area, how in attempt.judge.items():
            if how[1] in ("deny", "hard") and self._presence.rules[area].settings["confirm_grants"]:
                wanted.append(area)
        if not wanted:
            return []
        if self._controllers(wanted):
            # Somebody is asked anyway; a soft area alone is asked about after the grant.
            wanted += sorted(verdict.violates)
        return sorted({area for area in wanted if area not in asked})

    def _controllers(self, areas: list) -> list:
        names = {name for area in areas for name in self._presence.watchers(area)}
        return self._peers.needed(sorted(names))

    # -- companions ------------------------------------------------------------------------------

    def _await_companion(self, attempt, now_ms: int) -> list:
        group = self._room.company(attempt) + [attempt]
        weighed = [self.weigh(other) for other in group]
        verdicts, books = [pair[0] for pair in weighed], [pair[1] for pair in weighed]
        inside = lambda area: self._presence.inside(area, attempt.at_ms)
        if len(group) > 1 and may_pass_together(group, verdicts, books, inside):
            self._room.remove(group)
            attempt.companions = group[:-1]
            return self._consider(attempt, self.weigh_group(attempt), now_ms)
        if self._room.add(attempt, now_ms):
            return [("signal", attempt.reader, "waiting")]
        attempt.has_waited = True
        return self._start(attempt, now_ms)

    def weigh_group(self, attempt, excused: list = ()):
        """Judge an attempt; where companions came with it, nobody lacks one."""
        verdict, _ = self.weigh(attempt, excused)
        if attempt.companions:
            verdict.denials = [denial for denial in verdict.denials if denial[2] != "needs_companion"]
        elif attempt.has_waited and not verdict.denials:
            # It would open for somebody who went away: the ten seconds are over.
            for area in attempt.lacking:
                verdict.deny(area, "needs_companion")
        return verdict

    def _let_in(self, attempt) -> list:
        verdict, _ = self.weigh(attempt)
        verdict.denials = []
        return [("decide", attempt, verdict)]

    def _speak(self, attempt, verdict) -> list:
        """Decide for an attempt, and alike for those who pass with it."""
        actions = []
        for other in attempt.companions:
            other.is_confirmed, other.is_unverified = attempt.is_confirmed, attempt.is_unverified
            other.sure_areas = attempt.sure_areas
            theirs = self.weigh(other)[0]
            theirs.denials = verdict.denials
            actions.append(("decide", other, theirs))
        return actions + [("decide", attempt, verdict)]

    # -- asking ----------------------------------------------------------------------------------

    def _ask(self, attempt, areas: list, controllers: list, now_ms: int) -> list:
        question = Question(self._peers.name, self._draw_stamp(), attempt.person.no, areas, controllers)
        question.attempt = attempt
        question.deadline_ms = now_ms + self._patience_ms(areas)
        self._questions[attempt.reader] = question
        if not self.has_link or not controllers:
            return self._conclude(question, now_ms)
        return [("signal", attempt.reader, "asking"), ("ask", question)] + self._answer_deferred()

    def _patience_ms(self, areas: list) -> int:
        return max(self._presence.rules[area]["confirm_ms"] for area in areas)

    def answered(self, stamp: int, controller: str, must_wait: bool, now_ms: int) -> list:
        """Take an answer: every fact it names is here, or its controller asks us to wait once."""
        for reader in sorted(self._questions):
            question = self._questions[reader]
            if question.stamp == stamp and controller in question.missing:
                return self._take_answer(question, controller, must_wait, now_ms)
        return []

    def _take_answer(self, question, controller: str, must_wait: bool, now_ms: int) -> list:
        if must_wait:
            if not question.is_prolonged:
                question.is_prolonged = True
                question.deadline_ms += self._patience_ms(question.areas)
            return []
        question.missing.discard(controller)
        return [] if question.missing else self._conclude(question, now_ms)

    def is_asked(self, question) -> bool:
        """Take another controller's question. True: answer now; else it waits for our own verdict."""
        for own in self._questions.values():
            if own.no == question.no and own.key() < question.key():
                self._deferred.append(question)
                del self._deferred[:-_DEFERRED_MAX]
                return False
        return True

    def _conclude(self, question, now_ms: int) -> list:
        """Judge again with what came; whoever did not answer isolates us in their areas."""
        attempt = question.attempt
        for controller in question.missing:
            self._peers.missed(controller, now_ms)
        alone = [area for area in question.areas if self._is_alone(area, question.missing)]
        excused = [area for area in alone if self._presence.rules[area]["when_isolated"] == "soft"]
        verdict = self.weigh_group(attempt, excused)
        further = self._doubtful(attempt, verdict, question.areas)
        if self._controllers(further):
            areas = sorted(question.areas + further)
            return self._ask(attempt, areas, self._controllers(areas), now_ms)
        self._deny_unconfirmed(attempt, verdict, alone, excused)
        is_all_asked = all(area in question.areas for area in verdict.violates)
        attempt.is_confirmed = is_all_asked and not question.missing and not alone
        attempt.is_unverified |= bool(alone) and self._rests_on(attempt, verdict, alone)
        attempt.sure_areas = [area for area in question.areas if area not in alone]
        return self._speak(attempt, verdict) + self._free(attempt.reader)

    def _is_alone(self, area: str, missing: set) -> bool:
        """Say whether somebody who could know better did not answer, or what our own name once wrote is not all here."""
        watchers = set(self._presence.watchers(area))
        return bool(missing & watchers) or (self._peers.name in watchers and self._peers.lacks_own())

    def _deny_unconfirmed(self, attempt, verdict, alone: list, excused: list) -> None:
        """`confirm_grants` unanswered under `enforce`: denied `isolated`."""
        for area in alone:
            asks = self._presence.rules[area]["confirm_grants"] and attempt.judge[area][1] in ("deny", "hard")
            if asks and area not in excused + verdict.areas():
                verdict.deny(area, "isolated")

    def _rests_on(self, attempt, verdict, alone: list) -> bool:
        """Say whether the areas that nobody confirmed matter to this verdict."""
        if verdict.denials:
            return verdict.denials[0][1] in alone
        return True

    def _free(self, reader: str) -> list:
        """The reader has spoken: answer who waited for it."""
        self._questions.pop(reader, None)
        return self._answer_deferred() + ([("next", reader)] if self._queues[reader] else [])

    def _answer_deferred(self) -> list:
        """Answer those who no longer have to wait for a verdict of ours."""
        free = [question for question in self._deferred if self._is_free_for(question)]
        self._deferred = [question for question in self._deferred if question not in free]
        return [("answer", question) for question in free]

    def next(self, reader: str, now_ms: int) -> list:
        """Judge the next in a reader's queue, now that the one before is decided and folded."""
        if reader in self._questions or not self._queues[reader]:
            return []
        attempt = self._queues[reader].pop(0)
        more = [("next", reader)] if self._queues[reader] else []
        return self._start(attempt, now_ms) + more

    def _is_free_for(self, question) -> bool:
        return not any(own.no == question.no and own.key() < question.key() for own in self._questions.values())

    # -- time ------------------------------------------------------------------------------------

    def clock_moved(self, moved_ms: int) -> None:
        """The wall clock was set: who is waiting came that much later, or earlier, than it said."""
        attempts = [question.attempt for question in self._questions.values()] + self._room.everybody()
        for attempt in attempts + [attempt for queue in self._queues.values() for attempt in queue]:
            attempt.at_ms += moved_ms

    def link_lost(self, now_ms: int) -> list:
        """Nobody can answer any more: conclude what is being asked, one after the other."""
        for question in self._questions.values():
            question.deadline_ms = min(question.deadline_ms, now_ms)
        return self.tick(now_ms)

    def release_all(self, now_ms: int) -> list:
        """Let nobody wait any longer: there is an emergency, and nobody is judged."""
        waiting = [question.attempt for question in self._questions.values()]
        for attempt in waiting + [attempt for queue in self._queues.values() for attempt in queue]:
            for how in attempt.judge.values():
                how[1] = "off"
        actions = self._conclude_all(now_ms)
        for attempt in self._room.take_all():
            attempt.has_waited = True
            actions += self._let_in(attempt)
        return actions

    def _conclude_all(self, now_ms: int) -> list:
        questions = [self._questions[reader] for reader in sorted(self._questions)]
        return [action for question in questions for action in self._conclude(question, now_ms)]

    def tick(self, now_ms: int) -> list:
        """Do one thing that is due, so that its verdict is folded before the next one is judged."""
        due = [question for question in self._questions.values() if question.deadline_ms <= now_ms]
        if due:
            return self._conclude(min(due, key=Question.key), now_ms)
        attempt = self._room.take_due(now_ms)
        if attempt is None:
            return []
        attempt.has_waited = True
        return self.present(attempt, now_ms)

    def next_deadline_ms(self) -> int | None:
        due = [question.deadline_ms for question in self._questions.values()]
        room = self._room.next_deadline_ms()
        if room is not None:
            due.append(room)
        return min(due) if due else None
