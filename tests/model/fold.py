"""The table, from nothing, from the facts alone. Areas from the outside in, one person at a time.

A place in the order is (stamp, step): what a parent's exit does to a nested area comes after that fact's own work there.
"""

from dataclasses import dataclass

from tests.model import facts as F
from tests.model import settings as S
from tests.model.judge import kind_of
from tests.model.row import Row, Violation, settle

LAST = (float("inf"),)  # a stamp above all stamps


@dataclass
class Story:
    """What became of one person in one area: [(place, row after it, settings in force, time)], and exits that empty nested areas."""

    site: dict
    area: str
    moments: list
    exits: list  # (place, at_ms)

    def before(self, place: tuple, at_ms: int) -> tuple:
        """(row, settings) as they are just before a place, at a time."""
        _, row, settings = [m for m in self.moments if m[0] < place][-1]
        return settle(row.copy(), settings, self.site, at_ms), settings

    def now(self, now_ms: int) -> tuple:
        return self.before((LAST, 9), now_ms)


def conclude(site: dict, facts: list, users: list) -> dict:
    """{(area, user): Story}."""
    ordered = F.in_order(facts)
    stories = {}
    for user in users:
        for area in S.outermost_first(site):
            outer = stories.get((S.parent(site, area), user))
            stories[area, user] = tell(site, area, user, ordered, outer)
    return stories


def tell(site: dict, area: str, user: str, ordered: list, outer) -> Story:
    teller = Teller(site, area, user, outer)
    ends = [id(fact) for fact in F.emergency_ends(ordered)]
    items = [((fact["stamp"], 0), fact) for fact in ordered if touches(fact, area, user)]
    if outer:
        items += [((stamp, 1), {"type": "outer exit", "at_ms": at_ms}) for (stamp, _), at_ms in outer.exits]
    items.sort(key=lambda item: item[0])
    while items:
        swap_if_clocks_err(items, teller)
        place, fact = items.pop(0)
        teller.take(place, fact, id(fact) in ends)
    return teller.story


def touches(fact: dict, area: str, user: str) -> bool:
    kind = fact["type"]
    if F.is_badge(fact):
        return fact["user"] == user and area in fact["judge"]
    if kind in ("access.entered", "access.not_used"):
        return fact["user"] == user
    if kind in ("apb.cleared", "apb.moved", "apb.passed"):
        return fact["area"] == area and fact["user"] == user and F.is_by_operator(fact)
    return kind == "emergency.ended" or (kind in ("apb.reset", "area.set") and fact["area"] == area)


def swap_if_clocks_err(items: list, teller) -> None:
    """The one look ahead: fold B before A where only that order accuses nobody. Never twice for one badge."""
    (place, first), later = items[0], [i for i, (_, fact) in enumerate(items[1:2], 1) if F.is_badge(fact)]
    if not F.is_badge(first) or not later or first.get("swapped"):
        return
    other_place, second = items[later[0]]
    if not may_swap(first, second, teller.area) or not teller.kind(first, place):
        return
    trial = teller.copy()
    trial.take(place, second, False)
    if teller.kind(second, place) or trial.kind(first, other_place):
        return
    items[0], items[later[0]] = (place, second | {"swapped": True}), (other_place, first | {"swapped": True})


def may_swap(a: dict, b: dict, area: str) -> bool:
    return (
        F.is_granted(a) and F.is_granted(b)
        and not a.get("confirmed") and not b.get("confirmed")
        and a["controller"] != b["controller"]
        and not F.heard_of(a, b, area) and not F.heard_of(b, a, area)
        and a["judge"][area][0] != b["judge"][area][0]
        and abs(a["at_ms"] - b["at_ms"]) < a.get("err_ms", 0) + b.get("err_ms", 0)
    )


class Teller:
    """Takes the facts of one row, one after the other."""

    def __init__(self, site: dict, area: str, user: str, outer):
        self.site, self.area, self.user, self.outer = site, area, user, outer
        self.row, self.settings = Row(), S.of_site(site, area)
        self.story = Story(site, area, [(((-1, "", 0), 0), self.row.copy(), self.settings)], [])

    def copy(self) -> "Teller":
        twin = Teller(self.site, self.area, self.user, self.outer)
        twin.row, twin.settings = self.row.copy(), self.settings
        return twin

    def kind(self, badge: dict, place: tuple) -> str | None:
        """What this badge violates, had it come now."""
        direction, mode = badge["judge"][self.area]
        row = settle(self.row.copy(), self.settings, self.site, badge["at_ms"])
        if mode == "off" or row.pardon:
            return None
        return kind_of(row, direction, self.settings, self.outer_before(badge, place))

    def outer_before(self, badge: dict, place: tuple):
        """The parent's row, unless the reader is an entrance of the parent as well."""
        if not self.outer or badge["judge"].get(self.outer.area, [None])[0] == "in":
            return None
        return self.outer.before(place, badge["at_ms"])

    def take(self, place: tuple, fact: dict, ends_emergency: bool) -> None:
        settle(self.row, self.settings, self.site, fact["at_ms"])
        verb = fact["type"].replace("access.denied", "badge").replace("access.granted", "badge")
        getattr(self, "on_" + verb.replace(".", "_").replace(" ", "_"))(place, fact)
        if ends_emergency and self.settings["after_emergency"] == "reset":
            self.row.reset(fact["at_ms"])
        self.story.moments.append((place, self.row.copy(), self.settings))

    def on_badge(self, place: tuple, badge: dict) -> None:
        direction, mode = badge["judge"][self.area]
        kind, row = self.kind(badge, place), self.row
        if mode != "off" and row.violation is None and kind:
            row.violation = Violation(kind, badge["at_ms"], F.identity(badge), badge)
            row.log.append(("violation", kind, row.violation.of, badge["at_ms"]))
        elif mode == "deny" and row.violation and not kind and F.is_granted(badge):
            row.end_violation("healed", badge["at_ms"])
        if F.is_granted(badge):
            self.granted(place, badge, direction)

    def granted(self, place: tuple, badge: dict, direction: str) -> None:
        pardoned, self.row.pardon = self.row.pardon, False
        if self.settings["moves_on"] == "entry":
            self.row.entering.append([F.identity(badge), badge["reader"], direction, pardoned])
        else:
            self.moved(place, badge, direction)

    def moved(self, place: tuple, fact: dict, presence: str) -> None:
        self.row.move(presence, fact["at_ms"], F.identity(fact))
        if presence == "out":
            self.story.exits.append((place, fact["at_ms"]))

    def on_outer_exit(self, place: tuple, fact: dict) -> None:
        """Whoever left the area around is no longer in here; so on inwards."""
        if self.row.presence == "in":
            self.row.move("out", fact["at_ms"])
        self.story.exits.append((place, fact["at_ms"]))

    def taken(self, fact: dict) -> list:
        """The grants that this opening, or its absence, completes."""
        there = [grant for grant in self.row.entering if grant[1] == fact["reader"]]
        self.row.entering = [grant for grant in self.row.entering if grant not in there]
        return there

    def on_access_entered(self, place: tuple, fact: dict) -> None:
        for grant in self.taken(fact):
            self.moved(place, fact, grant[2])

    def on_access_not_used(self, place: tuple, fact: dict) -> None:
        for grant in self.taken(fact):
            if grant[3]:
                self.row.give_pardon(fact["at_ms"])
            if fact.get("lost"):
                self.row.move("unknown", fact["at_ms"])

    def on_apb_cleared(self, place: tuple, fact: dict) -> None:
        if self.row.violation:
            self.row.end_violation("operator", fact["at_ms"])
            self.row.give_pardon(fact["at_ms"])

    def on_apb_moved(self, place: tuple, fact: dict) -> None:
        self.row.end_violation("moved", fact["at_ms"])
        self.row.drop_pardon()
        self.moved(place, fact, fact["presence"])

    def on_apb_passed(self, place: tuple, fact: dict) -> None:
        self.row.give_pardon(fact["at_ms"])

    def on_apb_reset(self, place: tuple, fact: dict) -> None:
        self.row.reset(fact["at_ms"], "command")  # the command's own event says it

    def on_emergency_ended(self, place: tuple, fact: dict) -> None:
        """What it does, if it was the last, is done by `take`."""

    def on_area_set(self, place: tuple, fact: dict) -> None:
        after = S.changed(self.settings, fact)
        if S.forgives(self.settings, after):
            self.row.end_violation("settings", fact["at_ms"])
        self.settings = after
