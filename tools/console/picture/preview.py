"""Other settings, tried on what happened: every badge of some days is judged again by the core's own code."""
import heapq
from collections.abc import Iterator

import sqlalchemy as sa

from firmware.core import area_changes, events, fold
from firmware.core.area_rules import AreaRules, Horizon
from firmware.core.attempt import Attempt, weigh
from firmware.core.book import Book
from firmware.core.site_state import Emergency
from firmware.core.standing import IN, NEVER, UNKNOWN, Standing
from tools.console.history import BadQuery, History, Query, rows
from tools.console.history.database import reading
from tools.console.history.tables import EVENTS, PLACES
from tools.console.picture import shown
from tools.console.picture.curve import all_of
from tools.console.picture.plan import Plan

BADGES_MAX = 200_000
DAYS_MAX = 366
_DAY_MS = 86_400_000
_FOLDED = ("access.granted", "access.denied", "apb.cleared", "apb.moved", "apb.passed", "apb.reset", "area.set")


def preview(plan: Plan, history: History, rules: dict, area: str, settings: dict, days: int, now_ms: int) -> shown.Preview:
    """`rules`: of all areas, as they are in force. Raises: ValueError, KeyError."""
    if type(days) is not int or not 1 <= days <= DAYS_MAX:
        raise BadQuery(f"days: 1 to {DAYS_MAX}")
    changed = area_changes.changed(rules[area].settings, settings, plan.site.groups, plan.schedules)
    since_ms, is_whole = _since(history, area, now_ms - days * _DAY_MS)
    replay = Replay(plan, history, rules | {area: AreaRules(changed, plan.zone, Horizon())}, area, since_ms)
    for event in _happened(plan, history, rules, area, since_ms, now_ms):
        replay.take(event)
    return shown.Preview(area, since_ms, now_ms, replay.badges, replay.people(now_ms), is_whole)


class Replay:
    """The standings of everybody, as they would be. What was unknown at the beginning accuses nobody."""

    def __init__(self, plan: Plan, history: History, rules: dict, area: str, since_ms: int):
        self._plan, self._history, self._area, self._since_ms = plan, history, area, since_ms
        self._rules = {name: rules[name] for name in plan.family(area)}
        self._books: dict[int, Book] = {}
        self._emergency = Emergency()
        self._denied: dict[int, dict] = {}
        self.badges = 0

    def take(self, event: dict) -> None:
        if event["type"].startswith("emergency."):
            self._take_emergency(event)
        elif event["type"] == "apb.reset":
            self._change(fold.Change(events.order(event), event["at_ms"], event["area"], "reset"))
        elif event["type"] == "area.set":
            self._set(event)
        elif events.is_badge(event):
            self._judge(event)
        elif events.is_fact(event):
            fold.apply_fact(self._book(event["no"]), event)

    def people(self, now_ms: int) -> tuple[shown.Denied, ...]:
        """Everybody who would have been denied, who was first first."""
        found = [self._person(no, told, now_ms) for no, told in self._denied.items()]
        return tuple(sorted(found, key=lambda denied: denied.first_ms))

    # -- badges ----------------------------------------------------------------------------------

    def _judge(self, event: dict) -> None:
        book = self._book(event["no"])
        book.at_ms = event["at_ms"]
        attempt = Attempt(event["reader"], event["door"], None, event.get("card"), event["at_ms"], self._judged_as(event))
        had = book[self._area].violation if self._area in attempt.judge else None
        verdict = weigh(attempt, book, self._inside)
        denials = [] if verdict.only_lacks_companion() else [denial for denial in verdict.denials if denial[1] == self._area]
        is_denied = bool(verdict.denials) and not verdict.only_lacks_companion()
        kind = "access.denied" if is_denied else "access.granted"
        fold.apply_fact(book, {**event, "type": kind, "judge": attempt.judge})
        if self._area in event["judge"]:
            self.badges += 1
        if denials:
            self._note(event, denials[0][2], had is None and book[self._area].violation is not None)

    def _judged_as(self, event: dict) -> dict:
        """How the badge would have been judged: in this area by the new settings, in others as it was."""
        judge = {name: list(how) for name, how in event["judge"].items() if name in self._rules}
        if self._area in judge:
            direction = judge[self._area][0]
            judge[self._area][1] = self._rules[self._area].mode(direction) if self._is_judged(event) else "off"
        return judge

    def _is_judged(self, event: dict) -> bool:
        rules, at_ms = self._rules[self._area], event["at_ms"]
        if self._emergency.is_active() or set(self._plan.groups_of(event["no"])) & set(rules["exempt_groups"]):
            return False
        door, schedules = self._plan.site.doors.get(event["door"]), self._plan.schedules
        stands_unlocked = door is not None and schedules[door.unlock_schedule].is_active(at_ms)
        return not stands_unlocked and schedules[rules["schedule"]].is_active(at_ms)

    def _inside(self, area: str) -> int:
        rules = self._rules[area]
        if not (rules["capacity"] or rules["minimum"]):
            return 0
        return sum(book.look(area).presence == IN for book in self._books.values())

    def _note(self, event: dict, reason: str, is_violation: bool) -> None:
        told = self._denied.setdefault(event["no"], {"first": event, "reason": reason, "denials": 0, "violations": 0})
        told["denials"] += 1
        told["violations"] += is_violation

    def _person(self, no: int, told: dict, now_ms: int) -> shown.Denied:
        user = told["first"].get("user") or self._plan.user_of.get(no, f"number {no}")
        book = self._book(no)
        book.at_ms = now_ms
        is_hard = "hard" in self._rules[self._area]["anti_passback"].values()
        is_out = is_hard and book[self._area].violation is not None
        first = told["first"]
        return shown.Denied(
            user, self._plan.label("users", user), first["at_ms"], first["reader"], told["reason"], told["denials"], told["violations"], is_out
        )  # fmt: skip

    # -- what concerns everybody -----------------------------------------------------------------

    def _take_emergency(self, event: dict) -> None:
        before = len(self._emergency.ends())
        self._emergency.take(event)
        for order, at_ms in self._emergency.ends()[before:]:
            self._change(fold.Change(order, at_ms, None, "emergency"))

    def _set(self, event: dict) -> None:
        """Settings of the other areas changed as they did; of this one the new ones are in force all the time."""
        if event["area"] != self._area:
            told = area_changes.told(self._rules[event["area"]].settings, event["settings"])
            rules = AreaRules(told, self._plan.zone, Horizon())
            self._change(fold.Change(events.order(event), event["at_ms"], event["area"], "set", rules))
            self._rules[event["area"]] = rules

    def _change(self, change: fold.Change) -> None:
        for book in self._books.values():
            fold.apply_change(book, change)

    def _book(self, no: int) -> Book:
        if no not in self._books:
            first = UNKNOWN if self._was_here(no) else NEVER
            self._books[no] = Book(dict(self._rules), {area: Standing(first, self._since_ms) for area in self._rules})
        return self._books[no]

    def _was_here(self, no: int) -> bool:
        before = sa.exists().where(EVENTS.c.fact_no == no, EVENTS.c.stamp < self._since_ms << 16)
        with reading(self._history.engine) as connection:
            return bool(connection.scalar(sa.select(before))) or bool(self._history.pruned()[1])


def _since(history: History, area: str, since_ms: int) -> tuple[int, bool]:
    """From when on badges are replayed: not more than can be in a reasonable time."""
    asked = sa.select(PLACES.c.at_ms).where(PLACES.c.place == rows.place("area", area), PLACES.c.at_ms >= since_ms)
    with reading(history.engine) as connection:
        first = connection.scalar(asked.order_by(PLACES.c.at_ms.desc()).offset(BADGES_MAX).limit(1))
    return (since_ms, True) if first is None else (first + 1, False)


def _happened(plan: Plan, history: History, rules: dict, area: str, since_ms: int, until_ms: int) -> Iterator[dict]:
    """What a fold of the area and those around and inside it reads, in the order of time, each once."""
    family = plan.family(area)
    asked = [{"area": name, "types": _FOLDED} for name in family]
    if any(rules[name]["moves_on"] == "entry" for name in family):
        readers = sorted({reader for reader, place in plan.readers.items() if set(place["areas"]) & set(family)})
        asked += [{"reader": reader, "types": ("access.entered", "access.not_used")} for reader in readers]
    asked += [{"types": ("emergency.started", "emergency.ended")}]
    streams = [all_of(history, Query(**what, since_ms=since_ms, until_ms=until_ms, limit=1000, oldest_first=True)) for what in asked]
    last = None
    for event in heapq.merge(*streams, key=lambda event: (event["at_ms"], *events.order(event))):
        if events.name_of(event) + (event["stream"],) != last:
            yield event
        last = events.name_of(event) + (event["stream"],)
