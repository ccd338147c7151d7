"""Same facts, same table: at every board, and as a plain fold from nothing has it."""

from firmware.core import area_changes, events, fold
from firmware.core.area_rules import AreaRules, Horizon
from firmware.core.book import Book
from firmware.core.calendar import Zone
from firmware.core.site_state import Emergency
from firmware.core.standing import Standing
from host_sim.fuzz.checkers.checker import Checker
from host_sim.fuzz.truth import key_of


class Agreement(Checker):
    invariant = "1 same facts, same table"

    def on_event(self, entry) -> None:
        """A board that had to mend its table had it wrong."""
        is_rewritten = self.life.has_renewed or self.life.has_bad_clock
        if entry.event["type"] in ("table.repaired", "apb.unjudged") and not is_rewritten:
            self.broken(f"{entry.event}")

    def at_end(self) -> None:
        facts = self._facts()
        numbers = {user: self._number(user) for user in self.life.people if self._is_certain(user)}
        at_ms = self.life.world.unix_ms()
        for name, board in self.life.world.boards.items():
            plain = Plain(board.part.settings, _followed(name, board.part.settings["follows"], facts))
            for user, no in numbers.items():
                held = board.node.controller.presence.view(no, at_ms)
                self._compare(f"{name} has {user}", held, plain.fold(no, at_ms), "the plain fold")
        for user, no in numbers.items():
            self._compare_boards(user, no, at_ms)

    def _compare_boards(self, user: str, no: int, at_ms: int) -> None:
        """Compare what all boards have of one person."""
        first: dict[str, tuple] = {}
        for name, board in self.life.world.boards.items():
            held = board.node.controller.presence.view(no, at_ms)
            for area in held.areas():
                self.checked += 1
                told = first.setdefault(area, (name, _told(held[area])))
                if told[1] != _told(held[area]):
                    self.broken(f"{name} has {user} in {area} as {_told(held[area])}, {told[0]} as {told[1]}")

    def _is_certain(self, user: str) -> bool:
        """Say whether no old flash image has given numbers twice to what concerns somebody."""
        truth = self.life.truth
        return not any(entry.key[:2] in truth.doubtful for entry in truth.people[user] + truth.changes)

    def _number(self, user: str) -> int:
        board = next(iter(self.life.world.boards.values()))
        return board.node.controller.people.number_of(user)

    def _facts(self) -> list[dict]:
        """Return every fact and site event that is in any log, in the one order."""
        entries = self.life.truth.entries.values()
        there = [entry.event for entry in entries if entry.state == "kept" or (entry.state == "gone" and entry.heard)]
        replaced = {key for event in there for key in events.replaced(event)}
        renamed = {(events.renamed(event), event["stamp"]) for event in there}
        facts = [
            event
            for event in there
            if event["stream"] != "notes" and key_of(event) not in replaced and (key_of(event), event["stamp"]) not in renamed
        ]
        return sorted(facts, key=events.order)

    def _compare(self, whose: str, held: Book, plain: Book, other: str) -> None:
        for area in held.areas():
            self.checked += 1
            here, there = _told(held[area]), _told(plain[area])
            if here != there:
                self.broken(f"{whose} in {area} as {here}, {other} as {there}")


class Plain:
    """The fold from nothing of all facts, for the areas that one controller holds."""

    def __init__(self, settings: dict, facts: list[dict]):
        self._zone, self._horizon = Zone(settings["zone"]), Horizon()
        self._rules = {name: AreaRules(area, self._zone, self._horizon) for name, area in settings["areas"].items()}
        self._facts = [fact for fact in _once(facts) if fact["stream"] == "facts" and events.is_fact(fact)]
        self._changes = fold.effective(sorted(self._of_areas() + _of_site(facts), key=lambda change: change.order))

    def fold(self, no: int, at_ms: int) -> Book:
        """Return one person's standings at a time."""
        book = Book(dict(self._rules), {area: Standing() for area in self._rules}, 0)
        fold.from_scratch(book, [fact for fact in self._facts if fact.get("no") == no], self._changes)
        book.at_ms = at_ms
        return book

    def _of_areas(self) -> list:
        changes, rules = [], dict(self._rules)
        for fact in self._facts:
            if fact["type"] not in ("area.set", "apb.reset") or fact["area"] not in rules:
                continue
            what = "set" if fact["type"] == "area.set" else "reset"
            if what == "set":
                told = area_changes.told(rules[fact["area"]].settings, fact["settings"])
                rules[fact["area"]] = AreaRules(told, self._zone, self._horizon)
            new = rules[fact["area"]] if what == "set" else None
            changes.append(fold.Change(events.order(fact), fact["at_ms"], fact["area"], what, new, fact.get("configuration")))
        return changes


def _followed(name: str, follows: dict, facts: list[dict]) -> list[dict]:
    """Return what reaches one controller."""
    return [fact for fact in facts if fact["controller"] == name or fact["controller"] in follows[fact["stream"]]]


def _once(facts: list[dict]) -> list[dict]:
    """Return facts in order, of those with one nonce only the first."""
    seen, once = set(), []
    for fact in facts:
        nonce = fact.get("nonce")
        if nonce is None or nonce not in seen:
            once.append(fact)
        seen.add(nonce)
    return once


def _of_site(facts: list[dict]) -> list:
    emergency = Emergency()
    for fact in facts:
        if fact["type"].startswith("emergency."):
            emergency.take(fact)
    return [fold.Change(order, at_ms, None, "emergency") for order, at_ms in emergency.ends()]


def _told(standing: Standing) -> tuple:
    violation = standing.violation
    there = (violation.kind, violation.of, violation.at_ms) if violation else None
    return (standing.presence, standing.at_ms, there, standing.pardon_at_ms, sorted(standing.entering))
