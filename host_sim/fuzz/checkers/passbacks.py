"""No passback stays hidden once the boards can talk again."""

from host_sim.fuzz import peek
from host_sim.fuzz.checkers.checker import Checker
from host_sim.fuzz.passback_judge import PassbackJudge


class Passbacks(Checker):
    invariant = "4 no passback stays hidden"

    def at_end(self) -> None:
        for user, person in self.life.people.items():
            if not person.is_honest and self.life.claims.is_sound(user):
                for area in self.life.plan.written["areas"]:
                    self._look(user, area)

    def _look(self, user: str, area: str) -> None:
        judge = PassbackJudge(self.life, area)
        judge.run(user)
        if judge.violation is None or self._may_be_ended(judge.violation.event, user, area):
            return
        for name in self.life.world.holders(area):
            self.checked += 1
            standing, is_sure = peek.row(self.life.world.boards[name], area, user)
            if standing.violation is None or not is_sure:
                self.broken(f"{name} has {user} as {vars(standing)} in {area} after {judge.violation.event}")

    def _may_be_ended(self, badge: dict, user: str, area: str) -> bool:
        """Say whether an act that really came before the badge comes after it by its stamp."""
        truth = self.life.truth
        for entry in truth.changes + truth.people[user]:
            event = entry.event
            concerns = event.get("area") == area or event["type"] == "emergency.ended"
            if concerns and "of" not in event and event["stamp"] >= badge["stamp"]:
                return True
        return False
