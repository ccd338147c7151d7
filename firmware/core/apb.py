"""Anti-passback: what one fact does to one person's standings. A fold over facts, nothing else.

A *book* gives the standings of one person: `book[area]` settled at the fact's time, `book.look(area)`,
`book.rules(area)`, `book.entering(reader)`, `book.areas()` and `book.nested(area)`.
"""

from firmware.core.standing import IN, NEVER, OUT, UNKNOWN


def violation_kind(book, area: str, badge: dict) -> str | None:
    """Return what a badge violates in one area, or None. Pardons and modes are the caller's."""
    standing, rules = book[area], book.rules(area).settings
    direction = badge["judge"][area][0]
    presence = standing.seen_from(direction)
    if presence == direction:
        return "double_entrance" if direction == IN else "double_exit"
    if direction == OUT:
        first = rules["first_use"] == "entrance" and presence == NEVER
        return "exit_without_entrance" if first else None
    parent = rules["parent"]
    return "skipped_entrance" if parent is not None and _is_outside(book, parent, badge) else None


def _is_outside(book, parent: str, badge: dict) -> bool:
    if badge["judge"].get(parent, (OUT,))[0] == IN:
        return False
    presence = book.look(parent).presence
    return presence == OUT or (presence == NEVER and book.rules(parent)["first_use"] == "entrance")


def contradicted(book, area: str, kind: str) -> tuple:
    """Return (at_ms, reader) of the badge that a violation of this kind contradicts."""
    entering = book[area].entered_by({"double_entrance": IN, "double_exit": OUT}.get(kind))
    if entering:
        return entering
    source = book.look(book.rules(area)["parent"] if kind == "skipped_entrance" else area)
    if source.presence in (IN, OUT):
        return (source.at_ms, source.reader)
    return (None, None)


def fold_badge(book, badge: dict, areas: list, accuse) -> None:
    """Fold a badge in some of its areas. `accuse(area, kind)` makes the violation."""
    kinds = {area: violation_kind(book, area, badge) for area in areas}
    for area in areas:
        _conclude(book[area], badge, badge["judge"][area][1], kinds[area], area, accuse)
    if badge["type"] == "access.granted":
        for area in areas:
            _take_grant(book, area, badge)


def _conclude(standing, badge: dict, mode: str, kind: str | None, area: str, accuse) -> None:
    granted = badge["type"] == "access.granted"
    if mode == "off":
        return
    violates = kind is not None and standing.pardon_at_ms is None
    if standing.violation:
        if mode == "deny" and granted and not violates:
            standing.end_violation("healed", badge["at_ms"])
    elif violates:
        accuse(area, kind)


def _take_grant(book, area: str, badge: dict) -> None:
    standing, direction = book[area], badge["judge"][area][0]
    pardon, standing.pardon_at_ms = standing.pardon_at_ms, None
    if book.rules(area)["moves_on"] == "entry":
        earlier = standing.entering.get(badge["reader"], (direction, None))[1]
        standing.entering[badge["reader"]] = (direction, earlier if pardon is None else pardon, badge["at_ms"])
    else:
        _move(book, area, direction, badge["at_ms"], badge["reader"])


def _move(book, area: str, presence: str, at_ms: int, reader: str | None) -> None:
    book[area].move(presence, at_ms, reader)
    if presence == OUT:
        for nested in book.nested(area):
            if book[nested].presence == IN:
                book[nested].move(OUT, at_ms, reader)


def fold_entered(book, fact: dict) -> None:
    """The door opened on a grant: who was entering through that reader has moved."""
    for area in book.entering(fact["reader"]):
        direction = book[area].entering.pop(fact["reader"])[0]
        _move(book, area, direction, fact["at_ms"], fact["reader"])


def fold_not_used(book, fact: dict) -> None:
    """Nobody used the grant: its pardon comes back. If power was lost, nobody knows who is where."""
    for area in book.entering(fact["reader"]):
        standing = book[area]
        entering = standing.entering.pop(fact["reader"])
        if entering[1] is not None:
            standing.pardon_at_ms = entering[1]
        if fact.get("lost"):
            standing.move(UNKNOWN, fact["at_ms"], fact["reader"])


def fold_act(book, fact: dict) -> None:
    """Fold what an operator did to one person: `clear`, `move`, `pass`."""
    area, at_ms = fact["area"], fact["at_ms"]
    if fact["type"] == "apb.cleared":
        book[area].forgive("operator", at_ms)
    elif fact["type"] == "apb.passed":
        book[area].pardon_at_ms = at_ms
    elif fact["type"] == "apb.moved":
        book[area].end_violation("moved", at_ms)
        book[area].drop_pardons()
        _move(book, area, fact["presence"], at_ms, None)
