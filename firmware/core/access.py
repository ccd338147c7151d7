"""Access levels: group x door x schedule, and whether a person counts at all."""


def may_pass(groups: list, access: dict, door: str, at_ms: int, schedules: dict) -> str | None:
    """None if some rule of these groups opens the door now, else the reason to deny.

    Layout: access = {group: {"access": [[door or "*", schedule], ...]}}, schedules by name.
    """
    reason = "no_access"
    for group in groups:
        for where, schedule in access[group]["access"] if group in access else ():
            if where not in ("*", door):
                continue
            if schedules[schedule].is_active(at_ms):
                return None
            reason = "outside_schedule"
    return reason


def share(groups: list, others: list) -> bool:
    """Say whether a group is among others."""
    for group in groups:
        if group in others:
            return True
    return False


def passes_lockdown(groups: list, access: dict) -> bool:
    """True for members of a group that a lockdown does not stop."""
    return any(group in access and access[group]["lockdown"] for group in groups)


def is_valid(person, at_ms: int, used: int = 0) -> bool:
    """False for people who are switched off, outside their dates, or whose uses are used up.

    valid_from is the first moment that counts, valid_until the first that no longer does; used counts grants so far.
    """
    if not person.is_active or at_ms < person.valid_from_s * 1000:
        return False
    if person.valid_until_s is not None and at_ms >= person.valid_until_s * 1000:
        return False
    return person.uses is None or used < person.uses
