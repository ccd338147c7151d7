"""Stamps: a hybrid logical clock, so that cause comes before effect whatever the clocks say.

Layout: one integer, milliseconds since 1970 in the upper 48 bits, a counter in the lower 16.
"""

from firmware.const import const

_COUNTER_BITS = const(16)
_HEX = const("0123456789abcdefABCDEF")


def at(at_ms: int) -> int:
    """Return the lowest stamp of a millisecond."""
    return at_ms << _COUNTER_BITS


def at_ms(stamp: int) -> int:
    """Return the millisecond of a stamp."""
    return stamp >> _COUNTER_BITS


def text(stamp: int) -> str:
    """Return a stamp as messages carry it: 16 hexadecimal digits."""
    return "%08x%08x" % (stamp >> 32, stamp & 0xFFFFFFFF)


def parse(digits: str) -> int:
    """Return the stamp of its text.

    Raises: ValueError where it is not 16 hexadecimal digits.
    """
    if not isinstance(digits, str) or len(digits) != 16 or digits.strip(_HEX):
        raise ValueError("a stamp has 16 hexadecimal digits")
    return int(digits, 16)


class Stamps:
    """The stamps of one controller: each above everything it has written or heard."""

    def __init__(self):
        self.newest = 0

    def draw(self, at_ms: int) -> int:
        """Return the next stamp at a wall-clock time."""
        self.newest = max(self.newest + 1, at(at_ms))
        return self.newest

    def hear(self, stamp: int) -> None:
        """Take note of somebody's stamp, so that ours come after it."""
        self.newest = max(self.newest, stamp)
