"""Which fields a packed event has, and their values.

Layout: mask     varint: see `_mask`. An event as its type usually is has 0
        at_ms    varint: zigzagged difference to the millisecond of the stamp, unless the mask says that there is none
        err_ms   varint, unless the mask says that there is none
        fields   values of the type's fields, those that are there, in the order of packed_words.py
        more     where the mask says so: a dict of all other fields
"""

from firmware.const import const
from firmware.wire.packed_numbers import is_natural, put_number, unzigzag, zigzag

_MORE = const(1)
_NO_IS_NULL = const(2)
_NO_TIME = const(4)
_NO_ERROR = const(8)
_FIRST_FIELD = const(16)


def is_person(no) -> bool:
    """Say whether the place of a record can hold `no`."""
    return is_natural(no) and is_natural(no + 1)


def write(writer, event: dict, kind: tuple) -> None:
    """Append all that the place of a record does not hold."""
    mask = _mask(event, kind)
    fields = _fields_of(mask, kind)
    more = []
    if _held(event, kind, mask) + len(fields) < len(event):
        mask |= _MORE
        more = [key for key in event if key not in fields and not _is_held(event, key, kind)]
    put_number(writer.out, mask)
    if not mask & _NO_TIME:
        put_number(writer.out, zigzag(event["at_ms"] - (event["stamp"] >> 16)))
    if not mask & _NO_ERROR:
        put_number(writer.out, event["err_ms"])
    writer.fields(event, fields)
    if more:
        writer.more(event, more)


def _mask(event: dict, kind: tuple) -> int:
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
    for key in kind[3]:
        if key in event:
            mask |= bit
        bit <<= 1
    for key in kind[2]:
        if key not in event:
            mask |= bit
        bit <<= 1
    return mask


def _fields_of(mask: int, kind: tuple) -> tuple | list:
    """Return the type's fields that are there."""
    if mask < _FIRST_FIELD:
        return kind[2]
    bit = _FIRST_FIELD << len(kind[3])
    fields = []
    for key in kind[2]:
        if not mask & bit:
            fields.append(key)
        bit <<= 1
    bit = _FIRST_FIELD
    for key in kind[3]:
        if mask & bit:
            fields.append(key)
        bit <<= 1
    return fields


def _held(event: dict, kind: tuple, mask: int) -> int:
    """Return how many fields the place, the mask and the two numbers after it hold."""
    count = 6 if kind[0] else 5
    count += 0 if mask & _NO_TIME else 1
    count += 0 if mask & _NO_ERROR else 1
    return count + 1 if mask & _NO_IS_NULL or is_person(event.get("no")) else count


def _is_held(event: dict, key: str, kind: tuple) -> bool:
    if key == "type":
        return kind[0] > 0
    if key == "no":
        return event[key] is None or is_person(event[key])
    if key in ("at_ms", "err_ms"):
        return is_natural(event[key])
    return key in ("controller", "inc", "stream", "seq", "stamp")


def read(reader, event: dict, kind: tuple) -> None:
    """Read what `write` appended.

    Raises: ValueError or IndexError.
    """
    mask = reader.number()
    if mask & _NO_IS_NULL:
        event["no"] = None
    if not mask & _NO_TIME:
        event["at_ms"] = (event["stamp"] >> 16) + unzigzag(reader.number())
    if not mask & _NO_ERROR:
        event["err_ms"] = reader.number()
    reader.fields(event, _fields_of(mask, kind))
    if mask & _MORE:
        more = reader.value()
        if not isinstance(more, dict):
            raise ValueError("not an event")
        event.update(more)
