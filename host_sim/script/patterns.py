"""Patterns of events: the fields an event must have, each equal to what is given."""

from typing import Any

from host_sim.script.event_types import EVENT_TYPES
from host_sim.script.lines import line

SHOWN_MAX = 5  # events listed beside one that did not come


def same(wanted: Any, seen: Any) -> bool:
    """Equality of JSON values: true is not 1, and 1 is 1.0."""
    if isinstance(wanted, bool) or isinstance(seen, bool):
        return wanted is seen
    if isinstance(wanted, list) and isinstance(seen, list | tuple):
        return len(wanted) == len(seen) and all(map(same, wanted, seen))
    if isinstance(wanted, dict) and isinstance(seen, dict):
        return wanted.keys() == seen.keys() and all(same(wanted[k], seen[k]) for k in wanted)
    return wanted == seen


def matches(pattern: dict, event: dict) -> bool:
    """True when the event has every field of the pattern. A null also fits a field that is not there."""
    return all(same(value, event.get(key)) for key, value in pattern.items())


def check_known(pattern: dict) -> dict:
    """A pattern that some event could fit. Raises: ValueError."""
    if not pattern:
        raise ValueError("name at least one field")
    if "type" in pattern and str(pattern["type"]) not in EVENT_TYPES:
        raise ValueError(f"there is no event type {pattern['type']!r}")
    return pattern


def alike(pattern: dict, events: list) -> str:
    """The events of the wanted type, for the reader of a failure."""
    found = [e for e in events if same(pattern.get("type", e["type"]), e["type"])]
    if not found:
        types = sorted({e["type"] for e in events})
        return "none of that type; " + (", ".join(types) if types else "nothing at all happened")
    left = len(found) - SHOWN_MAX
    more = f" and {left} before" if left > 0 else ""
    return "; ".join(map(line, found[-SHOWN_MAX:])) + more
