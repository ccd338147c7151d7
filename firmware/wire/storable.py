"""What the flash can hold of an event that others wrote: nothing else is accepted."""

from firmware.const import const
from firmware.wire import packed
from firmware.wire.packed_numbers import INT_BITS
from firmware.wire.strict import need as _need

_TEXT_BYTES_MAX = const(480)
_DEPTH_MAX = const(15)
# An event that takes no more is not packed to see whether that can be done.
_BYTES_MAX = const(480)  # besides texts, which records of their own may spell
_TEXTS_BYTES_MAX = const(2500)
_NAME_BYTES = const(3)  # at most, of a text that is spelled elsewhere
_MANY_BYTES = const(3)
_SMALL = const(1 << 13)
_SMALL_BYTES = const(3)
_INT_BYTES = const(11)


def check(event: dict) -> None:
    """Accept what wire/packed can pack into one sector.

    Raises: ValueError.
    """
    size, texts = _measure(event, 0)
    if size > _BYTES_MAX or texts > _TEXTS_BYTES_MAX:
        packed.pack_all(event, packed.Names())


def _measure(value, depth: int) -> tuple:
    """Return how many bytes a value takes at most, and those of the texts in it."""
    kind = type(value)
    if kind is str:
        return (_NAME_BYTES, _text_bytes(value))
    if kind is int:
        return (_int_bytes(value), 0)
    if value is None or kind is bool:
        return (1, 0)
    _need(depth <= _DEPTH_MAX)
    if kind is dict:
        return _measure_all(list(value.keys()) + list(value.values()), depth)
    _need(kind is list)
    return _measure_all(value, depth)


def _measure_all(values: list, depth: int) -> tuple:
    size, texts = _MANY_BYTES, 0
    for value in values:
        more = _measure(value, depth + 1)
        size, texts = size + more[0], texts + more[1]
    return (size, texts)


def _text_bytes(text: str) -> int:
    size = len(text.encode())
    _need(size <= _TEXT_BYTES_MAX)
    return size + 2


def _int_bytes(value: int) -> int:
    if 0 <= value < _SMALL:
        return _SMALL_BYTES
    _need((value if value >= 0 else -1 - value) >> INT_BITS == 0)
    return _INT_BYTES
