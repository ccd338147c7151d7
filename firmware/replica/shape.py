"""Shapes of plain values: what another board wrote is looked at before anything is made of it.

A shape is a text: i a whole number from 0 to 64 bits, s a text, b true or false, n null; several of these letters: any of
them; t one of the three streams; k what names something: a text, or a list of texts and whole numbers; ~x null or x; [x] a
list of x; (x y) a list of just these; {name x other? y} an object that has these, the second only perhaps; _ anything.
"""

import json

from firmware.const import const
from firmware.replica.publisher import STREAMS

_OPENS, _CLOSES = const("[({"), const("])}")
_NUMBER_MAX = const(1 << 64)


def is_like(body: bytes, shape: str) -> bool:
    """Say whether bytes are JSON of a shape."""
    try:
        return fits(json.loads(body), shape)
    except (ValueError, RuntimeError):  # the second: deeper than the parser goes
        return False


def fits(value, shape: str, at: int = 0) -> bool:
    """Say whether a value has the shape at a place of a text."""
    first = shape[at]
    if first == "~":
        return value is None or fits(value, shape, at + 1)
    if first == "[":
        return isinstance(value, list) and all([fits(each, shape, at + 1) for each in value])
    if first == "(":
        return isinstance(value, list) and _are_parts(value, shape, at + 1)
    if first == "{":
        return isinstance(value, dict) and _has_fields(value, shape, at + 1)
    return first == "_" or any([_is_one(value, letter) for letter in shape[at : _after(shape, at)]])


def _are_parts(values: list, shape: str, at: int) -> bool:
    for value in values:
        if shape[at] == ")" or not fits(value, shape, at):
            return False
        at = _next(shape, at)
    return shape[at] == ")"


def _has_fields(values: dict, shape: str, at: int) -> bool:
    while shape[at] != "}":
        space = shape.find(" ", at)
        name = shape[at:space].rstrip("?")
        if not (fits(values[name], shape, space + 1) if name in values else shape[space - 1] == "?"):
            return False
        at = _next(shape, space + 1)
    return True


def _is_one(value, letter: str) -> bool:
    if letter == "k":
        return isinstance(value, str) or isinstance(value, list) and all([_is_one(each, "s") or _is_one(each, "i") for each in value])
    if letter == "t":
        return value in STREAMS
    if letter == "i":
        return type(value) is int and 0 <= value < _NUMBER_MAX
    return isinstance(value, {"s": str, "b": bool, "n": type(None)}[letter])


def _next(shape: str, at: int) -> int:
    """Return where the shape after the one at a place begins, or the end of what holds them."""
    at = _after(shape, at)
    return at + 1 if shape[at] == " " else at


def _after(shape: str, at: int) -> int:
    """Return where the shape at a place ends."""
    depth = 0
    while at < len(shape):
        if shape[at] in _OPENS:
            depth += 1
        elif shape[at] in _CLOSES or shape[at] == " ":
            if not depth:
                return at
            depth -= shape[at] != " "
            if not depth and shape[at] != " ":
                return at + 1
        at += 1
    return at
