"""Events and reasons as sentences a newcomer understands. Pure."""

from collections import defaultdict

from host_sim.bench.names import Names

REASONS = {
    "bad_read": "the read was damaged",
    "unknown_credential": "nobody here has this card",
    "inactive": "this credential is not active",
    "lockdown": "the door is locked down",
    "no_access": "no access to this door",
    "outside_schedule": "outside the hours of access",
    "bad_pin": "wrong PIN",
    "interlock": "another door of the interlock is open or unlocked",
    "in_violation": "still in violation in {area}",
    "double_entrance": "already inside {area}",
    "double_exit": "already out of {area}",
    "exit_without_entrance": "leaving {area} without having entered",
    "skipped_entrance": "entering {area} without having entered {parent}",
    "area_full": "{area} is full",
    "needs_companion": "{area} asks for two people, and nobody else badged",
    "isolated": "the other controllers of {area} did not answer",
}
BY = {
    "operator": "by {operator}",
    "expiry": "its time is up",
    "healed": "by a proper badge",
    "reset": "everybody was forgiven",
    "late_event": "a late event shows there was none",
    "settings": "the settings changed",
    "removed": "no longer in the site",
}
WHY = {"access": "a badge", "rex": "REX", "operator": "an operator", "schedule": "the schedule",
       "emergency": "the emergency", "lockdown": "the lockdown", "link": "a link"}
SENTENCES = {
    "access.entered": "{user} went through {door}",
    "access.not_used": "{user} did not use {door}",
    "apb.reset": "{area}: everybody forgiven by {operator}",
    "apb.moved": "{user} set to {presence} in {area} by {operator}",
    "apb.passed": "{user} may badge once unjudged in {area}, by {operator}",
    "apb.unjudged": "{user} in {area}: too late to be judged",
    "area.set": "Settings of {area} changed",
    "area.isolated": "{area} is isolated: no answer from {controllers}",
    "area.joined": "{area} is joined again",
    "door.opened": "{door} opened",
    "door.closed": "{door} closed",
    "door.held": "{door} is held open",
    "door.restored": "{door} is closed again after the alarm",
    "rex.pressed": "REX pressed at {door}",
    "rex.released": "REX released at {door}",
    "input.on": "Input {input} on",
    "input.off": "Input {input} off",
    "output.on": "{output} on",
    "output.off": "{output} off",
    "emergency.started": "Emergency started",
    "emergency.ended": "Emergency ended",
    "lockdown.started": "Lockdown of {doors} by {operator}",
    "lockdown.ended": "Lockdown of {doors} ended by {operator}",
    "reader.offline": "Reader {reader} is offline",
    "reader.online": "Reader {reader} is online",
    "reader.tamper": "Reader {reader} was tampered with",
    "reader.paired": "Reader {reader} was paired",
    "keypad.locked": "Keypad of {reader} locked after five wrong PINs",
    "controller.started": "{controller} started",
    "controller.offline": "{peer} is offline",
    "controller.online": "{peer} is online",
    "controller.duplicate": "{peer} runs twice",
    "controller.retired": "{peer} retired",
    "controller.restored": "{peer} restored",
    "config.applied": "{controller} applied its configuration",
    "config.refused": "{controller} refused a configuration: {reason}",
    "clock.set": "{controller} set its clock",
    "clock.error": "The clock of {peer} is off",
    "command.refused": "{action} refused to {operator}: {reason}",
    "table.repaired": "{controller} repaired its table of {area}",
    "log.lost": "{controller} lost a part of its log",
}
_TABLES = {"door": "doors", "reader": "readers", "area": "areas", "operator": "operators",
           "output": "outputs", "controller": "controllers", "peer": "controllers", "input": "inputs"}


def reason(event: dict, names: Names) -> str:
    """Say why a badge was denied, without the person's name."""
    area = (event.get("areas") or [None])[0]
    parent = (names.site["areas"].get(area) or {}).get("parent")
    text = REASONS.get(event.get("reason"), str(event.get("reason")).replace("_", " "))
    return text.format(area=names.of("areas", area), parent=names.of("areas", parent))


def capital(text: str) -> str:
    """Begin with a capital; names keep theirs."""
    return text[:1].upper() + text[1:]


def kind(word: str, area: str, names: Names) -> str:
    """Say what a violation consists of."""
    return reason({"reason": word, "areas": [area]}, names)


def sentence(event: dict, names: Names) -> str:
    """Say one event in one sentence."""
    fields = _fields(event, names)
    special = _SPECIAL.get(event["type"])
    if special:
        return special(event, fields, names)
    return SENTENCES.get(event["type"], event["type"].replace(".", " ")).format_map(fields)


def _fields(event: dict, names: Names) -> dict:
    fields = defaultdict(lambda: "?", {k: names.of(t, event.get(k)) for k, t in _TABLES.items() if k in event})
    if "user" in event:
        fields["user"] = names.person(event["user"])
    for key, value in event.items():
        if key not in fields:
            fields[key] = ", ".join(map(str, value)) if isinstance(value, list) else value
    if event.get("operator") is None:
        fields["operator"] = "the site file"
    return fields


def _granted(event: dict, fields: dict, names: Names) -> str:
    marks = [w for w in ("exempt", "unverified", "pardoned") if event.get(w)]
    violated = [kind(k, a, names) for a, k in sorted((event.get("violates") or {}).items())]
    more = ", ".join(marks + violated)
    return f"{fields['user']} granted at {fields['reader']}" + (f" ({more})" if more else "")


def _denied(event: dict, fields: dict, names: Names) -> str:
    who = fields["user"] if event.get("user") else "A card"
    return f"{who} denied at {fields['reader']}: {reason(event, names)}"


def _violation(event: dict, fields: dict, names: Names) -> str:
    word = "suspected of violation" if event["type"] == "apb.suspected" else "in violation"
    late = ", found late" if event.get("late") else ""
    return f"{fields['user']} {word}: {kind(event.get('kind'), event.get('area'), names)}{late}"


def _cleared(event: dict, fields: dict, names: Names) -> str:
    how = BY.get(event.get("by"), str(event.get("by"))).format_map(fields)
    return f"{fields['user']} no longer in violation in {fields['area']}: {how}"


def _lock(event: dict, fields: dict, names: Names) -> str:
    word = event["type"].split(".")[1]
    return f"{fields['door']} {word} ({WHY.get(event.get('why'), event.get('why'))})"


def _forced(event: dict, fields: dict, names: Names) -> str:
    return f"{fields['door']} " + ("opened by emergency egress" if event.get("egress") else "was forced open")


_SPECIAL = {"access.granted": _granted, "access.denied": _denied, "apb.violation": _violation,
            "apb.suspected": _violation, "apb.cleared": _cleared, "door.locked": _lock,
            "door.unlocked": _lock, "door.forced": _forced}


def because(event: dict, names: Names) -> str:
    """Say what an anti-passback denial rests on and how it ends; empty for other denials."""
    why = event.get("because") or {}
    parts = []
    if why.get("at") is not None and why.get("reader"):
        parts.append(f"Last badge {names.clock(why['at'])} at {names.of('readers', why['reader'])}.")
    if why.get("expires") is not None:
        parts.append(f"Ends by itself at {names.clock(why['expires'])}.")
    if why.get("ends"):
        parts.append(f"Can be cleared by a {' or '.join(r.replace('_', ' ') for r in why['ends'])}.")
    return " ".join(parts)


def tone(event: dict) -> str:
    """Class an event for the eye: good, bad, warn or plain."""
    name = event["type"]
    if name in ("access.granted", "access.entered", "apb.cleared", "door.restored", "area.joined"):
        return "good"
    if name in ("access.denied", "apb.violation", "door.forced", "emergency.started", "log.lost"):
        return "bad"
    bad_ends = (".held", ".suspected", ".isolated", ".offline", ".refused", ".error", ".tamper", "keypad.locked")
    return "warn" if name.endswith(bad_ends) else "plain"
