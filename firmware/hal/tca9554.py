"""Eight outputs behind a TCA9554 at an I2C bus. They keep their levels over a reset of the board, and what boot.py set them to.

What the bus does not take is counted, kept, and written again at the next `tick`: a lock must not hang on one bad transfer.
Source: TI, TCA9554 data sheet: register 1 holds the levels, register 3 the directions, 0 for an output.
"""

from firmware.const import const

_LEVELS, _DIRECTIONS = const(1), const(3)
_ALL = const(0xFF)  # of both registers, when power comes


class Tca9554:
    """`failures`: transfers that went wrong."""

    def __init__(self, i2c, address: int):
        self.failures = 0
        self._i2c, self._address = i2c, address
        self._is_written = True
        self._levels, self._directions = self._read(_LEVELS), self._read(_DIRECTIONS)

    def output(self, bit: int, level: int):
        """Make a pin an output that has this level from the first moment on; it has value(level), as a machine.Pin."""
        self._directions &= ~(1 << bit)
        self.put(bit, level)
        return _Output(self, bit)

    def put(self, bit: int, level: int) -> None:
        """Set one level."""
        mask = 1 << bit
        self._levels = self._levels | mask if level else self._levels & ~mask
        self._write()

    def tick(self) -> None:
        """Write again what the bus did not take."""
        if not self._is_written:
            self._write()

    def _read(self, register: int) -> int:
        try:
            return self._i2c.readfrom_mem(self._address, register, 1)[0]
        except OSError:
            self.failures += 1
            return _ALL

    def _write(self) -> None:
        try:
            self._i2c.writeto_mem(self._address, _LEVELS, bytes([self._levels]))
            self._i2c.writeto_mem(self._address, _DIRECTIONS, bytes([self._directions]))
            self._is_written = True
        except OSError:
            self.failures += 1
            self._is_written = False


class _Output:
    def __init__(self, expander: Tca9554, bit: int):
        self._expander, self._bit = expander, bit

    def value(self, level: int) -> None:
        """Set the level."""
        self._expander.put(self._bit, level)
