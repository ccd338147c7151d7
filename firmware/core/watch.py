"""The watch over violations: what is due to be reported, whom to ask, which areas are isolated."""

from firmware.const import const
from firmware.core.beside import SPECIAL, SPOKEN
from firmware.core.judge import Question
from firmware.core.presence import NEVER_MS

_ASK_AGAIN_MS = const(2000)
_AT_ONCE_MAX = const(32)  # people in violation who are looked at in one piece; of more
_LOOKED_MAX = const(2)  # so many at a time,
_LOOK_MS = const(20)  # so often, as long as what is written gets into the flash


class Watch:
    """Looks after the table's conclusions. `desk` is the controller: it writes and carries out."""

    def __init__(self, desk, log):
        self._desk, self._log = desk, log
        self._site = desk.site
        self._presence, self._peers = desk.site.presence, desk.site.peers
        self._reports = desk.reports
        self._isolated = {}  # area -> controllers that do not answer
        self._seen = None  # what `note_peers` saw last
        self._told_digests = 0
        self._offline = []  # controllers said to be offline
        self._beside = desk.site.presence.beside
        self._round = None  # yields whom of many to look at
        self._is_again = False  # all are to be looked at once more
        self.look_ms = None  # when to look at the next of many
        self.ask_again_ms = None
        self._open = set()  # (area, no) of whom a violation may not be sure yet, while there are questions
        self.changed = set()  # (area, no) that others' events may have changed, not looked at yet

    def look_at_changed(self) -> None:
        """Look at what others' events have changed, once they are all here."""
        changed, self.changed = sorted(self.changed), set()
        self.look(changed)

    def look(self, touched: list) -> None:
        """Look at (area, no) of standings that may have changed."""
        if len(touched) > _AT_ONCE_MAX and self._beside.count > _AT_ONCE_MAX:
            self.look_at_all()
            return
        for area, no in touched:
            self._review(area, no)
            if len(self._open) < _AT_ONCE_MAX and self._beside.marks(area, no) & SPECIAL:
                self._open.add((area, no))
        if self.ask_again_ms is None and any(self._beside.marks(area, no) & SPECIAL for area, no in touched):
            self.ask_again_ms = self._site.now_ms

    def look_at_all(self) -> None:
        """Look at everybody in violation: the others, or time, have moved on. Of many at a few at a time."""
        if self._beside.count <= _AT_ONCE_MAX:
            for area, no in self._beside.places(SPECIAL | SPOKEN):
                self._review(area, no)
        elif self.look_ms is None:
            self._presence.ends_ms = NEVER_MS
            self._round, self.look_ms = self._beside.places(SPECIAL | SPOKEN), self._site.now_ms
        else:
            self._is_again = True

    def _look_at_next(self) -> None:
        """Look at the next of many."""
        now_ms = self._site.now_ms
        if self.look_ms is None or now_ms < self.look_ms:
            return
        self.look_ms = now_ms + _LOOK_MS
        for _ in range(_LOOKED_MAX if self._log.is_settled() else 0):
            area, no = next(self._round, (None, 0))
            if area is None:
                self.look_ms = None
                if self._is_again:
                    self._is_again = False
                    self.look_at_all()
                return
            self._review(area, no)
            self._presence.note_end(area, self._presence.standing(area, no))
            if len(self._open) < _AT_ONCE_MAX and self._reports.unsettled(area, no):
                self._open.add((area, no))
                self.ask_again_ms = now_ms if self.ask_again_ms is None else self.ask_again_ms

    def look_at_open(self) -> None:
        """Look at those whose violation may have become sure: somebody was heard from. The others may be hundreds."""
        if self.ask_again_ms is not None:
            for area, no in sorted(self._open):
                self._review(area, no)

    def tick(self) -> None:
        """Report what time has ended."""
        self._look_for_consoles()
        self._look_at_next()
        due_ms, at_ms = self._next_end_ms(), self._site.at_ms()
        if due_ms is not None and due_ms <= at_ms:
            is_few = self._beside.count <= _AT_ONCE_MAX
            if is_few:
                self.look_at_all()
            self._reports.drop_due(at_ms)
            self._presence.looked_at_ms = at_ms
            if not is_few:
                self.look_at_all()

    def _next_end_ms(self) -> int | None:
        """Return the next wall-clock moment at which a violation ends by time alone, or what was found at a door is no longer fresh."""
        presence = self._presence
        if presence.ends_ms <= presence.looked_at_ms:
            presence.ends_ms = NEVER_MS
            if self._beside.count > _AT_ONCE_MAX:
                self.look_at_all()
            else:
                for area, no in presence.special():
                    presence.note_end(area, presence.standing(area, no))
        fresh_ms = self._reports.next_deadline_at_ms(presence.looked_at_ms)
        due_ms = presence.ends_ms if fresh_ms is None else min(presence.ends_ms, fresh_ms)
        return None if due_ms == NEVER_MS else due_ms

    def clock_changed(self) -> None:
        """Look at everything anew: the wall clock has moved."""
        self._presence.looked_at_ms = self._presence.ends_ms = 0
        self._look_for_consoles()

    def next_deadline_at_ms(self) -> int | None:
        """Return the next wall-clock moment at which time ends something."""
        due = [self._next_end_ms(), self._desk.consoles.next_deadline_at_ms()]
        due = [at_ms for at_ms in due if at_ms is not None]
        return min(due) if due else None

    def console_seen(self, name: str) -> None:
        """Take a sign of life of somebody who may be a console."""
        if self._site.is_clock_trusted() and self._desk.consoles.seen(name, self._site.at_ms()):
            self._desk.write("controller.online", {"peer": name})

    def _look_for_consoles(self) -> None:
        """Tell of consoles that have not been seen for so long that nothing is kept for them any more."""
        if self._site.is_clock_trusted():
            for name in self._desk.consoles.tick(self._site.at_ms()):
                self._desk.write("controller.offline", {"peer": name})

    def ask_unsettled(self) -> None:
        """Ask about suspicions until they are settled: at once, then every 2 s while anybody can hear."""
        now_ms = self._site.now_ms
        if self.ask_again_ms is None or now_ms < self.ask_again_ms:
            return
        was_full = len(self._open) >= _AT_ONCE_MAX
        places = self._presence.special() if self._beside.count <= _AT_ONCE_MAX else sorted(self._open)
        unsettled = [each for place in places for each in self._reports.unsettled(*place)]
        self._open = {(area, no) for area, no, _ in unsettled}
        self.ask_again_ms = now_ms + _ASK_AGAIN_MS if unsettled else None
        if was_full and not unsettled:
            self.look_at_all()  # there may be more than it had room for
        if unsettled and self._desk.judge.has_link:
            self._desk.put(("ask", self._settling_question(unsettled)))

    def _settling_question(self, unsettled: list) -> Question:
        missing = set()
        for area, _, badge in unsettled:
            missing.update(self._peers.not_beyond(self._presence.watchers(area), badge))
        drawn = self._desk.recorder.draw_stamp(self._site.now_ms)
        return Question(self._desk.name, drawn, None, sorted({entry[0] for entry in unsettled}), sorted(missing))

    def note_swept(self) -> None:
        """Look at those whose turn came, or who came before their turn; tell what was repaired once all are done."""
        swept, self._presence.swept = self._presence.swept, []
        self.look(swept)
        while self._presence.repaired and not self._presence.is_sweeping():
            area, rows = self._presence.repaired.pop(0)
            self._desk.write("table.repaired", {"area": area, "rows": rows})

    def note_unjudged(self) -> None:
        """Report badges that came too late to be judged: the area's first controller does."""
        while self._presence.unjudged:
            area, no, of = self._presence.unjudged.pop(0)
            if self._peers.first_online(self._presence.rules[area]["controllers"]) == self._desk.name:
                self._desk.write("apb.unjudged", {"area": area, "no": no, "of": list(of)})

    def next_digest(self) -> list | None:
        """Return [area, hash of its vector, digest] of one area after the other; None where facts are missing."""
        areas = sorted(self._presence.rules)
        if not areas:
            return None
        self._told_digests += 1
        area = areas[self._told_digests % len(areas)]
        vector = self._vector_hash(area)
        return None if vector is None or self._presence.is_sweeping() else [area, vector, self._presence.digest(area)]

    def _vector_hash(self, area: str) -> int | None:
        return self._desk.memory.vector_hash(self._presence.watchers(area))

    def compare(self, area: str, vector: int, digest: int) -> None:
        """Take another controller's digest of an area. At equal vectors a difference is mended, and told."""
        if self._presence.is_sweeping() or area not in self._presence.rules or digest == self._presence.digest(area) or vector != self._vector_hash(area):
            return
        self.look(self._presence.refold(area))

    def note_peers(self) -> None:
        """Report what has become of the others, if anything has."""
        seen = (self._peers.changes, self._presence.changes, self._site.retired.changes, self._desk.judge.has_link)
        if seen != self._seen:
            self._seen = seen
            self._note_isolation()
            self._note_offline()

    def _note_isolation(self) -> None:
        """`area.isolated` stands while a controller of an area that denies does not answer."""
        for area in sorted(self._presence.rules):
            rules = self._presence.rules[area]
            silent = self._peers.silent(self._presence.watchers(area)) if rules.denies() else []
            if silent != self._isolated.get(area, []) and self._desk.name in rules["controllers"]:
                before, self._isolated[area] = self._isolated.get(area, []), silent
                if silent:
                    self._desk.write("area.isolated", {"area": area, "controllers": silent})
                else:
                    self._desk.write("area.joined", {"area": area, "controllers": before})

    def _note_offline(self) -> None:
        """Report which of the others are offline, as far as our own link lets us tell."""
        gone = self._peers.gone()
        if not self._desk.judge.has_link or gone == self._offline:
            return
        before, self._offline = self._offline, gone
        for peer in gone:
            if peer not in before:
                self._desk.write("controller.offline", {"peer": peer})
        for peer in before:
            if peer not in gone:
                self._desk.write("controller.online", {"peer": peer})

    def _review(self, area: str, no: int) -> None:
        if self._beside.marks(area, no):
            for kind, fields in self._reports.review(area, no, self._site.at_ms()):
                self._desk.write(kind, fields)
