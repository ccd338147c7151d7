"""Expectations of a scenario that the model can answer by itself."""

TOLD = ("access.granted", "access.denied")
NOT_MODELLED = ("confirmed", "because", "card", "needs_companion")


def holds(naive, events: list, expectation: dict, at_s: float) -> bool:
    """True where the model agrees, or has no opinion."""
    if "event" in expectation:
        return is_beyond(expectation["event"]) or any(has(e, expectation["event"]) for e in events)
    if "no_event" in expectation:
        return is_beyond(expectation["no_event"]) or not any(has(e, expectation["no_event"]) for e in events)
    if "area" in expectation:
        return all(row_holds(naive, name, expectation, at_s) for name in asked(naive, expectation))
    return True


def is_beyond(fields: dict) -> bool:
    return fields.get("type") not in TOLD or any(name in fields for name in NOT_MODELLED)


def has(event: dict, fields: dict) -> bool:
    return all(event.get(name) == value for name, value in fields.items())


def asked(naive, expectation: dict) -> list:
    from tests.model.settings import owners

    if "controller" in expectation:
        return [expectation["controller"]]
    return sorted(owners(naive.site, expectation["area"]) - naive.knowledge.off)


def row_holds(naive, controller: str, expectation: dict, at_s: float) -> bool:
    view = naive.view(controller, naive.start_ms + round(at_s * 1000))
    if "occupancy" in expectation:
        return len(view.inside(expectation["area"])) == expectation["occupancy"]
    row = view.now(expectation["area"], expectation["user"])[0]
    kinds = [expectation.get(name) for name in ("violation", "suspected") if name in expectation]
    kind = row.violation.kind if row.violation else None
    presence = row.presence.replace("never", "unknown")
    return expectation.get("presence", presence) == presence and (not kinds or kind in kinds)
