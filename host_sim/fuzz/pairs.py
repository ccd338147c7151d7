"""Two badges that the clocks put in the wrong order, and that the one look ahead puts right."""

from host_sim.fuzz.layout import Way
from host_sim.fuzz.truth import Entry

_NEVER = 1 << 64  # a stamp above all stamps


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

    def may_begin(self, user: str, way: Way, back: Way) -> bool:
        """Say whether a badge at each of two readers, both in a moment, would be a pair."""
        areas = [self._life.plan.area(area) for area in self._life.plan.roles(way.reader)]
        groups = self._life.plan.written["users"][user]["groups"]
        if any("off" in area["anti_passback"].values() or set(groups) & set(area["exempt_groups"]) for area in areas):
            return False
        judge = {area: [direction, ""] for area, direction in self._life.plan.roles(way.reader).items()}
        event = {"type": "access.granted", "controller": way.controller, "judge": judge, "user": user, "stamp": _NEVER}
        return self.may_be(event, back.reader, back.controller) and self.has_known_start(Entry(event, self._life.now_ms, 0))

    def are(self, first: Entry, second: Entry) -> bool:
        """Say whether two badges, the second before the first by their stamps, are a pair."""
        one, other = first.event, second.event
        if not (_can_be_wrong(one) and _can_be_wrong(other)):
            return False
        if not self.may_be(one, other["reader"], other["controller"]) or not self.has_known_start(first):
            return False
        is_near = abs(one["at_ms"] - other["at_ms"]) < one["err_ms"] + other["err_ms"]
        return is_near and not self._is_parted(one["user"], other["stamp"], one["stamp"], next(iter(one["judge"])))

    def has_known_start(self, first: Entry) -> bool:
        """Say whether the wrong order of a pair would accuse: only then it is noticed.

        Where presence is not known before, the badge that seems to be the first one misleads the next.
        """
        event = first.event
        (area, (direction, _)), = event["judge"].items()
        settings = self._life.plan.area(area)
        before = [e for e in self._life.truth.people[event["user"]] if e.true_ms < first.true_ms and area in e.event.get("judge", ())]
        if not before or settings["presence_timeout_s"] or settings["reset_at"]:
            return False
        last = before[-1].event
        is_plain = last["type"] == "access.granted" and last["judge"][area][0] != direction
        return is_plain and not self._is_parted(event["user"], last["stamp"], event["stamp"], area)

    def _is_parted(self, user: str, early: int, late: int, area: str) -> bool:
        """Say whether an act on a person or an area lies between two stamps: nothing is swapped across it."""
        truth = self._life.truth
        for entry in truth.changes + truth.people[user]:
            event = entry.event
            concerns = event.get("area") == area or event["type"].startswith("emergency.")
            if concerns and early <= event["stamp"] <= late:
                return True
        return False


def _can_be_wrong(badge: dict) -> bool:
    """Say whether a badge is a grant that is judged and not confirmed: what accuses in no order is in no wrong order."""
    if badge["type"] != "access.granted" or badge.get("confirmed") or badge.get("pardoned"):
        return False
    return all(mode != "off" for _, mode in badge["judge"].values())
