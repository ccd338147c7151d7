"""What a decision at a door writes, moves and shows. `desk` is the controller: it writes and carries out."""

from firmware.core.attempt import because
from firmware.core.beside import PENDING
from firmware.core.throttle import Throttle

_LEFT_MS = 60000  # a grant that old, and no door knows of it, was left pending by a board before this one


class Badges:
    """Grants and denials of one controller."""

    def __init__(self, desk):
        self._desk = desk
        self._site = desk.site
        self._presence = desk.site.presence
        self._throttle = Throttle()

    def decide(self, attempt, verdict) -> None:
        """Grant or deny an attempt that has been judged. What befell the door meanwhile comes first."""
        reason = self._site.bars(attempt.door, attempt.person)
        if reason:
            self.deny_early(attempt.reader, {"no": attempt.person.no, "card": attempt.card, "reason": reason})
            return
        if self._site.emergency.is_active():
            verdict = self._unjudged(attempt)
        if verdict.denials:
            self._deny(attempt, verdict)
        else:
            self._grant(attempt, verdict)

    def _unjudged(self, attempt):
        """In an emergency nobody is judged, whenever he presented his card."""
        for how in attempt.judge.values():
            how[1] = "off"
        return self._desk.judge.weigh(attempt)[0]

    def _grant(self, attempt, verdict) -> None:
        who = (attempt.reader, attempt.person.no)
        door = self._site.doors[attempt.door].grant(who, self._site.now_ms, attempt.person.is_extended)
        if door and door[0][0] == "lock":
            self._desk.drive(door.pop(0))  # the relay moves before anything is written; what the door says of it comes after
        fields = self._badge_fields(attempt, verdict)
        if attempt.is_exempt:
            fields["exempt"] = True
        if verdict.is_pardoned:
            fields["pardoned"] = True
        self._write_badge("access.granted", fields, attempt, verdict)
        self._desk.put(("signal", attempt.reader, "granted"))
        self._desk.follow(door)

    def _deny(self, attempt, verdict) -> None:
        book = self._presence.view(attempt.person.no, attempt.at_ms)
        fields = self._badge_fields(attempt, verdict)
        fields["reason"] = verdict.reason()
        fields["areas"] = verdict.areas()
        fields["because"] = because(attempt, book, verdict)
        self._write_badge("access.denied", fields, attempt, verdict)
        self._desk.put(("signal", attempt.reader, "denied_apb"))

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
            entry = self._presence.journal.newest_badge(attempt.person.no, area)
            if entry:
                after[area] = list(entry.name)
        return after

    def _write_badge(self, kind: str, fields: dict, attempt, verdict) -> None:
        """Write a badge; what it violates was found in time if all answer within `confirm_ms` of it."""
        of = self._desk.recorder.next_name("facts")
        for area in verdict.violates:
            if area in attempt.sure_areas:
                self._desk.reports.vouch(area, of)
            self._desk.reports.found(area, of, attempt.at_ms + self._presence.rules[area]["confirm_ms"])
        self._desk.write(kind, fields, attempt.at_ms)

    def deny_early(self, reader: str, fields: dict) -> None:
        """Deny a credential that is no badge: anti-passback has not been asked."""
        now_ms, reason = self._site.now_ms, fields["reason"]
        self._desk.put(("signal", reader, "denied"))
        if reason in ("bad_read", "unknown_credential"):
            count = self._throttle.pass_count(reason, reader, now_ms)
            if count is None:
                return
            if count > 1:
                fields["count"] = count
        fields["reader"] = reader
        fields["door"] = self._site.settings["readers"][reader]["door"]
        for key in ("no", "card"):
            fields.setdefault(key, None)
        if fields["no"] is None:
            fields["user"] = None
        elif not self._site.is_clock_trusted():
            fields["unverified"] = True
        self._desk.write("access.denied", fields)

    def end_left_pending(self) -> bool:
        """End the grants that boards before this one left pending: nobody knows who went through. False: some are young."""
        is_done = True
        for area, no in self._presence.beside.places(PENDING):
            for reader, entry in sorted(self._presence.standing(area, no).entering.items()):
                own = self._site.settings["readers"].get(reader)
                if own is None or (reader, no) in self._site.doors[own["door"]].pending:
                    continue
                if self._site.at_ms() - entry[2] < _LEFT_MS:
                    is_done = False
                else:
                    self._desk.write("access.not_used", {"door": own["door"], "reader": reader, "no": no, "lost": True})
        return is_done

    def end_grant(self, kind: str, door: str, who: tuple, told: list) -> None:
        """A grant ended; of several by one person at one reader only one is told."""
        if (kind, who) not in told:
            told.append((kind, who))
            self._desk.write("access." + kind, {"door": door, "reader": who[0], "no": who[1]})
