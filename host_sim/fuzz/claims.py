"""To whom the promise is owed: proper people whose badges nothing but a broken promise can turn into an accusation.

Not owed where the flash with somebody's badges is gone with its board before anybody else had them, where a clock was
off by more than it knew, and where a badge came within the errors of the clocks (but for one pair: pace.py).
"""

from host_sim.fuzz.truth import GONE, LOST, Entry

_SLACK_MS = 2
_DATED = ("access.granted", "access.denied", "access.entered")


class Claims:
    """`life` has the truth."""

    def __init__(self, life):
        self._life = life
        self.waived: dict[str, str] = {}  # user -> why

    def waive(self, user: str, why: str) -> None:
        self.waived.setdefault(user, why)

    def is_owed(self, user: str) -> bool:
        """Say whether the promise holds for a proper person, from all that is known now."""
        entries = self._life.truth.people[user]
        for entry in entries:
            why = self._breaks(entry)
            if why:
                self.waive(user, why)
        return user not in self.waived

    def is_sound(self, user: str) -> bool:
        """Say whether all that is written of somebody is still there, and dated as well as it says."""
        return not any(self._spoils(entry) for entry in self._life.truth.people[user])

    def _spoils(self, entry: Entry) -> str | None:
        if entry.state == GONE and not entry.heard:
            return "its board's flash is gone"
        if entry.is_unanswered and self._moves_on_entry(entry.event):
            return "whether the door opened went with its board"
        if entry.key[:2] in self._life.truth.doubtful:
            return "an old flash came back"
        if self.misdated_ms(entry) > entry.event["err_ms"] + _SLACK_MS:
            return "a clock was off by more than it knew"
        return None

    def _moves_on_entry(self, grant: dict) -> bool:
        return any(self._life.plan.area(area)["moves_on"] == "entry" for area in grant["judge"])

    def _breaks(self, entry: Entry) -> str | None:
        why = self._spoils(entry)
        if why:
            return why
        if any(self._is_inverted(other, entry) and not self._life.pairs.are(other, entry) for other in entry.unheard):
            return "badges within the errors of the clocks"
        return None

    def misdated_ms(self, entry: Entry) -> int:
        """Return by how much a badge or an entry is dated wrong, between its beginning and its being written."""
        if not entry.is_settled or entry.state == LOST or entry.event["type"] not in _DATED:
            return 0
        at_ms = entry.event["at_ms"] - self._life.world.start_ms
        return max(at_ms - entry.true_ms, entry.began_ms - at_ms, 0)

    def _is_inverted(self, first: Entry, second: Entry) -> bool:
        is_known = first.is_settled and second.is_settled and first.state not in (LOST, GONE)
        return is_known and first.event["stamp"] >= second.event["stamp"]
