"""One badge at one door: what must be said to it, by the model's own state.

A View is what one controller may know: the facts that reached it, whom it can ask, the doors and lockdowns of the moment.
"""

from dataclasses import dataclass, field

from tests.model import facts as F
from tests.model import local_time
from tests.model import settings as S
from tests.model.fold import conclude
from tests.model.judge import kind_of

RANK = {"in_violation": 0, "area_full": 2, "needs_companion": 2, "isolated": 2}  # any new violation: 1


@dataclass
class View:
    site: dict
    controller: str
    facts: list
    now_ms: int
    reachable: set  # controllers that answer, itself included
    retired: set = field(default_factory=set)
    locked_down: set = field(default_factory=set)
    busy: set = field(default_factory=set)  # doors open or unlocked
    uses: dict = field(default_factory=dict)  # {user: grants so far}

    stories: dict | None = None

    def __post_init__(self):
        self.is_emergency = F.is_emergency(self.facts)

    def fold(self) -> dict:
        return conclude(self.site, self.facts, sorted(self.site["users"]))

    def now(self, area: str, user: str) -> tuple:
        """(row, settings) at this moment."""
        self.stories = self.stories or self.fold()
        return self.stories[area, user].now(self.now_ms)

    def told(self) -> dict:
        """{(area, user): what happened to the row}."""
        self.stories = self.stories or self.fold()
        return {key: self.now(*key)[0].log for key in self.stories}

    def inside(self, area: str) -> set:
        return {user for user in self.site["users"] if self.now(area, user)[0].presence == "in"}

    def is_isolated(self, area: str) -> bool:
        return not S.controllers(self.site, area) - self.retired <= self.reachable


@dataclass
class Answer:
    granted: bool
    reason: str | None = None
    areas: list = field(default_factory=list)
    judge: dict = field(default_factory=dict)
    violates: dict = field(default_factory=dict)
    pardoned: bool = False
    exempt: bool = False
    unverified: bool = False


def decide(view: View, reader: str, user: str | None) -> Answer:
    """What the door says. Access first, then anti-passback."""
    door = view.site["readers"][reader]["door"]
    reason = access_reason(view, door, user) if user else "unknown_credential"
    return Answer(False, reason) if reason else judged(view, reader, user)


def access_reason(view: View, door: str, user: str) -> str | None:
    """The first of the reasons before anti-passback that applies, or None."""
    groups = [view.site["groups"][name] for name in view.site["users"][user]["groups"]]
    schedules = [rule.get("schedule", "always") for group in groups for rule in group.get("access", [])
                 if door in rule["doors"] or "*" in rule["doors"]]
    if not is_valid(view, user):
        return "inactive"
    if door in view.locked_down and not view.is_emergency and not any(group.get("lockdown") for group in groups):
        return "lockdown"
    if not schedules:
        return "no_access"
    if not any(local_time.is_active(view.site, name, view.now_ms) for name in schedules):
        return "outside_schedule"
    others = set(view.site["doors"][door].get("interlock", []))
    return "interlock" if others & view.busy and not view.is_emergency else None


def is_valid(view: View, user: str) -> bool:
    record = view.site["users"][user]
    starts = local_time.unix_ms(view.site, record["valid_from"]) if record.get("valid_from") else view.now_ms
    ends = local_time.unix_ms(view.site, record["valid_until"]) if record.get("valid_until") else view.now_ms + 1
    used_up = record.get("uses") is not None and view.uses.get(user, 0) >= record["uses"]
    return record.get("active", True) and starts <= view.now_ms < ends and not used_up


def stands_unlocked(view: View, door: str) -> bool:
    """By schedule: and, where the door asks for it, after the first granted badge in the schedule's period."""
    written = view.site["doors"][door]
    span = local_time.period(view.site, written.get("unlock_schedule", "never"), view.now_ms)
    if span is None or door in view.locked_down:
        return False
    seen = [f for f in view.facts if F.is_granted(f) and f["door"] == door and f["at_ms"] >= span[0]]
    return bool(seen) or not written.get("unlock_after_first")


def judged(view: View, reader: str, user: str) -> Answer:
    """Every area of the reader; granted only if none denies. Unverified where doubt decided."""
    answer, denials, doubts = Answer(True), [], []
    for area, direction in S.areas_of(view.site, reader).items():
        reason, doubted = one_area(view, answer, area, direction, reader, user)
        denials += [(RANK.get(reason, 1), area, reason, doubted)] if reason else []
        doubts.append(doubted)
    if denials:
        answer.granted, answer.reason = False, min(denials)[2]
        answer.areas = sorted(area for _, area, _, _ in denials)
        answer.unverified = all(doubted for _, _, _, doubted in denials)
    else:
        answer.unverified = any(doubts)
        answer.pardoned = any(view.now(area, user)[0].pardon for area in answer.judge)
    return answer


def one_area(view: View, answer: Answer, area: str, direction: str, reader: str, user: str) -> tuple:
    """(reason to deny or None, did doubt decide)."""
    row, settings = view.now(area, user)
    mode = S.mode(settings, direction)
    exempt = bool(set(settings["exempt_groups"]) & set(view.site["users"][user]["groups"]))
    nothing = mode == "off" or view.is_emergency or stands_unlocked(view, view.site["readers"][reader]["door"]) or not local_time.is_active(
        view.site, settings["schedule"], view.now_ms)
    answer.judge[area] = [direction, "off" if nothing or exempt else mode]
    if nothing or exempt:
        answer.exempt = answer.exempt or (exempt and not nothing)
        return None, False
    kind = None if row.pardon else kind_of(row, direction, settings, outer_of(view, area, user, reader))
    if kind:
        answer.violates[area] = kind
    reason = passback_reason(row, mode, kind) or people_reason(view, area, direction, user, row, settings)
    return doubted(view, area, settings, reason, mode)


def outer_of(view: View, area: str, user: str, reader: str):
    """The parent's row, unless the reader is an entrance of the parent as well."""
    outer = S.parent(view.site, area)
    if outer is None or S.areas_of(view.site, reader).get(outer) == "in":
        return None
    return view.now(outer, user)


def passback_reason(row, mode: str, kind: str | None) -> str | None:
    """Steps 4 and 5."""
    if mode == "hard" and row.violation:
        return "in_violation"
    return kind if mode in S.STRICT else None


def people_reason(view: View, area: str, direction: str, user: str, row, settings: dict) -> str | None:
    """Step 6. Who would be alone waits for a companion; the waiting is the caller's."""
    inside = view.inside(area)
    enters, leaves = direction == "in" and user not in inside, direction == "out" and user in inside
    if enters and settings["capacity"] is not None and len(inside) >= settings["capacity"]:
        return "area_full"
    if settings["minimum"] == 2 and ((enters and not inside) or (leaves and len(inside) == 2)):
        return "needs_companion"
    return None


def doubted(view: View, area: str, settings: dict, reason: str | None, mode: str) -> tuple:
    """A denial never rests on stale knowledge."""
    asks_first = settings["confirm_grants"] and mode in S.STRICT
    if not view.is_isolated(area) or not (reason or asks_first):
        return reason, False
    if settings["when_isolated"] == "soft":
        return None, True
    return reason or "isolated", True
