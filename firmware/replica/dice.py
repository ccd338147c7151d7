"""Small random numbers that are no secret: delays and jitter, the same from one seed on every interpreter."""

from binascii import crc32

from firmware.const import const

_PRIME = const(65537)


class Dice:
    """A linear congruential generator that never needs more than 31 bits."""

    def __init__(self, name: str, seed: int = 0):
        # Neighbours must not draw alike: their names differ in one letter.
        self._state = crc32(name.encode(), seed & 0xFFFF) & 0xFFFF

    def below(self, limit: int) -> int:
        """Return a number from 0 to below `limit`.

        Limits: `limit` is at most 16,000.
        """
        self._state = (self._state * 75 + 74) % _PRIME
        return self._state * limit >> 16
