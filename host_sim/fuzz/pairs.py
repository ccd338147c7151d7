"""Two badges that the clocks put in the wrong order, and that the one look ahead puts right."""

from host_sim.fuzz.truth import Entry


class Pairs:
    """`life` has the plan and the truth."""

    def __init__(self, life):
        self._life = life

    def may_be(self, first: dict, reader: str, controller: str) -> bool:
        """Say whether a badge at a reader may be the second of a pair: other board, other direction, one plain area."""
        plan = self._life.plan
        roles = plan.roles(reader)
        if first["type"] != "access.granted" or first.get("confirmed") or first["controller"] == controller:
            return False
        if len(roles) != 1 or list(first["judge"]) != list(roles):
            return False
        area, direction = next(iter(roles.items()))
        is_nested = bool(plan.layout.parents[area]) or area in plan.layout.parents.values()
        return first["judge"][area][0] != direction and plan.area(area)["moves_on"] == "grant" and not is_nested

    def are(self, first: Entry, second: Entry) -> bool:
        """Say whether two badges, the second before the first by their stamps, are a pair."""
        one, other = first.event, second.event
        if other["type"] != "access.granted" or other.get("confirmed"):
            return False
        if not self.may_be(one, other["reader"], other["controller"]):
            return False
        is_near = abs(one["at_ms"] - other["at_ms"]) < one["err_ms"] + other["err_ms"]
        return is_near and not self._is_parted(other, one, next(iter(one["judge"])))

    def _is_parted(self, early: dict, late: dict, area: str) -> bool:
        """Say whether an act on the person or the area lies between two badges: nothing is swapped across it."""
        truth = self._life.truth
        for entry in truth.changes + truth.people[early["user"]]:
            event = entry.event
            concerns = event.get("area") == area or event["type"] == "emergency.ended"
            if concerns and early["stamp"] <= event["stamp"] <= late["stamp"]:
                return True
        return False
