"""Events as the flash keeps them: bytes and back, exactly.

Layout, numbers high byte first; varints, names and values as in packed_names.py and packed_values.py:
    first byte   40: the version; 30: 0 site, 10 facts, 20 notes, 30 no place; 08: wide; 04: names are spelled
    place        not wide: type u8, origin u8, seq u32, stamp u64, person u16
                 wide:     type u8, origin u16, seq u64, stamp u64, person u64
                 person: `no` + 1, 0 for none; where the first byte says so there is no place
    names        where the first byte says so: what this record spells
    mask         varint; see `_mask`. An event as its type usually is has 0
    at_ms        varint: zigzagged difference to the millisecond of the stamp, unless the mask says that there is none
    err_ms       varint, unless the mask says that there is none
    fields       values of the type's fields, those that are there, in the order of packed_words.py
    more         where the mask says so: a dict of all other fields
Without a place: a dict of all fields follows the names, or null where the record only spells.
Limits: 490 bytes, which a flash record holds.
"""

import struct

from firmware.wire.packed_names import Names, put_number
from firmware.wire.packed_values import Reader, Writer, is_natural, unzigzag, zigzag
from firmware.wire.packed_words import CODE_OF_TYPE, CODE_OF_WORD, SELDOM, STREAMS, TYPES, USUAL

try:
    from micropython import const

    _TOO_SHORT = ValueError
except ImportError:
    _TOO_SHORT = struct.error

    def const(value):
        return value


BYTES_MAX = const(490)
_VERSION, _VERSION_BITS = const(0x40), const(0xC3)
_ELSEWHERE = const(0x30)
_WIDE = const(0x08)
_SPELLS = const(0x04)
_NARROW_LAYOUT, _NARROW_BYTES = ">BBBIQH", const(17)
_WIDE_LAYOUT, _WIDE_BYTES = ">BBHQQQ", const(28)
_NOTHING = b"\xe0"
_SPELLING_BYTES = const(8)  # of a record that only spells, besides what its names take when each is spelled alone
_MORE = const(1)
_NO_IS_NULL = const(2)
_NO_TIME = const(4)
_NO_ERROR = const(8)
_FIRST_FIELD = const(16)


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


def pack_all(event: dict, names) -> list:
    """Return records for one sector, the last of them the event; those before it spell what it has no room for.

    Raises: ValueError where that does not help.
    """
    known = len(names)
    try:
        return [pack(event, names)]
    except ValueError:
        pass
    try:
        _learn_texts(event, names)
        records = _spell_ahead(names, known) + [pack(event, names)]
        if max(len(record) for record in records) > BYTES_MAX:
            raise ValueError("too long a text")
        return records
    except (ValueError, TypeError, RuntimeError):
        names.cut(known)
        raise ValueError("too long an event")


def unpack(data, names) -> dict | None:
    """Return the event of these bytes, or None where they only spell; `names` learns what they do, unless it knows.

    Raises: ValueError.
    """
    try:
        return _unpack(data, names)
    except IndexError:
        raise ValueError("cut off")


def peek(data) -> tuple | None:
    """Return (index of the origin, type or "", stream, seq, stamp, no or None) without knowing names.

    None where the event has no place in a log, or there is none.
    Raises: ValueError.
    """
    try:
        if data[0] & _ELSEWHERE == _ELSEWHERE:
            return None
        first, code, origin, seq, stamp, person = _read_place(data)
        return origin, TYPES[code], STREAMS[first >> 4 & 3], seq, stamp, person - 1 if person else None
    except IndexError:
        raise ValueError("cut off")


def head(data, names) -> tuple | None:
    """Return (controller, inc, stream, seq, stamp, no or None); `names` learns as in `unpack`.

    None where the event has no place in a log, or there is none.
    Raises: ValueError.
    """
    try:
        if data[0] & _ELSEWHERE == _ELSEWHERE:
            _read_names(data, names, 1)
            return None
        first, _, origin, seq, stamp, person = _read_place(data)
        if first & _SPELLS:
            names.take(data, _WIDE_BYTES if first & _WIDE else _NARROW_BYTES)
        controller, inc = names.origins[origin]
        return controller, inc, STREAMS[first >> 4 & 3], seq, stamp, person - 1 if person else None
    except IndexError:
        raise ValueError("cut off")


# -- packing -------------------------------------------------------------------------------------


def _has_place(event: dict) -> bool:
    """Say whether an event has all that the place of a record names."""
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
    return _spelling(names, known) + writer.out


def _spelling(names, known: int, end: int | None = None) -> bytes:
    """Return a record without a place, up to its names."""
    if len(names) == known:
        return bytes([_VERSION | _ELSEWHERE])
    return bytes([_VERSION | _ELSEWHERE | _SPELLS]) + names.spell(known, end)


def _pack_placed(event: dict, names) -> bytes:
    known, code = len(names), _code_of_type(event)
    origin = names.add_origin(event["controller"], event["inc"])
    writer = Writer(names, event["stamp"] >> 16)
    _write_fields(writer, event, code)
    if len(names) == known:
        return _place(event, code, origin, 0) + writer.out
    return _place(event, code, origin, _SPELLS) + names.spell(known) + writer.out


def _code_of_type(event: dict) -> int:
    kind = event.get("type")
    return CODE_OF_TYPE.get(kind, 0) if isinstance(kind, str) else 0


def _is_person(no) -> bool:
    return is_natural(no) and is_natural(no + 1)


def _place(event: dict, code: int, origin: int, flags: int) -> bytes:
    no, seq, stamp = event.get("no"), event["seq"], event["stamp"]
    person = no + 1 if _is_person(no) else 0
    first = _VERSION | STREAMS.index(event["stream"]) << 4 | flags
    if origin >> 8 or seq >> 32 or person >> 16:
        return struct.pack(_WIDE_LAYOUT, first | _WIDE, code, origin, seq, stamp, person)
    return struct.pack(_NARROW_LAYOUT, first, code, origin, seq, stamp, person)


def _write_fields(writer, event: dict, code: int) -> None:
    mask = _mask(event, code)
    fields = _fields_of(mask, code)
    more = []
    if _held(event, code, mask) + len(fields) < len(event):
        mask |= _MORE
        more = [key for key in event if key not in fields and not _is_held(event, key, code)]
    put_number(writer.out, mask)
    if not mask & _NO_TIME:
        put_number(writer.out, zigzag(event["at_ms"] - (event["stamp"] >> 16)))
    if not mask & _NO_ERROR:
        put_number(writer.out, event["err_ms"])
    writer.fields(event, fields)
    if more:
        writer.more(event, more)


def _mask(event: dict, code: int) -> int:
    """Return in which way an event differs from what its type usually is.

    Layout: _MORE (not set here), _NO_IS_NULL, _NO_TIME, _NO_ERROR; then a bit for each field that is seldom there
    and is, then one for each that usually is there and is not.
    """
    mask = 0 if is_natural(event.get("at_ms")) else _NO_TIME
    if not is_natural(event.get("err_ms")):
        mask |= _NO_ERROR
    if "no" in event and event["no"] is None:
        mask |= _NO_IS_NULL
    bit = _FIRST_FIELD
    for key in SELDOM[code]:
        if key in event:
            mask |= bit
        bit <<= 1
    for key in USUAL[code]:
        if key not in event:
            mask |= bit
        bit <<= 1
    return mask


def _fields_of(mask: int, code: int) -> tuple | list:
    """Return the type's fields that are there."""
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


def _held(event: dict, code: int, mask: int) -> int:
    """Return how many fields the place, the mask and the two numbers after it hold."""
    count = 6 if code else 5
    count += 0 if mask & _NO_TIME else 1
    count += 0 if mask & _NO_ERROR else 1
    return count + 1 if mask & _NO_IS_NULL or _is_person(event.get("no")) else count


def _is_held(event: dict, key: str, code: int) -> bool:
    if key == "type":
        return code > 0
    if key == "no":
        return event[key] is None or _is_person(event[key])
    if key in ("at_ms", "err_ms"):
        return is_natural(event[key])
    return key in ("controller", "inc", "stream", "seq", "stamp")


def _learn_texts(value, names) -> None:
    """Let `names` know every text of a value that no table has."""
    if isinstance(value, str):
        if value not in CODE_OF_WORD and value not in CODE_OF_TYPE:
            names.add(value)
    elif isinstance(value, dict):
        for key in sorted(value):
            _learn_texts(key, names)
            _learn_texts(value[key], names)
    elif isinstance(value, (list, tuple)):
        for part in value:
            _learn_texts(part, names)


def _spell_ahead(names, known: int) -> list:
    """Return records that spell all but the first `known` names, each as many as it has room for."""
    records, size = [], 0
    for end in range(known, len(names)):
        more = len(names.spell(end, end + 1))
        if size + more > BYTES_MAX - _SPELLING_BYTES:
            records.append(_spelling(names, known, end) + _NOTHING)
            known, size = end, 0
        size += more
    records.append(_spelling(names, known) + _NOTHING)
    return records


# -- unpacking -----------------------------------------------------------------------------------


def _read_place(data) -> tuple:
    """Return (first byte, code of the type, origin, seq, stamp, person)."""
    try:
        place = struct.unpack_from(_NARROW_LAYOUT, data, 0)
        if place[0] & _WIDE:
            place = struct.unpack_from(_WIDE_LAYOUT, data, 0)
    except _TOO_SHORT:
        raise ValueError("cut off")
    if place[0] & _VERSION_BITS != _VERSION:
        raise ValueError("not an event of this version")
    return place


def _read_names(data, names, at: int) -> int:
    """Learn what a record spells; return where its other content begins."""
    if data[0] & _VERSION_BITS != _VERSION:
        raise ValueError("not an event of this version")
    return names.take(data, at) if data[0] & _SPELLS else at


def _unpack(data, names) -> dict | None:
    if data[0] & _ELSEWHERE == _ELSEWHERE:
        reader = Reader(data, _read_names(data, names, 1), names, 0)
        event = reader.value()
    else:
        event, reader = _read_placed(data, names)
    if reader.at != len(data) or not (isinstance(event, dict) or event is None):
        raise ValueError("not an event")
    return event


def _read_placed(data, names) -> tuple:
    first, code, origin, seq, stamp, person = _read_place(data)
    at = _WIDE_BYTES if first & _WIDE else _NARROW_BYTES
    if first & _SPELLS:
        at = names.take(data, at)
    controller, inc = names.origins[origin]
    event = {"controller": controller, "inc": inc, "stream": STREAMS[first >> 4 & 3], "seq": seq, "stamp": stamp}
    if code:
        event["type"] = TYPES[code]
    if person:
        event["no"] = person - 1
    reader = Reader(data, at, names, stamp >> 16)
    _read_fields(reader, event, code)
    return event, reader


def _read_fields(reader, event: dict, code: int) -> None:
    mask = reader.number()
    if mask & _NO_IS_NULL:
        event["no"] = None
    if not mask & _NO_TIME:
        event["at_ms"] = (event["stamp"] >> 16) + unzigzag(reader.number())
    if not mask & _NO_ERROR:
        event["err_ms"] = reader.number()
    reader.fields(event, _fields_of(mask, code))
    if mask & _MORE:
        more = reader.value()
        if not isinstance(more, dict):
            raise ValueError("not an event")
        event.update(more)
