"""One badge on its way to a decision, and what anti-passback thinks of it."""

from firmware.core import apb
from firmware.core.standing import IN

_REASON_RANK = {"in_violation": 0, "area_full": 2, "needs_companion": 2, "isolated": 2}


class Attempt:
    """A presentation that passed every other check. `judge` is {area: [direction, mode]}."""

    # Until somebody says otherwise. Of the class: what each has of its own costs heap and time before the lock.
    is_exempt = False
    is_unverified = False  # the clock, or the newest events, could not be trusted
    is_confirmed = False  # all that were asked answered
    sure_areas = ()  # those of whose controllers all answered
    has_waited = False  # for a companion
    lacking = ()  # areas that wanted a companion
    companions = ()  # attempts that pass with this one

    def __init__(self, reader: str, door: str, person, card: int | None, at_ms: int, judge: dict):
        self.reader = reader
        self.door = door
        self.person = person
        self.card = card
        self.at_ms = at_ms
        self.judge = judge

    def as_badge(self) -> dict:
        """Return the attempt as the fold would read it."""
        return {"judge": self.judge, "at_ms": self.at_ms, "reader": self.reader}


class Verdict:
    """What the areas of one attempt say. Denials are [(rank, area, reason)], the weightiest first."""

    def __init__(self):
        self.denials = []
        self.violates = {}
        self.is_pardoned = False

    def deny(self, area: str, reason: str) -> None:
        self.denials.append((_REASON_RANK.get(reason, 1), area, reason))
        self.denials.sort()

    def areas(self) -> list:
        """Return the areas that deny, sorted."""
        return sorted([denial[1] for denial in self.denials])

    def reason(self) -> str | None:
        """Return the reason to show, or None where nobody denies."""
        return self.denials[0][2] if self.denials else None

    def only_lacks_companion(self) -> bool:
        """Say whether a second person would turn the denial into a grant."""
        for _, _, reason in self.denials:
            if reason != "needs_companion":
                return False
        return self.denials != []


def weigh(attempt: Attempt, book, inside, excused: list = ()) -> Verdict:
    """Judge an attempt in all its areas; `inside(area)` counts people. Excused areas do not deny."""
    verdict = Verdict()
    for area in sorted(attempt.judge):
        standing, mode = book[area], attempt.judge[area][1]
        verdict.is_pardoned |= standing.pardon_at_ms is not None
        if mode == "off":
            continue
        reason = _judge(attempt, book, area, mode, standing, verdict) or _count(attempt, book, area, inside)
        if reason and area not in excused:
            verdict.deny(area, reason)
    return verdict


def _judge(attempt: Attempt, book, area: str, mode: str, standing, verdict: Verdict) -> str | None:
    """Steps 4 and 5 of RULES.md, "Judging one badge": note what the badge violates, return why this area denies."""
    kind = apb.violation_kind(book, area, attempt.as_badge())
    if kind and standing.pardon_at_ms is None:
        verdict.violates[area] = kind
    if standing.violation and mode == "hard":
        return "in_violation"
    return verdict.violates.get(area) if mode in ("deny", "hard") else None


def _count(attempt: Attempt, book, area: str, inside) -> str | None:
    """Step 6 there: `capacity` and `minimum`, for somebody whose presence this badge would change."""
    rules = book.rules(area).settings
    capacity = rules["capacity"]
    if (capacity is None and not rules["minimum"]) or not moves(attempt, book, area):
        return None
    enters, people = attempt.judge[area][0] == IN, inside(area)
    if enters and capacity is not None and people >= capacity:
        return "area_full"
    return "needs_companion" if not suits_minimum(rules, enters, people, 1) else None


def moves(attempt: Attempt, book, area: str) -> bool:
    """Say whether a grant would change how many people are `in` an area."""
    return (book[area].seen_from(IN) == IN) != (attempt.judge[area][0] == IN)


def suits_minimum(rules, enters: bool, inside: int, people: int) -> bool:
    """Say whether so many people may pass together, as `minimum` has it."""
    if not rules["minimum"] or (not enters and inside <= 1):
        return True
    left = inside + people if enters else inside - people
    return left == 0 or left >= rules["minimum"]


def because(attempt: Attempt, book, verdict: Verdict) -> dict:
    """Return the explanation of a denial: what it contradicts, since when, and how it will end."""
    _, area, reason = verdict.denials[0]
    violation, rules = book[area].violation, book.rules(area)
    at_ms, reader = (None, None)
    since_ms, timeout_ms = attempt.at_ms, rules["violation_timeout_s"] * 1000
    if violation:
        (at_ms, reader), since_ms = violation.against, violation.at_ms
    elif area in verdict.violates:
        at_ms, reader = apb.contradicted(book, area, reason)
    is_violation = violation is not None or area in verdict.violates
    return {
        "area": area,
        "at": at_ms,
        "reader": reader,
        "since": since_ms if is_violation else None,
        "expires": since_ms + timeout_ms if is_violation and timeout_ms else None,
        "ends": ["site_admin", "site_manager"] if is_violation else [],
    }
