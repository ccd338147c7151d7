"""The interrupt side of a Wiegand reader: two wires, whose handlers put down each pulse. Nothing here takes heap.

On the ESP32 an interrupt only queues its handler, behind those of all other pins: it runs late, when eight wait already
it never runs, and after a flash write pulses of two wires come in the order of their GPIO numbers. So each wire has a
witness, a counter in hardware that misses nothing. Whoever handles a pulse of one wire while the witness of the other has
counted more than was handled there does not know which of the two came first, and says so.
Layout of a pulse: flags, a byte; ticks in microseconds; the epoch of `Busy`.
"""

from array import array

from firmware.const import const

BIT = const(1)  # flags of a pulse: the wire it came on
UNSURE = const(2)  # its place among those of the other wire is not known
BUSY = const(4)  # it was handled while somebody stopped interrupts
PULSES_MAX = const(128)  # the longest frame there is
_LAST = const(127)
COUNT_MAX = const(16384)  # where a witness starts again from 0
_COUNT_LAST = const(16383)


class Pulses:
    """A ring of pulses. `lost`: some did not fit in."""

    def __init__(self):
        self.flags = bytearray(PULSES_MAX)
        self.at_us = array("I", [0] * PULSES_MAX)
        self.epoch = array("H", [0] * PULSES_MAX)
        self.first = self.end = 0
        self.lost = False

    def is_empty(self) -> bool:
        return self.first == self.end

    def drop(self) -> None:
        """Let the first go."""
        self.first = (self.first + 1) & _LAST


class Wire:
    """One wire, D0 or D1. `witness`: an object whose value() counts its pulses up to COUNT_MAX, or None."""

    def __init__(self, bit: int, witness, pulses: Pulses, busy, ticks_us):
        self._bit = bit
        self._witness = witness
        self._pulses = pulses
        self._busy = busy
        self._ticks_us = ticks_us
        self._other = self
        self._count = 0
        self.agree()

    def join(self, other) -> None:
        """Make two wires those of one reader."""
        self._other, other._other = other, self

    def handle(self, _pin) -> None:
        """Take a falling edge. Called by the interpreter between any two steps of anything else."""
        pulses, busy, other = self._pulses, self._busy, self._other
        place = pulses.end
        following = (place + 1) & _LAST
        if following == pulses.first:
            pulses.lost = True  # and not counted: the witness knows better
            return
        self._count = (self._count + 1) & _COUNT_LAST
        flags = self._bit
        if busy.depth:
            flags |= BUSY
        if other._witness is not None and other._witness.value() != other._count:
            flags |= UNSURE
        pulses.flags[place] = flags
        pulses.at_us[place] = self._ticks_us()
        pulses.epoch[place] = busy.epoch
        pulses.end = following

    def agrees(self) -> bool:
        """Say whether every pulse that the witness saw was handled, and no other. Without a witness nobody denies it."""
        return self._witness is None or self._witness.value() == self._count

    def seen(self) -> int:
        """Return how far the witness has counted."""
        return 0 if self._witness is None else self._witness.value()

    def agree(self) -> None:
        """Begin to count where the witness stands. Only in a silence: else pulses of the next frame would be passed over."""
        self._count = self.seen()
