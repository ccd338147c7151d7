"""Shapes of plain values: what another board wrote is looked at before anything is made of it.

A shape is bytes, for MicroPython keeps for ever each letter that is taken out of a text. i a whole number from 0 to 64 bits, s a
text, b true or false, n null; several of these letters: any of them; t one of the three streams; k what names something: a text,
or a list of texts and whole numbers; ~x null or x; [x] a list of x; (x y) a list of just these; {name x other? y} an object that
has these, the second only perhaps; _ anything.
"""

import json

from firmware.const import const
from firmware.replica.publisher import STREAMS

_OPENS = const(b"[({")
_CLOSES = const(b"])}")
_MAYBE = const(0x7E)  # ~
_LIST = const(0x5B)  # [
_PARTS = const(0x28)  # (
_PARTS_END = const(0x29)  # )
_OBJECT = const(0x7B)  # {
_OBJECT_END = const(0x7D)  # }
_PERHAPS = const(0x3F)  # ?
_SPACE = const(0x20)
_ANY = const(0x5F)  # _
_NUMBER = const(0x69)  # i
_TEXT = const(0x73)  # s
_TRUTH = const(0x62)  # b
_NOTHING = const(0x6E)  # n
_STREAM = const(0x74)  # t
_NAME = const(0x6B)  # k
_NUMBER_MAX = const(1 << 64)


def is_like(body: bytes, shape: bytes) -> bool:
    """Say whether bytes are JSON of a shape."""
    try:
        return fits(json.loads(body), shape)
    except (ValueError, RuntimeError):  # the second: deeper than the parser goes
        return False


def fits(value, shape: bytes, at: int = 0) -> bool:
    """Say whether a value has the shape at a place of a text."""
    first = shape[at]
    if first == _MAYBE:
        return value is None or fits(value, shape, at + 1)
    if first == _LIST:
        return isinstance(value, list) and all([fits(each, shape, at + 1) for each in value])
    if first == _PARTS:
        return isinstance(value, list) and _are_parts(value, shape, at + 1)
    if first == _OBJECT:
        return isinstance(value, dict) and _has_fields(value, shape, at + 1)
    return first == _ANY or any([_is_one(value, letter) for letter in shape[at : _after(shape, at)]])


def _are_parts(values: list, shape: bytes, at: int) -> bool:
    for value in values:
        if shape[at] == _PARTS_END or not fits(value, shape, at):
            return False
        at = _next(shape, at)
    return shape[at] == _PARTS_END


def _has_fields(values: dict, shape: bytes, at: int) -> bool:
    while shape[at] != _OBJECT_END:
        space = shape.find(b" ", at)
        name = str(shape[at:space].rstrip(b"?"), "utf-8")
        if not (fits(values[name], shape, space + 1) if name in values else shape[space - 1] == _PERHAPS):
            return False
        at = _next(shape, space + 1)
    return True


def _is_one(value, letter: int) -> bool:
    if letter == _NAME:
        return isinstance(value, str) or isinstance(value, list) and all([_is_one(each, _TEXT) or _is_one(each, _NUMBER) for each in value])
    if letter == _STREAM:
        return value in STREAMS
    if letter == _NUMBER:
        return type(value) is int and 0 <= value < _NUMBER_MAX
    return isinstance(value, {_TEXT: str, _TRUTH: bool, _NOTHING: type(None)}[letter])


def _next(shape: bytes, at: int) -> int:
    """Return where the shape after the one at a place begins, or the end of what holds them."""
    at = _after(shape, at)
    return at + 1 if shape[at] == _SPACE else at


def _after(shape: bytes, at: int) -> int:
    """Return where the shape at a place ends."""
    depth = 0
    while at < len(shape):
        if shape[at] in _OPENS:
            depth += 1
        elif shape[at] in _CLOSES or shape[at] == _SPACE:
            if not depth:
                return at
            depth -= shape[at] != _SPACE
            if not depth and shape[at] != _SPACE:
                return at + 1
        at += 1
    return at
