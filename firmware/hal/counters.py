"""Counters of pulses in hardware: the witnesses of Wiegand wires, as long as the chip has some."""

from firmware.const import const
from firmware.hal.wiegand_wire import COUNT_MAX

_FILTER = const(1000)  # ticks of 80 MHz: what is shorter than 12.5 µs is no pulse; pulses last 20 µs and more
NONE = (None, None)


class Counters:
    """Gives out the units of a chip, two for a reader. MicroPython before 1.26 and some chips have none.

    Make them before a pin's interrupt: the driver sets the pin up anew.
    """

    def __init__(self, esp32):
        self._PCNT = getattr(esp32, "PCNT", None)
        self._used = 0

    def pair(self, pins: tuple) -> tuple:
        """Return a running counter for each of two pins, or (None, None) where the chip has no more."""
        made = (self._counter(pins[0]), self._counter(pins[1]))
        return NONE if None in made else made

    def _counter(self, pin):
        PCNT = self._PCNT
        if PCNT is None:
            return None
        try:
            counter = PCNT(self._used, pin=pin, falling=PCNT.INCREMENT, filter=_FILTER, min=-COUNT_MAX, max=COUNT_MAX)
        except ValueError:  # that is how it says that there is no such unit
            return None
        self._used += 1
        counter.start()
        return counter
