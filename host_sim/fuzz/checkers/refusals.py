"""Where all boards of an area talk, a passback is refused at the door."""

from host_sim.fuzz.checkers.checker import Checker
from host_sim.fuzz.passback_judge import PassbackJudge

_ROUND_TRIP_MS = 5000


class Refusals(Checker):
    invariant = "5 a passback is refused"

    def on_event(self, entry) -> None:
        event = entry.event
        if event["type"] not in ("access.granted", "access.denied") or "judge" not in event:
            return
        for area in sorted(entry.is_calm):
            if event["judge"][area][1] in ("deny", "hard") and not self._is_race(entry):
                self._look(entry, area)

    def _is_race(self, entry) -> bool:
        """Say whether this person has been at another door just now."""
        facts = self.life.truth.people[entry.event["user"]]
        badges = [other for other in facts if "judge" in other.event and other is not entry]
        return bool(badges) and entry.began_ms - badges[-1].true_ms < _ROUND_TRIP_MS

    def _look(self, entry, area: str) -> None:
        user = entry.event["user"]
        if not self.life.claims.is_sound(user) or not PassbackJudge(self.life, area).run(user, until=entry):
            return
        self.checked += 1
        if entry.event["type"] == "access.granted":
            self.broken(f"a passback in {area} is granted while all boards talk: {entry.event}")
