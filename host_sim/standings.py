"""What one controller holds of people, areas and events, told in plain values. Runs wherever the firmware does."""


def row(core, area: str, user: str, now_ms: int, start_ms: int) -> dict | None:
    """Return where a person stands with an area, or None for nobody. Units: seconds since `start_ms`, which is Unix time."""
    no = core.people.number_of(user)
    if no is None:
        return None
    standing = core.presence.view(no, core.site.wall.at_ms(now_ms))[area]
    violation = standing.violation
    is_sure = violation is not None and core.reports.is_sure(area, no, violation)
    expires = standing.expires_ms(core.presence.rules[area]) if violation else None
    return {
        "presence": _shown(standing.presence),
        "since_ms": standing.at_ms,
        "reader": standing.reader,
        "violation": violation.kind if is_sure else None,
        "suspected": violation.kind if violation and not is_sure else None,
        "violation_at": (violation.at_ms - start_ms) / 1000 if violation else None,
        "violation_reader": violation.reader if violation else None,
        "mode": violation.mode if violation else None,
        "against": violation.against if violation else None,
        "expires": (expires - start_ms) / 1000 if expires else None,
        "of": violation.of if violation else None,
        "pardon": standing.pardon_at_ms is not None,
        "entering": sorted(standing.entering),
    }


def rows(core, area: str, now_ms: int) -> dict:
    """Return {user: [presence, violation, has a pardon]} of everybody that a controller knows something about."""
    at_ms, found = core.site.wall.at_ms(now_ms), {}
    for no in sorted(set(core.presence.known(area))):
        standing = core.presence.view(no, at_ms)[area]
        violation = standing.violation
        is_sure = violation is not None and core.reports.is_sure(area, no, violation)
        kind = violation.kind if is_sure else None
        found[core.people.id_of(no)] = [_shown(standing.presence), kind, standing.pardon_at_ms is not None]
    return found


def occupancy(core, area: str, now_ms: int) -> int:
    """Return how many people are `in`."""
    return core.presence.inside(area, core.site.wall.at_ms(now_ms))


def log(replica, controller: str) -> list:
    """Return what a log has of a controller's facts and site events, each as a whole, by incarnation, stream and seq."""
    found = []
    for name, inc, stream, last in replica.vector():
        if name == controller and stream != "notes":
            found += replica.between(name, inc, stream, 1, last)
    return found


def _shown(presence: str) -> str:
    return "unknown" if presence == "never" else presence
