"""The fold: facts in stamp order become one person's standings. Used in order and from scratch alike."""

from firmware.core import apb, events


class Change:
    """Something that happens to a whole area, or to all: new settings, a reset, an emergency's end."""

    def __init__(self, order: tuple, at_ms: int, area: str | None, what: str, rules=None, version=None):
        self.order = order
        self.at_ms = at_ms
        self.area = area
        self.what = what  # "set", "reset" by a command, "emergency"
        self.rules = rules
        self.version = version  # of the configuration whose settings these are, or None


def of_change(change: Change) -> list:
    """Return a change as plain values."""
    settings = change.rules.settings if change.rules else None
    return [list(change.order), change.at_ms, change.area, change.what, settings, change.version]


def effective(changes: list) -> list:
    """Return those changes that count: of a configuration only one that is newer than the one in force."""
    counting, versions = [], {}
    for change in changes:
        if change.version is None or change.version > versions.get(change.area, 0):
            counting.append(change)
            if change.version is not None:
                versions[change.area] = change.version
    return counting


def apply_change(book, change: Change) -> None:
    """Apply an area's change to one person."""
    book.at_ms = change.at_ms
    for area in [change.area] if change.area else book.areas():
        if change.what == "set":
            book.set_rules(area, change.rules)
        elif is_reset(change, book.rules(area)):
            book[area].reset("command" if change.what == "reset" else "reset", change.at_ms)


def is_reset(change: Change, rules) -> bool:
    """Say whether a change makes everybody's presence in an area of these rules unknown."""
    return change.what == "reset" or change.what == "emergency" and rules["after_emergency"] == "reset"


def apply_fact(book, fact: dict, areas: list | None = None) -> None:
    """Apply one fact about a person; a badge only in `areas` where they are given."""
    book.at_ms = fact["at_ms"]
    if events.is_badge(fact):
        apb.fold_badge(book, fact, held(book, fact) if areas is None else areas,
                       lambda area, kind: book.accuse(fact, area, kind))
    elif fact["type"] == "access.entered":
        apb.fold_entered(book, fact)
    elif fact["type"] == "access.not_used":
        apb.fold_not_used(book, fact)
    elif fact.get("area") in book.areas():
        apb.fold_act(book, fact)


def held(book, badge: dict) -> list:
    """Return the areas of a badge that this book has, sorted."""
    return [area for area in book.areas() if area in badge["judge"]]


def from_scratch(book, facts, changes: list) -> None:
    """Fold one person's facts (in stamp order) between the changes of the areas (in stamp order).

    `facts`: a list, or what is read like one and makes each fact when it is looked at.
    """
    done = set()
    later = 0
    for place in range(len(facts)):
        fact = facts[place]
        while later < len(changes) and changes[later].order < events.order(fact):
            apply_change(book, changes[later])
            later += 1
        if events.is_badge(fact):
            _fold_badge(book, facts, place, done, changes[later].order if later < len(changes) else None)
        else:
            apply_fact(book, fact)
    for change in changes[later:]:
        apply_change(book, change)


def _fold_badge(book, facts, place: int, done: set, before: tuple | None) -> None:
    """Fold a badge, in each area after the next one where only the clocks put that one second.

    `before`: order of the next change of a whole area, across which nothing is swapped.
    """
    badge = facts[place]
    areas = [area for area in held(book, badge) if (place, area) not in done]
    for area in areas:
        following = _next_badge(facts, place, area)
        if following is None or (following, area) in done:
            continue
        if before is not None and before < events.order(facts[following]):
            continue
        if _were_swapped(book, badge, facts[following], area):
            apply_fact(book, facts[following], [area])
            done.add((following, area))
    apply_fact(book, badge, areas)


def _next_badge(facts, place: int, area: str) -> int | None:
    """Return the place of the next badge in an area, unless an operator's act stands before it."""
    for following in range(place + 1, len(facts)):
        fact = facts[following]
        if fact.get("area") == area:
            return None
        if events.is_badge(fact) and area in fact["judge"]:
            return following
    return None


def _were_swapped(book, first: dict, second: dict, area: str) -> bool:
    """Say whether two badges came in the other order (RULES.md, "Clocks")."""
    return may_be_swapped(first, second, area) and _accuses_only_in_order(book, first, second, area)


def may_be_swapped(first: dict, second: dict, area: str) -> bool:
    """Say whether the clocks leave the order of two badges open in an area."""
    return (
        first["type"] == second["type"] == "access.granted"
        and not (first.get("confirmed") or second.get("confirmed"))
        and first["controller"] != second["controller"]
        and not (_had_heard(first, second, area) or _had_heard(second, first, area))
        and first["judge"][area][0] != second["judge"][area][0]
        and abs(first["at_ms"] - second["at_ms"]) < first["err_ms"] + second["err_ms"]
    )


def _had_heard(badge: dict, other: dict, area: str) -> bool:
    return tuple(badge.get("after", {}).get(area, ())) == events.name_of(other)


def _accuses_only_in_order(book, first: dict, second: dict, area: str) -> bool:
    in_order = book.copy(first["at_ms"])
    if not _is_accused(in_order, first, area):
        return False
    swapped = book.copy(second["at_ms"])
    return not (_is_accused(swapped, second, area) or _is_accused(swapped, first, area))


def _is_accused(book, badge: dict, area: str) -> bool:
    """Fold a badge in a copy; say whether it violates there."""
    book.at_ms = badge["at_ms"]
    kind = apb.violation_kind(book, area, badge)
    is_judged = badge["judge"][area][1] != "off" and book[area].pardon_at_ms is None
    apply_fact(book, badge, [area])
    return is_judged and kind is not None
