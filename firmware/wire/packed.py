"""Events as the flash keeps them: bytes and back, exactly.

Layout, numbers high byte first; varints, names and values as in packed_names.py and packed_values.py:
    first byte   40: the version; 30: 0 site, 10 facts, 20 notes, 30 another place; 08: wide; 04: names are spelled
    place        not wide: type u8, origin u8, seq u32, stamp u64, person u16
                 wide:     type u8, origin u16, seq u64, stamp u64, person u64
                 person: `no` + 1, 0 for none; where the first byte says 30 there is no place
    names        where the first byte says so: what this record spells
    mask         varint; see `_mask`. An event as its type usually is has 0
    at_ms        varint: zigzagged difference to the millisecond of the stamp, unless the mask says that there is none
    err_ms       varint, unless the mask says that there is none
    fields       values of the type's fields, those that are there, in the order of packed_words.py
    more         where the mask says so: a dict of all other fields. Where the first byte says 30: of all fields
Limits: 490 bytes, which a flash record holds.
"""

import struct

from firmware.wire import packed_words
from firmware.wire.packed_names import Names  # noqa: F401
from firmware.wire.packed_names import put_number
from firmware.wire.packed_values import Reader, Writer, is_natural, unzigzag, zigzag
from firmware.wire.packed_words import CODE_OF_TYPE, SELDOM, STREAMS, TYPES, USUAL

BYTES_MAX = 490
_VERSION, _VERSION_BITS = 0x40, 0xC3
_ELSEWHERE, _WIDE, _SPELLS = 0x30, 0x08, 0x04
_NARROW_LAYOUT, _WIDE_LAYOUT = ">BBBIQH", ">BBHQQQ"
_NARROW_BYTES, _WIDE_BYTES = 17, 28
_MORE, _NO_IS_NULL, _NO_TIME, _NO_ERROR, _FIRST_FIELD = 1, 2, 4, 8, 16
_HEAD_KEYS = ("type", "controller", "inc", "stream", "seq", "stamp", "no", "at_ms", "err_ms")


def pack(event: dict, names) -> bytes:
    """Return an event as bytes; `names` learns what it spells, or nothing where this raises.

    Raises: ValueError where it is too long, or holds what events do not hold.
    """
    known = len(names)
    try:
        packed = _pack_placed(event, names) if _has_place(event) else _pack_elsewhere(event, names)
        if len(packed) > BYTES_MAX:
            raise ValueError("too long an event")
        return packed
    except (ValueError, TypeError) as error:
        names.cut(known)
        raise ValueError(str(error))


def unpack(data, names) -> dict:
    """Return the event of these bytes; `names` learns what it spells, unless it knows.

    Raises: ValueError.
    """
    try:
        return _unpack(data, names)
    except IndexError:
        raise ValueError("cut off")


def peek(data) -> tuple:
    """Return (index of the origin, type or "", stream, seq, stamp, no or None) without knowing names.

    Raises: ValueError, also for an event that has no place in a log.
    """
    first, size = _first(data)
    if not size:
        raise ValueError("no place")
    fields = struct.unpack_from(_WIDE_LAYOUT if first & _WIDE else _NARROW_LAYOUT, data, 0)
    _, code, origin, seq, stamp, person = fields
    if code >= len(TYPES):
        raise ValueError("unknown type")
    return origin, TYPES[code], STREAMS[first >> 4 & 3], seq, stamp, person - 1 if person else None


def head(data, names) -> tuple:
    """Return (controller, inc, stream, seq, stamp, no or None); `names` learns like in `unpack`.

    Raises: ValueError, also for an event that has no place in a log.
    """
    origin, _, stream, seq, stamp, no = peek(data)
    try:
        if data[0] & _SPELLS:
            names.take(data, _WIDE_BYTES if data[0] & _WIDE else _NARROW_BYTES)
        controller, inc = names.origins[origin]
    except IndexError:
        raise ValueError("cut off")
    return controller, inc, stream, seq, stamp, no


# -- packing -------------------------------------------------------------------------------------


def _has_place(event: dict) -> bool:
    """Say whether an event has all that the head of a record names."""
    return (
        event.get("stream") in STREAMS
        and isinstance(event.get("controller"), str)
        and is_natural(event.get("inc"))
        and is_natural(event.get("seq"))
        and is_natural(event.get("stamp"))
    )


def _pack_elsewhere(event: dict, names) -> bytes:
    known, writer = len(names), Writer(names, 0)
    writer.value(event)
    is_spelling = len(names) > known
    first = bytes([_VERSION | _ELSEWHERE | (_SPELLS if is_spelling else 0)])
    return first + (names.spell(known) if is_spelling else b"") + writer.out


def _pack_placed(event: dict, names) -> bytes:
    known, code = len(names), _code_of_type(event)
    origin = names.add_origin(event["controller"], event["inc"])
    writer = Writer(names, event["stamp"] >> 16)
    _write_fields(writer, event, code)
    spelling = names.spell(known) if len(names) > known else b""
    return _place(event, code, origin, bool(spelling)) + spelling + writer.out


def _code_of_type(event: dict) -> int:
    kind = event.get("type")
    return CODE_OF_TYPE.get(kind, 0) if isinstance(kind, str) else 0


def _is_person(no) -> bool:
    return is_natural(no) and is_natural(no + 1)


def _place(event: dict, code: int, origin: int, is_spelling: bool) -> bytes:
    person = event["no"] + 1 if _is_person(event.get("no")) else 0
    first = _VERSION | STREAMS.index(event["stream"]) << 4 | (_SPELLS if is_spelling else 0)
    if origin < 1 << 8 and event["seq"] < 1 << 32 and person < 1 << 16:
        return struct.pack(_NARROW_LAYOUT, first, code, origin, event["seq"], event["stamp"], person)
    return struct.pack(_WIDE_LAYOUT, first | _WIDE, code, origin, event["seq"], event["stamp"], person)


def _write_fields(writer, event: dict, code: int) -> None:
    at_ms, err_ms = event.get("at_ms"), event.get("err_ms")
    fields = _fields_in(event, code)
    more = _others(event, code)
    mask = _mask(event, code, more)
    put_number(writer.out, mask)
    if not mask & _NO_TIME:
        put_number(writer.out, zigzag(at_ms - (event["stamp"] >> 16)))
    if not mask & _NO_ERROR:
        put_number(writer.out, err_ms)
    for key in fields:
        writer.field(key, event[key])
    if more:
        writer.value(more)


def _fields_in(event: dict, code: int) -> list:
    return [key for key in USUAL[code] + SELDOM[code] if key in event]


def _mask(event: dict, code: int, more: dict) -> int:
    """Return in which way an event differs from what its type usually is.

    Layout: _MORE, _NO_IS_NULL, _NO_TIME, _NO_ERROR; then a bit for each field that is seldom there and is, then
    one for each that usually is there and is not.
    """
    mask = _MORE if more else 0
    if "no" in event and event["no"] is None:
        mask |= _NO_IS_NULL
    if not is_natural(event.get("at_ms")):
        mask |= _NO_TIME
    if not is_natural(event.get("err_ms")):
        mask |= _NO_ERROR
    bit = _FIRST_FIELD
    for key in SELDOM[code]:
        mask |= bit if key in event else 0
        bit <<= 1
    for key in USUAL[code]:
        mask |= 0 if key in event else bit
        bit <<= 1
    return mask


def _others(event: dict, code: int) -> dict:
    """Return the fields that neither the head nor the type's fields hold."""
    others = {}
    for key in event:
        if key not in USUAL[code] and key not in SELDOM[code] and not _is_in_head(event, key, code):
            others[key] = event[key]
    return others


def _is_in_head(event: dict, key: str, code: int) -> bool:
    if key == "type":
        return code > 0
    if key == "no":
        return event[key] is None or _is_person(event[key])
    if key in ("at_ms", "err_ms"):
        return is_natural(event[key])
    return key in _HEAD_KEYS


# -- unpacking -----------------------------------------------------------------------------------


def _first(data) -> tuple:
    """Return (first byte, bytes of the place), all of them there."""
    if not data or data[0] & _VERSION_BITS != _VERSION:
        raise ValueError("not an event of this version")
    first = data[0]
    if first & _ELSEWHERE == _ELSEWHERE:
        return first, 0
    size = _WIDE_BYTES if first & _WIDE else _NARROW_BYTES
    if len(data) < size:
        raise ValueError("cut off")
    return first, size


def _unpack(data, names) -> dict:
    first, size = _first(data)
    at = 1 if not size else size
    if first & _SPELLS:
        at = names.take(data, at)
    if size:
        event, reader = _read_placed(data, at, names)
    else:
        reader = Reader(data, at, names, 0)
        event = reader.value()
    if reader.at != len(data) or not isinstance(event, dict):
        raise ValueError("not an event")
    return event


def _read_placed(data, at: int, names) -> tuple:
    origin, kind, stream, seq, stamp, no = peek(data)
    controller, inc = names.origins[origin]
    event = {"controller": controller, "inc": inc, "stream": stream, "seq": seq, "stamp": stamp}
    if kind:
        event["type"] = kind
    if no is not None:
        event["no"] = no
    reader = Reader(data, at, names, stamp >> 16)
    _read_fields(reader, event, data[1])
    return event, reader


def _read_fields(reader, event: dict, code: int) -> None:
    mask = reader.number()
    if mask & _NO_IS_NULL:
        event["no"] = None
    if not mask & _NO_TIME:
        event["at_ms"] = (event["stamp"] >> 16) + unzigzag(reader.number())
    if not mask & _NO_ERROR:
        event["err_ms"] = reader.number()
    for key in _fields_of(mask, code):
        event[key] = reader.value()
    if mask & _MORE:
        more = reader.value()
        if not isinstance(more, dict):
            raise ValueError("not an event")
        event.update(more)


def _fields_of(mask: int, code: int) -> tuple:
    if mask < _FIRST_FIELD:
        return USUAL[code]
    bit = _FIRST_FIELD << len(SELDOM[code])
    fields = []
    for key in USUAL[code]:
        if not mask & bit:
            fields.append(key)
        bit <<= 1
    bit = _FIRST_FIELD
    for key in SELDOM[code]:
        if mask & bit:
            fields.append(key)
        bit <<= 1
    return fields
