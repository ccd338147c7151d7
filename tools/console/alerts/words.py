"""What a message says, in the words of the site: labels, and its local time. Never a card.

Limits: a title has 78 characters, so that the subject of a mail stays on one line.
"""

import datetime

from tools.console.alerts import age
from tools.console.alerts.lookout import DEAF
from tools.site.model import Site
from tools.site.values import zones

_TITLE_MAX = 78
_FIELD_MAX = 100
_SECTIONS = {"user": "users", "area": "areas", "door": "doors", "reader": "readers", "output": "outputs", "input": "inputs",
             "controller": "controllers", "peer": "controllers", "operator": "operators"}  # fmt: skip
_PHRASES = {
    "access.granted": "{user} was let in at {reader}",
    "access.denied": "{user} was denied at {reader}: {reason}",
    "access.entered": "{user} went through {door}",
    "access.not_used": "{user} did not go through {door}",
    "apb.violation": "{user} in violation in {area}: {kind}",
    "apb.suspected": "{user} perhaps in violation in {area}: {kind}",
    "apb.cleared": "the violation of {user} in {area} has ended",
    "apb.reset": "{area} was reset by {operator}",
    "apb.moved": "{user} was moved {presence} in {area} by {operator}",
    "apb.passed": "{user} got a free pass in {area} from {operator}",
    "apb.unjudged": "a badge of {user} in {area} came too late to be judged",
    "area.set": "settings of {area} were changed",
    "area.isolated": "{area} is isolated: some of its controllers do not answer",
    "area.joined": "{area} is whole again",
    "door.unlocked": "{door} was unlocked",
    "door.locked": "{door} was locked",
    "door.opened": "{door} was opened",
    "door.closed": "{door} was closed",
    "door.forced": "{door} was forced open",
    "door.held": "{door} is held open",
    "door.restored": "{door} is closed again",
    "rex.pressed": "somebody leaves by {door}",
    "rex.released": "the exit contact of {door} was released",
    "input.on": "{input} is on ({kind})",
    "input.off": "{input} is off ({kind})",
    "output.on": "{output} is on",
    "output.off": "{output} is off",
    "emergency.started": "EMERGENCY started",
    "emergency.ended": "emergency: a source has ended",
    "lockdown.started": "lockdown of {doors}",
    "lockdown.ended": "lockdown ended of {doors}",
    "reader.offline": "{reader} is offline",
    "reader.online": "{reader} is online again",
    "reader.tamper": "{reader} is tampered with",
    "reader.paired": "{reader} was paired",
    "keypad.locked": "the keypad of {reader} is locked after wrong PINs",
    "controller.started": "{controller} has started",
    "controller.offline": "{peer} is offline",
    "controller.online": "{peer} is online again",
    "controller.duplicate": "two boards are called {peer}",
    "controller.retired": "{peer} was retired by {operator}",
    "controller.restored": "{peer} was restored by {operator}",
    "config.applied": "{controller} has a new configuration",
    "config.refused": "{controller} refused a configuration: {reason}",
    "update.paused": "the doors of {controller} pause for an update",
    "update.staged": "{controller} has an update ready",
    "update.confirmed": "{controller} was updated",
    "update.rolled_back": "{controller} went back to its old version: {reason}",
    "clock.set": "{controller} has set its clock",
    "clock.error": "the clock of {peer} is wrong",
    "command.refused": "{controller} refused {action} by {operator}: {reason}",
    "table.repaired": "the table of {area} was repaired on {controller}",
    "log.lost": "events of {origin} are lost",
    DEAF: "the console has no link to the broker and hears nothing of the site",
}
KINDS = {
    "double_entrance": "came in twice",
    "double_exit": "went out twice",
    "exit_without_entrance": "went out, and was not in",
    "skipped_entrance": "skipped the area around it",
}
REASONS = KINDS | {
    "bad_read": "the read was damaged",
    "unknown_credential": "nobody has this card",
    "inactive": "not active",
    "lockdown": "the door is locked down",
    "no_access": "no access to this door",
    "outside_schedule": "outside the hours of access",
    "bad_pin": "wrong PIN",
    "interlock": "another door of the interlock is open or unlocked",
    "in_violation": "still in violation",
    "area_full": "the area is full",
    "needs_companion": "nobody else badged, and the area asks for two people",
    "isolated": "other controllers did not answer",
}
"""Of a denial; where there is none of a word it is told as it came."""
_NAMELESS = {"user": "somebody unknown", "peer": "a controller", "reader": "a reader", "door": "a door", "area": "an area",
             "operator": "the site file", "reason": "no reason told", "kind": "no kind told"}  # fmt: skip
_DETAILS = {"user": "Person", "area": "Area", "door": "Door", "reader": "Reader", "peer": "About", "controller": "Told by", "mode": "Mode",
            "reason": "Reason", "operator": "Operator"}  # fmt: skip


def title(event: dict, site: Site, now_ms: int) -> str:
    """The site, how old where it is not of now, and what has happened."""
    late = f"{age.words(now_ms - event['at_ms'])} ago, heard only now: " if age.is_late(event["at_ms"], now_ms) else ""
    return _cut(f"{site.label or site.site}: {late}{phrase(event, site)}", _TITLE_MAX)


def phrase(event: dict, site: Site) -> str:
    return filled(_PHRASES.get(event["type"], event["type"]), event, site)


def filled(template: str, fields: dict, site: Site) -> str:
    """A sentence with names of the site in it."""
    return template.format_map(_Fields(fields, site))


def body(event: dict, site: Site, now_ms: int, more: int = 0, since_ms: int = 0) -> str:
    """Lines: what, when, where; how many others were held back."""
    fields = _Fields(event, site)
    lines = [_sentence(phrase(event, site)), f"When: {moment(event['at_ms'], site)}"]
    if age.is_late(event["at_ms"], now_ms):
        lines.append(f"This was {age.words(now_ms - event['at_ms'])} ago: it could be told only now.")
    if event.get("late"):
        lines.append("It was judged after the fact.")
    lines += [f"{head}: {fields[key]}" for key, head in _DETAILS.items() if event.get(key)]
    if more:
        lines.append(f"And {more} more of this rule and place since {moment(since_ms, site)}.")
    return "\n".join(lines)


def moment(at_ms: int, site: Site) -> str:
    at = datetime.datetime.fromtimestamp(at_ms / 1000, zones.zone(site.timezone))
    return f"{at:%a %d %b %Y %H:%M:%S} ({site.timezone})"


class _Fields(dict):
    """Fields of an event as people read them."""

    def __init__(self, event: dict, site: Site):
        super().__init__()
        self._event, self._site = event, site

    def __missing__(self, key: str) -> str:
        value = self._event.get(key)
        if value is None or value == "":
            return _NAMELESS.get(key, "?")
        if key == "doors" and isinstance(value, list):
            return ", ".join(self._name("door", name) for name in value)
        if key == "origin" and isinstance(value, list) and value:
            return self._name("controller", value[0])
        return self._name(key, value)

    def _name(self, key: str, value) -> str:
        text = str(value)
        if key == "kind" or key == "reason" and self._event.get("type") == "access.denied":  # an operator's reason is his own
            text = REASONS.get(text, text)
        entry = getattr(self._site, _SECTIONS[key], {}).get(text) if key in _SECTIONS else None
        return _cut(plain(entry.label if entry and entry.label else text), _FIELD_MAX)


def plain(text: str) -> str:
    """Others' text must not move the cursor, begin a header, or be what a database does not hold."""
    return "".join(each if each.isprintable() else "?" for each in text)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
