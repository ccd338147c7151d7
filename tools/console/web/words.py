"""What the pages say, in the words of the site: times of its zone, ways to end a violation, modes."""

import datetime
import string

from tools.console.accounts.book import FORGOTTEN, Entry
from tools.console.accounts.rights import END_EMERGENCY, action_of
from tools.console.alerts import words
from tools.console.picture.shown import Violation
from tools.site.model import Site
from tools.site.values import zones

phrase = words.phrase
KINDS, REASONS = words.KINDS, words.REASONS
_MINUTE_MS, _HOUR_MS, _DAY_MS = 60_000, 3_600_000, 86_400_000
_ENDINGS = {
    "operator": "cleared by an operator",
    "expiry": "ended by time",
    "healed": "ended with a proper badge",
    "reset": "ended with a reset of the area",
    "late_event": "withdrawn: a badge that came later shows that there was none",
    "settings": "ended with new settings",
    "removed": "ended, the person has left the site",
}

# By the names of accounts.rights: ending an emergency is another thing than starting one.
_ACTS = {
    "acknowledge": "See to alert {alert}",
    "clear": "Clear {user} in {area}",
    "configure": "Send the site file",
    "emergency": "Start an emergency",
    END_EMERGENCY: "End an emergency",
    "export": "Carry away {what}",
    "invite": "Invite {operator}",
    "lockdown": "Lock down {doors}",
    "move": "Move {user} {presence} in {area}",
    "muster_reader": "Turn muster reader {reader} {turned}",
    "pair": "Pair {reader}",
    "pass": "Pass for {user} in {area}",
    "password": "New password of {operator}",
    "release": "Release {doors}",
    "reset": "Reset {area}",
    "restore": "Restore {controller}",
    "retire": "Retire {controller}",
    "rotate": "New key for {reader}",
    "set": "Change settings of {area}",
    "sign_in": "Sign in",
    "sign_out": "Sign out",
    "silence": "Silence {output}",
    "unlock": "Unlock {door}",
}
ACTIONS = frozenset(_ACTS) - {END_EMERGENCY}
"""As the book spells them."""
_SILENT = {"nonce", "active"}  # the one means nothing to people, the other is told


def act(entry: Entry, site: Site) -> str:
    """What an operator did, or wanted to: the result says which."""
    name, fields = action_of(entry.action, entry.fields), entry.fields
    if entry.person == FORGOTTEN:
        fields = {"user": "somebody who is forgotten"}
    template = _ACTS.get(name, "")
    named = {key for _, key, _, _ in string.Formatter().parse(template) if key}
    more = [f"{key.replace('_', ' ')}: {_value(fields[key])}" for key in sorted(set(fields) - named - _SILENT)]
    told = words.filled(template, fields, site) or name.replace("_", " ").capitalize() or "An act without a name"
    return told + (f" ({'; '.join(more)})" if more else "")


def _value(value) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_value(each)}" for key, each in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else "none" if value is None else str(value)


def ending(by: str) -> str:
    return _ENDINGS.get(by, f"ended: {by}")


def told(event: dict, site: Site) -> str:
    """An event in a sentence, with what ended a violation, who did it and why."""
    remarks = [ending(event.get("by", ""))] if event["type"] == "apb.cleared" else []
    if event.get("operator") and event["type"] != "command.refused":  # that sentence has both already
        operator = site.operators.get(event["operator"])
        remarks.append(f"{(operator and operator.label) or event['operator']}: {event.get('reason') or 'no reason given'}")
    return phrase(event, site) + (f" ({'; '.join(remarks)})" if remarks else "")


def time_of(at_ms: int | None, site: Site) -> str:
    """09:02:11 of today, else with the day."""
    if at_ms is None:
        return "–"
    zone = zones.zone(site.timezone)
    at, now = datetime.datetime.fromtimestamp(at_ms / 1000, zone), datetime.datetime.now(zone)
    return f"{at:%H:%M:%S}" if at.date() == now.date() else f"{at:%d %b %Y, %H:%M:%S}"


def iso(at_ms: int | None, site: Site) -> str:
    """2026-11-29T09:02:11+01:00, for files: whoever opens one knows neither the day nor the zone. Empty where there is none."""
    if at_ms is None:
        return ""
    return datetime.datetime.fromtimestamp(at_ms // 1000, zones.zone(site.timezone)).isoformat()


def midnight_ms(site: Site) -> int:
    """When today began in the site's zone."""
    now = datetime.datetime.now(zones.zone(site.timezone))
    return int(now.replace(hour=0, minute=0, second=0, microsecond=0).timestamp() * 1000)


def age(ms: int) -> str:
    """How long, in its largest unit."""
    for unit_ms, word in ((_DAY_MS, "d"), (_HOUR_MS, "h"), (_MINUTE_MS, "min")):
        if ms >= unit_ms:
            return f"{ms // unit_ms} {word}"
    return f"{max(ms, 0) // 1000} s"


def known_until(as_of_ms: dict[str, int | None], now_ms: int, site: Site) -> str:
    """How old what is known of some controllers is; empty where all of it is fresh."""
    parts = []
    for name, at_ms in sorted(as_of_ms.items()):
        entry = site.controllers.get(name)
        label = (entry and entry.label) or name
        if at_ms is None:
            parts.append(f"{label} was never heard")
        elif now_ms - at_ms > 2 * _MINUTE_MS:
            parts.append(f"{label} as of {time_of(at_ms, site)}")
    return ", ".join(parts)


def why(violation: Violation, label, site: Site) -> str:
    """In by Lobby in at 09:02, not out again; at 09:40 the same card at Lobby in."""
    at, now = time_of(violation.against_ms, site), time_of(violation.since_ms, site)
    here = label("readers", violation.reader) if violation.reader else "a reader"
    before = label("readers", violation.against_reader) if violation.against_reader else "an operator"
    if violation.against_ms is None:
        told = "No badge before is known"
    elif violation.kind == "double_entrance":
        told = f"In by {before} at {at}, not out again"
    elif violation.kind == "double_exit":
        told = f"Out by {before} at {at}, not in again"
    else:
        told = f"Outside the area around it since {at}, by {before}"
    return f"{told}; at {now} a badge at {here}"
