"""From a frame to a card's text: H10301:118:1603 is what people write, bits are what the reader sends.

Layout: FORMAT:FACILITY:NUMBER, H10302:NUMBER, C15001:OEM:FACILITY:NUMBER or RAW:BITS:HEX.
"""

from firmware.const import const
from firmware.wire.wiegand_formats import named

RAW = "RAW"  # as an accepted format: any frame that no named format takes
_TEXTS = const(("", "%s:%d", "%s:%d:%d", "%s:%d:%d:%d"))  # by the number of fields
RAW_BITS_MIN, RAW_BITS_MAX = 4, 128


def decode(bits: str, formats: list, parity: bool = True) -> str | None:
    """The card that these bits are to a reader of these formats, or None."""
    result = read(bits.encode(), formats, parity)
    return result[1] if result[0] == "card" else None


def read(frame: bytes, formats: list, parity: bool = True) -> tuple:
    """One whole frame, in ASCII: MicroPython looks each piece of a str up among all names that it knows.

    Layout: ("card", text) or ("fault", "ambiguous" | "parity" | "length").
    """
    found = None
    for name in formats:
        values = None if name == RAW else named(name).decode(frame, parity)
        if values is not None:
            text = text_of(name, values)
            if found and found != text:
                return ("fault", "ambiguous")
            found = text
    if not found and RAW in formats and RAW_BITS_MIN <= len(frame) <= RAW_BITS_MAX:
        found = raw_text(frame)
    if found:
        return ("card", found)
    lengths = [named(name).bits_len for name in formats if name != RAW]
    return ("fault", "parity" if len(frame) in lengths else "length")


def text_of(name: str, values: tuple) -> str:
    return _TEXTS[len(values)] % ((name,) + values)


def raw_text(bits) -> str:
    digits = (len(bits) + 3) // 4
    return "%s:%d:%s" % (RAW, len(bits), ("0" * digits + "%x" % int(bits, 2))[-digits:])
