"""Messages between controllers: JSON, checked before anybody reads them.

Layout: {"t", "from", "inc", "heads": {stream: seq}, "stamp": 16 hex digits or null, ...}; events in
"entries" have the fields of RULES.md, "Events", with `stamp` as text.
"""

import json

from firmware.core import stamp as stamps
from firmware.core.events import STREAMS

_BYTES_MAX = 65536
_KINDS = ("log", "have", "want", "ask", "answer", "wait")
_STREAMS = ("facts", "notes", "site")
_INT_MAX = 1 << 62
_PERSON_MAX = 0xFFFF
_AT_MS_MAX = (1 << 45) - 1  # what a row of the table holds
_LISTS = ("areas", "doors", "readers", "controllers")

# What an event of each type must carry for a fold or a link to read it: {field: check}.
_TEXT, _NUMBER, _PERSON, _DICT = "text", "number", "person", "dict"
_NEEDED = {
    "access.granted": {"door": _TEXT, "reader": _TEXT, "no": _PERSON, "judge": "judge"},
    "access.entered": {"door": _TEXT, "reader": _TEXT, "no": _PERSON},
    "access.not_used": {"door": _TEXT, "reader": _TEXT, "no": _PERSON},
    "apb.violation": {"area": _TEXT, "no": _PERSON, "of": "name"},
    "apb.suspected": {"area": _TEXT, "no": _PERSON, "of": "name"},
    "apb.cleared": {"area": _TEXT, "no": _PERSON, "by": _TEXT},
    "apb.moved": {"area": _TEXT, "no": _PERSON, "presence": "presence"},
    "apb.passed": {"area": _TEXT, "no": _PERSON},
    "apb.reset": {"area": _TEXT},
    "area.set": {"area": _TEXT, "settings": _DICT},
    "emergency.started": {"source": "source"},
    "emergency.ended": {"ends": "sources"},
    "lockdown.started": {"doors": "names"},
    "lockdown.ended": {"doors": "names"},
    "controller.retired": {"peer": _TEXT},
    "controller.restored": {"peer": _TEXT},
}


def encode(message: dict) -> bytes:
    """Return a message as bytes."""
    out = dict(message)
    for key in ("stamp", "question"):
        if out.get(key) is not None:
            out[key] = stamps.text(out[key])
    if "entries" in out:
        out["entries"] = [encode_event(event) for event in out["entries"]]
    return json.dumps(out).encode()


def encode_event(event: dict) -> dict:
    """Return an event as JSON carries it."""
    out = dict(event)
    out["stamp"] = stamps.text(event["stamp"])
    return out


def decode(payload: bytes) -> dict | None:
    """Return a message, or None where the bytes are none. Never raises."""
    try:
        if len(payload) > _BYTES_MAX:
            return None
        message = json.loads(payload)
        _check_message(message)
        return message
    except (ValueError, TypeError, KeyError, IndexError, RuntimeError, UnicodeError, MemoryError):
        return None


def decode_event(event: dict) -> dict:
    """Return an event with its stamp as a number.

    Raises: ValueError, TypeError or KeyError where it is none.
    """
    _need(isinstance(event, dict) and event.get("type") in STREAMS)
    _need(event["stream"] == STREAMS[event["type"]])
    _need(is_text(event["controller"]))
    for key in ("inc", "seq", "at_ms", "err_ms"):
        _need(is_number(event[key]))
    _need(event["at_ms"] <= _AT_MS_MAX)
    event["stamp"] = stamps.parse(event["stamp"])
    needed = dict(_NEEDED.get(event["type"], {}))
    if event["type"] == "access.denied" and "judge" in event:
        needed = _NEEDED["access.granted"]
    for field in needed:
        _need(_CHECKS[needed[field]](event[field]))
    for field in ("nonce", "user", "area", "door", "reader"):
        _need(event.get(field) is None or isinstance(event[field], str))
    for field in _LISTS:
        _need(event.get(field) is None or _are_names(event[field]))
    _need(event.get("no") is None or _is_person(event["no"]))
    _need(event.get("judge") is None or _is_judge(event["judge"]))
    _need("after" not in event or _is_after(event["after"]))
    _need("of" not in event or _is_name(event["of"]))
    return event


def _check_message(message) -> None:
    _need(isinstance(message, dict) and message.get("t") in _KINDS)
    _need(is_text(message["from"]) and is_number(message["inc"]))
    _need(all(is_number(message["heads"][stream]) for stream in _STREAMS))
    if message["stamp"] is not None:
        message["stamp"] = stamps.parse(message["stamp"])
    _CHECK_KIND[message["t"]](message)


def _check_log(message: dict) -> None:
    _need(isinstance(message["entries"], list))
    for event in message["entries"]:
        decode_event(event)


def _check_have(message: dict) -> None:
    _need(isinstance(message["vector"], list) and message["asks"] in (True, False))
    for entry in message["vector"]:
        controller, inc, stream, last = entry
        _need(is_text(controller) and is_number(inc) and stream in _STREAMS and is_number(last))


def _check_want(message: dict) -> None:
    controller, inc = message["origin"]
    _need(is_text(controller) and is_number(inc) and message["stream"] in _STREAMS)
    _need(is_number(message["first"]) and is_number(message["last"]))


def _check_question(message: dict) -> None:
    message["question"] = stamps.parse(message["question"])


def _check_ask(message: dict) -> None:
    _check_question(message)
    _need(message["no"] is None or is_number(message["no"]))
    _need(_are_names(message["areas"]))


_CHECK_KIND = {
    "log": _check_log,
    "have": _check_have,
    "want": _check_want,
    "ask": _check_ask,
    "answer": _check_question,
    "wait": _check_question,
}


def is_text(value) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 64


def is_number(value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _INT_MAX


def _is_person(value) -> bool:
    return is_number(value) and value <= _PERSON_MAX


def _are_names(value) -> bool:
    return isinstance(value, list) and all(is_text(name) for name in value)


def _is_name(value) -> bool:
    return isinstance(value, list) and len(value) == 3 and is_text(value[0]) and all(is_number(n) for n in value[1:])


def _is_judge(value) -> bool:
    return isinstance(value, dict) and all(
        is_text(area)
        and isinstance(how, list)
        and len(how) == 2
        and how[0] in ("in", "out")
        and how[1] in ("off", "soft", "deny", "hard")
        for area, how in value.items()
    )


def _is_after(value) -> bool:
    return isinstance(value, dict) and all(is_text(area) and _is_name(value[area]) for area in value)


def _is_source(value) -> bool:
    """[controller, input, seq of its start] or [operator, nonce]."""
    if not isinstance(value, list) or len(value) not in (2, 3) or not all(is_text(part) for part in value[:2]):
        return False
    return len(value) == 2 or is_number(value[2])


_CHECKS = {
    _TEXT: is_text,
    _NUMBER: is_number,
    _DICT: lambda value: isinstance(value, dict),
    _PERSON: _is_person,
    "judge": _is_judge,
    "name": _is_name,
    "presence": lambda value: value in ("in", "out", "unknown"),
    "names": _are_names,
    "source": _is_source,
    "sources": lambda value: isinstance(value, list) and all(_is_source(source) for source in value),
}


def _need(is_right: bool) -> None:
    if not is_right:
        raise ValueError("not a message")
