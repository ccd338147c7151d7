"""Keypads on a Wiegand line: one key, one frame.

Layout: 4bit: the key's code. 8bit: the code inverted, then the code (HID 7393760, CDVI, Rosslare).
6bit: even parity over the first 3 bits, the code, odd parity over the last 3 (Rosslare, nibble mode).
"""

from firmware.wire.wiegand_formats import binary

KEYS = "0123456789*#"  # a key's code is its place
KEY_BITS = {"4bit": 4, "6bit": 6, "8bit": 8}

_CODE_OFFSET = {"4bit": 0, "6bit": 1, "8bit": 4}


def encode_key(kind: str, key: str) -> str:
    """The frame of one key."""
    code = KEYS.index(key)
    bits = binary(code, 4)
    if kind == "4bit":
        return bits
    if kind == "8bit":
        return binary(15 - code, 4) + bits
    even = bits[:2].count("1") & 1
    odd = bits[2:].count("1") + 1 & 1
    return str(even) + bits + str(odd)


def decode_key(kind: str, bits: str) -> str | None:
    """The key, or None for a code that is none or whose check bits are wrong."""
    if len(bits) != KEY_BITS[kind]:
        return None
    offset = _CODE_OFFSET[kind]
    code = int(bits[offset:offset + 4], 2)
    if code >= len(KEYS) or encode_key(kind, KEYS[code]) != bits:
        return None
    return KEYS[code]
