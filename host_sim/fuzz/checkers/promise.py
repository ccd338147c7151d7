"""Whoever badges properly is never denied by anti-passback and never left in violation."""

from host_sim.fuzz import peek
from host_sim.fuzz.checkers.checker import Checker

_ACCUSED = ("in_violation", "double_entrance", "double_exit", "exit_without_entrance", "skipped_entrance")


class Promise(Checker):
    invariant = "3 the proper are never accused"

    def on_event(self, entry) -> None:
        """Look at every answer to a proper person, and at every violation that is sure."""
        event = entry.event
        person = self.life.people.get(event.get("user"))
        if person is None or not person.is_honest:
            return
        if event["type"] == "apb.violation" and self._is_accused(event):
            self.checked += 1
            self.broken(f"a proper person is accused: {event}")
        if event["type"] not in ("access.granted", "access.denied"):
            return
        self.checked += 1
        if event["type"] == "access.denied" and event["reason"] in _ACCUSED and self._is_promised(event):
            self.broken(f"a proper person is denied: {event}")

    def _is_accused(self, report: dict) -> bool:
        if self.life.people[report["user"]].is_stopped() or self.life.operators.retired:
            return False
        return self.life.plan.is_promised(report["area"]) and self.life.claims.is_owed(report["user"])

    def _is_promised(self, event: dict) -> bool:
        """Nobody waits for a board that an operator retired: then nothing is promised at the door."""
        if self.life.people[event["user"]].is_stopped():
            return False
        areas = [area for area in event["areas"] if self.life.plan.is_promised(area)]
        return bool(areas) and not self.life.operators.retired and self.life.claims.is_owed(event["user"])

    def at_end(self) -> None:
        for user, person in self.life.people.items():
            if person.is_honest and person.passages and self.life.claims.is_owed(user):
                for area in self.life.plan.written["areas"]:
                    if self.life.plan.is_promised(area):
                        self._look(user, person, area)

    def _look(self, user: str, person, area: str) -> None:
        is_in = area in self.life.plan.layout.around(person.place)
        for name in self.life.world.holders(area):
            self.checked += 1
            standing, _ = peek.row(self.life.world.boards[name], area, user)
            if standing.violation:
                self.broken(f"{user}, who is proper, is in violation in {area} at {name}: {vars(standing.violation)}")
            if standing.presence in ("in", "out") and (standing.presence == "in") != is_in:
                self.broken(f"{user}, who is in '{person.place}', is {standing.presence} in {area} at {name}")
