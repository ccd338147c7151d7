"""Facts as they are printed: which an area's fold reads, and their one order."""

BADGES = ("access.granted", "access.denied")


def identity(fact: dict) -> tuple:
    return (fact["controller"], fact["inc"], fact["seq"])


def is_badge(fact: dict) -> bool:
    """Granted, or denied by anti-passback; other denials no fold reads."""
    return fact["type"] == "access.granted" or (fact["type"] == "access.denied" and bool(fact.get("judge")))


def is_granted(fact: dict) -> bool:
    return fact["type"] == "access.granted"


def is_by_operator(fact: dict) -> bool:
    return fact["type"] != "apb.cleared" or fact.get("by") == "operator"


def in_order(facts: list) -> list:
    """By stamp; of those that one command made only the first."""
    taken, seen = [], set()
    for fact in sorted(facts, key=lambda fact: fact["stamp"]):
        nonce = fact.get("nonce")
        key = (fact["type"], str(nonce))
        if nonce is None or key not in seen:
            taken.append(fact)
        seen.add(key)
    return taken


def heard_of(fact: dict, other: dict, area: str) -> bool:
    """Did the controller of this badge know the other badge of the same person and area."""
    newest = (fact.get("after") or {}).get(area)
    return newest is not None and tuple(newest) == identity(other)


def sources(fact: dict) -> set:
    """The sources of an emergency that a fact starts or ends."""
    return {tuple(source) for source in fact.get("ends", [fact.get("source")])}


def emergency_ends(facts: list) -> list:
    """The facts (`emergency.ended`) that emptied the set of sources."""
    active, ended, ends = set(), set(), []
    for fact in in_order([f for f in facts if f["type"].startswith("emergency.")]):
        if fact["type"] == "emergency.started":
            active |= sources(fact) - ended
            continue
        if active and active <= sources(fact):
            ends.append(fact)
        active -= sources(fact)
        ended |= sources(fact)
    return ends


def is_emergency(facts: list) -> bool:
    """Is any source active, as far as these facts tell."""
    started = [source for f in facts if f["type"] == "emergency.started" for source in sources(f)]
    ended = [source for f in facts if f["type"] == "emergency.ended" for source in sources(f)]
    return bool(set(started) - set(ended))
