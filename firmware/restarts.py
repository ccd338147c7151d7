"""How often a board started, and whether crashes come so close together that only the least may run.

A start is a crash where neither power came nor somebody asked for it: an error, a watchdog, a panic of the chip all leave
no other trace. The record lies in the RTC's memory, which outlives resets and no power cut.
A life in which doors pause for an update is asked for by the one before. The wish is gone before that life begins, so it is one
life whatever ends it, and a crash in it counts for no row.
Layout: "BR", how the life before is or ended (0: it runs, 1: it ended as it was told to, 2: it runs in minimal mode, 3: the same
    without a network, 4: as 1, and doors are to pause in the next, 5: it runs, and doors pause), number of starts u32,
    when the last three crashes were found u32 each (seconds of the RTC, 0 for none), crc32
"""

import struct
from binascii import crc32

from firmware.const import const

CRASHES = const(3)
_WITHIN_S = const(600)
_FORMAT = const("<2sBIIII")
_BYTES = const(23)  # with the crc32
_RUNS, _OVER, _MINIMAL, _ALONE, _WISH, _PAUSES = const(0), const(1), const(2), const(3), const(4), const(5)
WHOLE, WITH_NETWORK, ALONE, PAUSED = 0, 1, 2, 3


class Restarts:
    """`memory()` reads the record, `memory(bytes)` replaces it."""

    def __init__(self, memory):
        self._memory = memory
        self.count, self._crashes, self._state = 0, [0] * CRASHES, _RUNS
        self.is_known = self._read()  # else power was off, or the record is damaged

    def _read(self) -> bool:
        data = bytes(self._memory())[:_BYTES]
        if len(data) != _BYTES or struct.pack("<I", crc32(data[:-4])) != data[-4:] or data[:2] != b"BR":
            return False
        found = struct.unpack(_FORMAT, data[:-4])
        self._state, self.count, self._crashes = found[1], found[2], list(found[3:])
        return True

    def begin(self, is_power_on: bool, now_s: int) -> str:
        """Count a start. Returns its cause: "power_on", "restart" (somebody asked) or "crash"."""
        self._was, self._state = self._state, _RUNS
        if is_power_on or not self.is_known:
            cause, self._crashes, self._was = "power_on", [0] * CRASHES, _RUNS
        elif self._was in (_OVER, _WISH):
            cause, self._crashes = "restart", [0] * CRASHES
        else:
            cause = "crash"
            if self._was != _PAUSES:
                self._crashes = self._crashes[1:] + [max(now_s, 1)]
        self.count = (self.count + 1) & 0xFFFFFFFF
        self._write()
        return cause

    def is_minimal(self) -> bool:
        """Say whether three crashes lie within ten minutes. A clock that was set meanwhile makes them seem far apart."""
        return self._crashes[0] > 0 and 0 <= self._crashes[-1] - self._crashes[0] <= _WITHIN_S

    def begin_mode(self, may_be_minimal: bool) -> int:
        """Return how much may run: WHOLE, WITH_NETWORK the least, or ALONE: where even that has crashed, doors go without a network.

        PAUSED: the least with a network, because somebody wants it so.
        """
        if may_be_minimal and self._was == _WISH:
            self._state = _PAUSES
            self._write()
            return PAUSED
        if not may_be_minimal or not self.is_minimal():
            return WHOLE
        self._state = _ALONE if self._was in (_MINIMAL, _ALONE) else _MINIMAL
        self._write()
        return ALONE if self._state == _ALONE else WITH_NETWORK

    def end(self, is_to_pause: bool = False) -> None:
        """Remember that what comes now is no crash, and whether doors are to pause then."""
        self._state = _WISH if is_to_pause else _OVER
        self._write()

    def _write(self) -> None:
        data = struct.pack(_FORMAT, b"BR", self._state, self.count, *self._crashes)
        self._memory(data + struct.pack("<I", crc32(data)))
