"""Events as rows, and what of an event can be searched."""
import json

from firmware.core import events

NUMBER_MAX = (1 << 63) - 1  # what a database holds; a stamp of 64 bits would be of the year 10889
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_ABOUT_PEOPLE = ("access.", "apb.")


def row(event: dict, number: int) -> dict:
    """One event as a row of EVENTS."""
    return {
        "id": number, "controller": event["controller"], "inc": event["inc"], "stream": event["stream"], "seq": event["seq"],
        "at_ms": event["at_ms"], "stamp": stamp_of(event), "type": event["type"], "person": person_of(event),
        "fact_no": event.get("no") if events.is_fact(event) else None, "is_replaced": False, "event": _encode(event),
    }  # fmt: skip


def event_of(text: str) -> dict:
    return json.loads(text)


def place_rows(event: dict, number: int) -> list[dict]:
    """Its rows of PLACES."""
    same = {"at_ms": event["at_ms"], "stamp": stamp_of(event), "id": number, "type": event["type"], "controller": event["controller"]}
    return [{"place": place, **same} for place in places(event)]


def places(event: dict) -> list[str]:
    """The areas, doors and readers that an event names, as PLACES spells them."""
    named = {place("area", area) for area in [event.get("area"), *event.get("areas", ()), *event.get("judge", ())]}
    named |= {place("door", door) for door in [event.get("door"), *event.get("doors", ())]}
    named.add(place("reader", event.get("reader")))
    return sorted(named - {""})


def place(kind: str, name) -> str:
    return f"{kind}:{plain(name)}" if isinstance(name, str) else ""


def plain(text: str) -> str:
    """A text as a database can hold it."""
    return text.replace("\0", "\ufffd")


def person_of(event: dict) -> str | None:
    user = event.get("user")
    return plain(user) if isinstance(user, str) else None


def is_about_people(event: dict) -> bool:
    """Whether it tells of somebody who came, or of a card: `people_days` is about these. Operators' acts on the site are not."""
    return person_of(event) is not None or event["type"].startswith(_ABOUT_PEOPLE) or event.get("no") is not None


def stamp_of(event: dict) -> int:
    return min(event["stamp"], NUMBER_MAX)


def key_of(event: dict) -> tuple[str, int, str]:
    return (event["controller"], event["inc"], event["stream"])
