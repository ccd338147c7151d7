"""Cards as people write them, checked, and as the frames a reader would send: for those who make sites and simulate them."""

from firmware.const import const
from firmware.wire.wiegand_cards import RAW, RAW_BITS_MAX, RAW_BITS_MIN, raw_text, text_of
from firmware.wire.wiegand_formats import binary, covered, format_names, named

TEXT_LEN_MAX = 64

_FIELD_NAMES = const(("OEM", "FACILITY", "NUMBER"))


def encode(name: str, *values) -> str:
    """The frame of a card: encode("H10301", 118, 1603).

    Raises: ValueError for an unknown format, a missing or extra field, or one out of range.
    """
    return encode_card(":".join([name] + [str(value) for value in values]))


def encode_card(text: str) -> str:
    """The frame of a card's text. Raises: ValueError as parse_card."""
    name, values = _split(text)
    if name == RAW:
        return binary(values[1], values[0])
    return frame(named(name), values)


def frame(form, values: tuple) -> str:
    """The frame of these field values, which must fit."""
    bits = ["0"] * form.bits_len
    for (offset, length), value in zip(form.fields, values):
        bits[offset:offset + length] = list(binary(value, length))
    for offset, text in form.fixed:
        bits[offset:offset + len(text)] = list(text)
    if form.has_xor:
        _append_xor(bits)
    for rule in form.parity:
        ones = sum([bits[p] == "1" for p in covered(*rule[2:])])
        bits[rule[0]] = "01"[(ones + rule[1]) & 1]
    return "".join(bits)


def _append_xor(bits: list) -> None:
    """Set the last 8 bits to the exclusive or of the bytes before."""
    check = 0
    for offset in range(0, len(bits) - 8, 8):
        check ^= int("".join(bits[offset:offset + 8]), 2)
    bits[-8:] = list(binary(check, 8))


def parse_card(text: str) -> str:
    """The one way to write this card: no leading zeros, hex in lower case and as long as its bits.

    Raises: ValueError with what is wrong and the remedy.
    """
    name, values = _split(text)
    return raw_text(binary(values[1], values[0])) if name == RAW else text_of(name, values)


def _split(text: str) -> tuple:
    """(format name, field values) of a card's text."""
    if len(text) > TEXT_LEN_MAX:
        raise ValueError("a card is at most %d characters" % TEXT_LEN_MAX)
    name, *parts = text.split(":")
    if name == RAW:
        return RAW, _raw_values(text, parts)
    if name not in format_names():
        known = ", ".join(sorted(format_names()))
        raise ValueError("%s: unknown card format; use one of %s, or RAW:BITS:HEX" % (text, known))
    fields = named(name).fields
    names = _FIELD_NAMES[-len(fields):]
    if len(parts) != len(fields):
        raise ValueError("%s: write it as %s" % (text, ":".join([name] + list(names))))
    return name, tuple([_number(text, *row) for row in zip(parts, names, fields)])


def _number(text: str, part: str, name: str, field: tuple) -> int:
    value = _digits(text, part, "0123456789", 10)
    if value >> field[1]:
        raise ValueError("%s: %s %s is above %d" % (text, name, part, (1 << field[1]) - 1))
    return value


def _raw_values(text: str, parts: list) -> tuple:
    if len(parts) != 2:
        raise ValueError("%s: write it as RAW:BITS:HEX" % text)
    bits_len = _digits(text, parts[0], "0123456789", 10)
    value = _digits(text, parts[1], "0123456789abcdefABCDEF", 16)
    if not RAW_BITS_MIN <= bits_len <= RAW_BITS_MAX:
        raise ValueError("%s: BITS is %d to %d" % (text, RAW_BITS_MIN, RAW_BITS_MAX))
    if value >> bits_len:
        raise ValueError("%s: HEX %s needs more than %d bits" % (text, parts[1], bits_len))
    return bits_len, value


def _digits(text: str, part: str, allowed: str, base: int) -> int:
    """int() alone would take signs, blanks, underscores and the digits of every script."""
    if not part or [c for c in part if c not in allowed]:
        kind = "a number" if base == 10 else "hexadecimal"
        raise ValueError("%s: '%s' is not %s" % (text, part, kind))
    return int(part, base)
