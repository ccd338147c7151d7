"""Events as the flash keeps them: bytes and back, exactly.

Layout, numbers high byte first; names and values as in packed_names.py and packed_values.py:
    first byte   40: the version; 30: 0 site, 10 facts, 20 notes, 30 no place; 08: wide; 04: names are spelled
    place        not wide: type u8, origin u8, seq u32, stamp u64, person u16
                 wide:     type u8, origin u16, seq u64, stamp u64, person u64
                 person: `no` + 1, 0 for none; where the first byte says so there is no place
    names        where the first byte says so: what this record spells
    fields       see packed_fields.py
Without a place: a dict of all fields follows the names, or null where the record only spells.
Limits: 490 bytes, which a flash record holds.
"""

import struct

from firmware.const import const
from firmware.wire import packed_fields
from firmware.wire.packed_names import Names
from firmware.wire.packed_numbers import is_natural
from firmware.wire.packed_values import Reader, Writer
from firmware.wire.packed_words import NO_KIND, STREAMS, code_of_type, code_of_word, kind, kind_of

BYTES_MAX = const(490)
RECORDS_BYTES_MAX = const(3500)  # of all records of one event: a sector has room for them
_VERSION = const(0x40)
_VERSION_BITS = const(0xC3)
_ELSEWHERE = const(0x30)
_WIDE = const(0x08)
_SPELLS = const(0x04)
_NARROW_LAYOUT = const(">BBBIQH")
_NARROW_BYTES = const(17)
_WIDE_LAYOUT = const(">BBHQQQ")
_WIDE_BYTES = const(28)
_NOTHING = const(b"\xe0")
_SPELLING_BYTES = const(8)  # of a record that only spells, besides what its names take when each is spelled alone


def pack(event: dict, names) -> bytes:
    """Return an event as bytes; `names` learns what it spells, or nothing where this raises.

    Where the bytes are not written after all, `names` must be cut back: later records would build on them.
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
    Limits: 3,500 bytes together.
    """
    known = len(names)
    try:
        return [pack(event, names)]
    except ValueError:
        pass
    try:
        _learn_texts(event, names)
        records = _spell_ahead(names, known) + [pack(event, names)]
        sizes = [len(record) for record in records]
        if max(sizes) > BYTES_MAX or sum(sizes) > RECORDS_BYTES_MAX:
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
            _check_version(data[0])
            return None
        first, code, origin, seq, stamp, person = _read_place(data)
        return origin, kind(code)[1], STREAMS[first >> 4 & 3], seq, stamp, person - 1 if person else None
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
    known, of_type = len(names), _kind_of(event)
    origin = names.add_origin(event["controller"], event["inc"])
    writer = Writer(names, event["stamp"] >> 16)
    packed_fields.write(writer, event, of_type)
    if len(names) == known:
        return _place(event, of_type[0], origin, 0) + writer.out
    return _place(event, of_type[0], origin, _SPELLS) + names.spell(known) + writer.out


def _kind_of(event: dict) -> tuple:
    name = event.get("type")
    return (kind_of(name) if isinstance(name, str) else None) or NO_KIND


def _place(event: dict, code: int, origin: int, flags: int) -> bytes:
    no, seq, stamp = event.get("no"), event["seq"], event["stamp"]
    person = no + 1 if packed_fields.is_person(no) else 0
    first = _VERSION | STREAMS.index(event["stream"]) << 4 | flags
    if origin >> 16:
        raise ValueError("too many origins in one sector")
    if origin >> 8 or seq >> 32 or person >> 16:
        return struct.pack(_WIDE_LAYOUT, first | _WIDE, code, origin, seq, stamp, person)
    return struct.pack(_NARROW_LAYOUT, first, code, origin, seq, stamp, person)


def _learn_texts(value, names) -> None:
    """Let `names` know every text of a value that no table has."""
    if isinstance(value, str):
        if code_of_word(value) is None and not code_of_type(value):
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
    first = data[0]
    _check_version(first)
    if len(data) < (_WIDE_BYTES if first & _WIDE else _NARROW_BYTES):
        raise ValueError("cut off")
    if first & _WIDE:
        return struct.unpack_from(_WIDE_LAYOUT, data, 0)
    # A start reads thousands of these, and `struct` takes five times as long.
    return first, data[1], data[2], int.from_bytes(data[3:7], "big"), int.from_bytes(data[7:15], "big"), data[15] << 8 | data[16]


def _check_version(first: int) -> None:
    if first & _VERSION_BITS != _VERSION:
        raise ValueError("not an event of this version")


def _read_names(data, names, at: int) -> int:
    """Learn what a record spells; return where its other content begins."""
    _check_version(data[0])
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
    of_type = kind(code)
    if code:
        event["type"] = of_type[1]
    if person:
        event["no"] = person - 1
    reader = Reader(data, at, names, stamp >> 16)
    packed_fields.read(reader, event, of_type)
    return event, reader


class Codec:
    """What a log asks for, as a value to hand on: the class itself, of which there is no object."""

    Names, pack_all, unpack, head, peek = Names, pack_all, unpack, head, peek
