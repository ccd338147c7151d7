"""JSON by the letter, of whole numbers and not too deep: what every parser reads alike, or refuses.

MicroPython's parser takes what is none: missing commas, colons and last brackets, numbers as keys, escapes of any letter,
halves of characters, ends at a zero byte. CPython's takes NaN, and stops at a depth of its own.
Every string becomes one quote and every number a 1; then whatever is whole becomes a 1 again, from the inside out, until
nothing else is left. Replacing is quick, and a message is no longer than its sender makes it; a loop over its characters
would take a board tens of milliseconds.
Limits: lists and objects stand in one another up to 20 deep; a number has no 20 zeros in a row.
"""

from firmware.const import const

_DEPTH_MAX = const(20)
_HEX = const("0123456789abcdefABCDEF")
# Of characters that may be spelled longer than they are, that are halves, or that lie beyond the last one.
_RISKY = const(b"\xc0\xc1\xe0\xed\xf0\xf4\xf5\xf6\xf7")


def text_of(payload: bytes) -> str:
    """Return the text of these bytes, which is JSON whose numbers are whole.

    Raises: ValueError. What it returns may still hold letters outside strings, which no parser takes.
    """
    text = payload.decode()
    for lead in _RISKY if len(text) != len(payload) else b"":
        if lead in payload:
            size = 0
            for each in text:
                code = ord(each)
                need(not 0xD800 <= code < 0xE000 and code < 0x110000)
                size += 1 if code < 0x80 else 2 if code < 0x800 else 3 if code < 0x10000 else 4
            need(size == len(payload))
    need("\0" not in text)
    bare = text.replace("\\\\", "x")  # no hexadecimal digit
    if "\\" in bare:
        for piece in bare.split("\\")[1:]:
            code = piece[1:5]
            if piece[:1] == "u":
                need(len(code) == 4 and not code.strip(_HEX) and not 0xD800 <= int(code, 16) < 0xE000)
            else:
                need(piece[:1] in '"/bfnrt')
        bare = bare.replace('\\"', "x")
    pieces = bare.split('"')
    if not hasattr(text, "isprintable") and min(payload) < 32:  # MicroPython's parser takes these in strings
        for piece in pieces[1::2]:
            need(not piece or min(piece) >= " ")
    need(len(pieces) % 2 and _is_one_value('"'.join(pieces[::2])))
    return text


def _is_one_value(bare: str) -> bool:
    """Say whether a text whose strings are quotes is one value. A number that begins with 0 keeps more than one digit."""
    for digit in range(2, 10):
        bare = bare.replace(str(digit), "1")
    need("0" * 20 not in bare)  # more of them take too many rounds
    for pair in "10 11".split(" "):
        while pair in bare:
            bare = bare.replace(pair, "1")
    for found in "0 -1 true false null".split(" "):
        bare = bare.replace(found, "1")
    for space in " \t\n\r":
        bare = bare.replace(space, "")
    # `:` is a key, `;` a key with its value.
    bare = bare.replace('":', ":").replace('"', "1")
    for _ in range(_DEPTH_MAX):
        bare = bare.replace(":1", ";")
        for one in "1;":
            while one + "," + one in bare:
                bare = bare.replace(one + "," + one, one)
        for whole in "[1] [] {;} {}".split(" "):  # in this order: one level in each round
            bare = bare.replace(whole, "1")
        if bare == "1":
            return True
    return False


def need(is_right: bool) -> None:
    """Raises: ValueError where something is not as it must be."""
    if not is_right:
        raise ValueError("not a message")
