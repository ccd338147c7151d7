"""Messages between controllers and consoles: JSON, checked before anybody reads them.

Layout: every message is {"t", "from", "inc", "heads": {stream: seq}, "stamp": 16 hex digits or null} and, by "t",
    log     "entries": [event], "gone", "closed", "lacks": [[controller, inc, stream, first, last]]
    have    "hw": text, "clock": [at_ms, err_ms, is_trusted], "newest": stamp, "sources": [[source, stamp, at_ms]],
            "lockdowns": [[doors, stamp, [controller, inc, seq], nonce or null]], "health": {text: number},
            "digest": [area, hash, digest], "vector": [[controller, inc, stream, seq]], "asks": bool,
            "beyond": [[controller, inc, stream, seq]], "began": [[stream, seq, stamp]]
    want    "origin": [controller, inc], "stream", "first", "last", "any": bool
    ask     "to": [controller], "question": stamp, "no": number or null, "areas": [area]
    want    "to": controller, "table": offset, or from there on a page of the checkpoint that it offers
    want    "to": console, "version", "page": [table, number], "offset", "size": a piece of a configuration (config/manifest.py)
    page    "to": controller, "offset", "size", "crc": of the whole, "bytes": base64
    answer, wait    "to": controller, "question": stamp
Without inc, heads and stamp:
    status  "online": bool, and of one that is: "inc", "hw": text, "challenge": text, "configuration": version in force, and
            where one was "refused": [version or null, reason]; and what firmware/update says of the firmware
    command "action", "to": controller, "site", "role", "challenge", "nonce": text; see wire/order.py
    config, piece   see config/manifest.py
    reply   "to": operator, "nonce", and either "refused": reason or "done": "now" or "before", "event": event, "note"
    door    "locked": bool, "open": bool or null without a sensor, "alarm": "forced", "held" or null
    output  "active": bool
    area    "occupancy": number, "violations": number, "users": [id] of at most 32 in violation, "isolated": bool
The last four are only written here. Every message ends in a MAC (wire/seal.py), which is not among its fields here.
Of a `log` all but "entries" may be left out, of a `have` all but "hw", of a `want` "any". An event has the fields of RULES.md,
"Events", with `stamp` as text.
Limits: no message is longer than 4,096 bytes; of a long list `encode_all` makes several of about 1,000. All numbers are
whole; wire/strict.py says which JSON is none here. Characters beyond the first 65,536 are not escaped.
"""

import binascii
import json

from firmware.const import const
from firmware.core import stamp as stamps
from firmware.core.events import stream_of
from firmware.wire import seal, storable, topics
from firmware.wire.strict import need as _need, text_of

try:
    # A MicroPython always writes characters as they are, and would read a pair of escapes as two characters.
    _text = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
except AttributeError:

    def _text(value) -> str:
        return json.dumps(value, separators=(",", ":"))

BYTES_MAX = 4096
_FILLED_BYTES = const(1000)  # a heap that has been in use for long may have no larger piece
_ROOM_MIN = const(400)
PAGE_BYTES = 2700  # of a table, in one message
_STREAMS = const(("facts", "notes", "site"))
_INT_MAX = const(1 << 62)
_PERSON_MAX = const(0xFFFF)
_AT_MS_MAX = const((1 << 45) - 1)  # what a row of the table holds
_TEXTS = const(("area", "by", "door", "peer", "reader"))
_LISTS = const(("areas", "doors", "readers", "controllers"))
_HEARTBEAT_FIELDS = const(7)  # of one that tells nothing else
_REPEATED_MAX = const(64)  # emergencies or lockdowns in one heartbeat
_INC_END = const(0xFFFF0000)  # the flash has 32 bits for one
_WAS_MAX = const(16)
_RANGES = const(("gone", "closed", "lacks"))  # of a log message

# What an event of each type must carry for a fold or a link to read it; `_is_right` says how a field must be. A board
# leaves this in the flash.
_NEEDED = const(
    "\naccess.granted door reader no judge"
    "\naccess.entered door reader no"
    "\naccess.not_used door reader no"
    "\napb.violation area no of"
    "\napb.suspected area no of"
    "\napb.cleared area no by"
    "\napb.moved area no presence"
    "\napb.passed area no"
    "\napb.reset area"
    "\narea.set area settings"
    "\nemergency.started source"
    "\nemergency.ended ends"
    "\nlockdown.started doors"
    "\nlockdown.ended doors"
    "\ncontroller.retired peer"
    "\ncontroller.restored peer\n"
)


def encode(message: dict) -> bytes:
    """Return a message as bytes."""
    return _dumps(_plain(message))


def encode_all(message: dict) -> list:
    """Return a message as bytes, or several of which each carries a part of its list.

    Each item is looked at once, one after the other. Only the first message asks the others for their lists.
    """
    key = "entries" if message["t"] == "log" else "vector"
    if key not in message:
        return [encode(message)]
    plain = dict(message)
    items, plain = plain.pop(key), _plain(plain)
    opening = b',"' + key.encode() + b'":['
    room = max(_FILLED_BYTES - len(_dumps(plain)) - len(opening) - 1, _ROOM_MIN)
    payloads, part, length = [], [], 0
    for item in items:
        raw = _dumps(encode_event(item) if key == "entries" else item)
        if part and length + len(raw) > room:
            payloads.append(_closed(plain, opening, part))
            part, length = [], 0
        part.append(raw)
        length += len(raw) + 1
    payloads.append(_closed(plain, opening, part))
    return payloads


def _closed(plain: dict, opening: bytes, part: list) -> bytes:
    payload = _dumps(plain)[:-1] + opening + b",".join(part) + b"]}"
    for once in ("asks", "began") + _RANGES:
        plain.pop(once, None)
    return payload


def _dumps(value) -> bytes:
    return _text(value).encode()


def _plain(message: dict) -> dict:
    """Return a message as JSON carries it."""
    out = dict(message)
    for key in ("stamp", "question", "newest"):
        if out.get(key) is not None:
            out[key] = stamps.text(out[key])
    for key in ("sources", "lockdowns"):
        if key in out:
            out[key] = [[row[0], stamps.text(row[1])] + row[2:] for row in out[key]]
    if "began" in out:
        out["began"] = [[row[0], row[1], stamps.text(row[2])] for row in out["began"]]
    if "entries" in out:
        out["entries"] = [encode_event(event) for event in out["entries"]]
    if out.get("event"):
        out["event"] = encode_event(out["event"])
    return out


def encode_event(event: dict) -> dict:
    """Return an event as JSON carries it."""
    out = dict(event)
    out["stamp"] = stamps.text(event["stamp"])
    return out


def read(topic: str, payload: bytes, key: bytes):
    """Return the message that came on a topic, or one word for what is wrong with it."""
    if not seal.is_sealed(payload, key):
        return "seal"
    message = decode(seal.content(payload))
    if message is None:
        return "message"
    return message if topics.fits(topic, message) else "topic"


def decode(payload: bytes) -> dict | None:
    """Return a message, or None where the bytes are none. Never raises."""
    try:
        if len(payload) > BYTES_MAX:
            return None
        message = json.loads(text_of(bytes(payload)))
        _check_message(message)
        return message
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RuntimeError, UnicodeError, MemoryError):
        return None


def decode_event(event: dict) -> dict:
    """Return an event with its stamp as a number.

    Raises: ValueError, TypeError or KeyError where it is none.
    """
    _need(isinstance(event, dict) and isinstance(event["type"], str))
    _need(event["stream"] is not None and event["stream"] == stream_of(event["type"]))
    _need(is_text(event["controller"]))
    for key in ("seq", "at_ms", "err_ms"):
        _need(is_number(event[key]))
    _need(is_inc(event["inc"]))
    _need(event["at_ms"] <= _AT_MS_MAX)
    event["stamp"] = stamps.parse(event["stamp"])
    is_denied_badge = event["type"] == "access.denied" and "judge" in event
    for field in _needed("access.granted" if is_denied_badge else event["type"]):
        _need(_is_right(field, event[field]))
    for field in ("user", "area", "door", "reader"):
        _need(event.get(field) is None or isinstance(event[field], str))
    _need(event.get("nonce") is None or is_text(event["nonce"]))
    for field in _LISTS:
        _need(event.get(field) is None or _are_names(event[field]))
    _need(event.get("no") is None or _is_right("no", event["no"]))
    _need(event.get("judge") is None or _is_judge(event["judge"]))
    _need("after" not in event or _is_after(event["after"]))
    _need("was" not in event or _is_was(event["was"]))
    _need("instead" not in event or _is_was(event["instead"]) and len(event["instead"]) == 2)
    _need("of" not in event or _is_name(event["of"]))
    _need("peer_inc" not in event or is_number(event["peer_inc"]))
    _need(event.get("configuration") is None or is_number(event["configuration"]))
    storable.check(event)
    return event


def _needed(kind: str) -> list:
    """Return the fields that an event of a type must have."""
    at = _NEEDED.find("\n" + kind + " ")
    return [] if at < 0 else _NEEDED[at : _NEEDED.find("\n", at + 1)].split()[1:]


def _check_message(message) -> None:
    _need(isinstance(message, dict))
    kind = message["t"]
    _need(is_text(message["from"]))
    if kind == "status" or kind == "command":
        _check_status(message) if kind == "status" else _check_command(message)
        return
    heads = message["heads"]
    _need(is_inc(message["inc"]))
    # Every message has these, and most are heartbeats: no loop, no further call.
    facts, notes, site = heads["facts"], heads["notes"], heads["site"]
    _need(len(heads) == 3)
    _need(type(facts) is int and type(notes) is int and type(site) is int)
    _need(0 <= facts < _INT_MAX and 0 <= notes < _INT_MAX and 0 <= site < _INT_MAX)
    if message["stamp"] is not None:
        message["stamp"] = stamps.parse(message["stamp"])
    if kind == "have":
        _check_have(message)
    elif kind == "log":
        _check_log(message)
    elif kind == "want":
        _check_want(message)
    elif kind == "ask":
        _check_ask(message)
    elif kind == "page":
        _check_page(message)
    else:
        _need(kind == "answer" or kind == "wait")
        _check_answer(message)


def _check_log(message: dict) -> None:
    _need(isinstance(message["entries"], list))
    for event in message["entries"]:
        decode_event(event)
    for field in _RANGES:
        for controller, inc, stream, first, last in _rows(message, field):
            _need(is_text(controller) and is_inc(inc) and stream in _STREAMS and is_number(first) and is_number(last))


def _check_have(message: dict) -> None:
    hardware = message["hw"]
    _need(isinstance(hardware, str) and len(hardware) <= 64)
    has_clock = "clock" in message
    if has_clock:
        at_ms, err_ms, is_trusted = message["clock"]
        _need(type(at_ms) is int and type(err_ms) is int and type(is_trusted) is bool)
        _need(0 <= at_ms <= _AT_MS_MAX and 0 <= err_ms < _INT_MAX)
    if len(message) > _HEARTBEAT_FIELDS or not has_clock:
        _check_seldom(message)


def _check_seldom(message: dict) -> None:
    """Check what few heartbeats tell."""
    _need(message.get("asks") in (None, True, False))
    for controller, inc, stream, last in _rows(message, "vector") + _rows(message, "beyond"):
        _need(is_text(controller) and is_inc(inc) and stream in _STREAMS and is_number(last))
    if message.get("newest") is not None:
        message["newest"] = stamps.parse(message["newest"])
    for row in _rows(message, "began"):
        _need(len(row) == 3 and row[0] in _STREAMS and is_number(row[1]))
        row[2] = stamps.parse(row[2])
    for row in _rows(message, "sources"):
        source, row[1], at_ms = row[0], stamps.parse(row[1]), row[2]
        _need(len(row) == 3 and _is_source(source) and is_number(at_ms) and at_ms <= _AT_MS_MAX)
    for row in _rows(message, "lockdowns"):
        doors, row[1], name, nonce = row[0], stamps.parse(row[1]), row[2], row[3]
        _need(len(row) == 4 and _are_names(doors) and _is_name(name) and (nonce is None or is_text(nonce)))
    _need(len(message.get("sources", ())) <= _REPEATED_MAX and len(message.get("lockdowns", ())) <= _REPEATED_MAX)
    health = message.get("health", {})
    _need(isinstance(health, dict) and all([is_text(key) and is_number(health[key]) for key in health]))
    if message.get("digest") is not None:
        area, vector, value = message["digest"]
        _need(is_text(area) and (is_text(vector) or is_number(vector)) and (is_text(value) or is_number(value)))


def _rows(message: dict, field: str) -> list:
    rows = message.get(field, [])
    _need(isinstance(rows, list))
    return rows


def _check_page(message: dict) -> None:
    _need(is_text(message["to"]) and all([is_number(message[key]) for key in ("offset", "size", "crc")]))
    told = message["bytes"].encode()
    raw = binascii.a2b_base64(told)
    # Some interpreters skip what is no base64, others stop there.
    _need(len(raw) <= PAGE_BYTES and binascii.b2a_base64(raw).strip() == told)


def _check_want(message: dict) -> None:
    if "table" in message:
        _need(is_text(message["to"]) and is_number(message["table"]))
        return
    if "page" in message:
        table, number = message["page"]
        _need(is_text(message["to"]) and is_text(table) and is_number(number))
        _need(is_number(message["version"]) and is_number(message["offset"]) and is_number(message["size"]))
        return
    controller, inc = message["origin"]
    _need(is_text(controller) and is_inc(inc) and message["stream"] in _STREAMS)
    _need(is_number(message["first"]) and is_number(message["last"]))
    _need(message.get("any") in (None, True, False))


def _check_answer(message: dict) -> None:
    message["question"] = stamps.parse(message["question"])
    _need(is_text(message["to"]))


def _check_ask(message: dict) -> None:
    message["question"] = stamps.parse(message["question"])
    _need(message["no"] is None or is_number(message["no"]))
    _need(_are_names(message["areas"]) and _are_names(message["to"]))


def _check_status(message: dict) -> None:
    _need(type(message["online"]) is bool)
    if message["online"]:
        _need(is_inc(message["inc"]) and is_number(message.get("configuration", 0)))
        version, reason = message.get("refused", (None, ""))
        _need((version is None or is_number(version)) and isinstance(reason, str))
        for field in ("hw", "challenge"):
            _need(isinstance(message[field], str) and len(message[field]) <= 64)


def _check_command(message: dict) -> None:
    _need(all([is_text(message[field]) for field in ("to", "site", "role", "challenge", "nonce")]))
    _need("action" in message)


def is_text(value) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 64


def is_number(value) -> bool:
    return type(value) is int and 0 <= value < _INT_MAX


def is_inc(value) -> bool:
    """Say whether this may be an incarnation: a board must be able to draw a higher one."""
    return type(value) is int and 0 <= value < _INC_END


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


def _is_was(value) -> bool:
    """[inc, seq], or several of these in one list."""
    return isinstance(value, list) and len(value) in range(2, _WAS_MAX + 1, 2) and all(is_number(n) for n in value)


def _is_source(value) -> bool:
    """[controller, input, seq of its start] or [operator, nonce]."""
    if not isinstance(value, list) or len(value) not in (2, 3) or not all(is_text(part) for part in value[:2]):
        return False
    return len(value) == 2 or is_number(value[2])


def _is_right(field: str, value) -> bool:
    """Say whether a field that an event must have is as it must be."""
    if field in _TEXTS:
        return is_text(value)
    if field == "no":
        return is_number(value) and value <= _PERSON_MAX
    if field == "doors":
        return _are_names(value)
    if field == "ends":
        return isinstance(value, list) and all([_is_source(source) for source in value])
    if field == "judge":
        return _is_judge(value)
    if field == "of":
        return _is_name(value)
    if field == "presence":
        return value in ("in", "out", "unknown")
    if field == "settings":
        return isinstance(value, dict)
    return _is_source(value)
