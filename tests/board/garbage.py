"""Garbage in a world on a chip: a collection takes a board's time, whoever begins it. For MicroPython on a PC."""

import gc

import ffi

from tests.fakes.chip import Ticks

COLLECT_US = 2000  # without PSRAM
_F_GETFD = 1
_ENDED = -1


class Collector:
    """`gc` of the firmware. Counts collections: `asked` for, `announced` besides, `others`, and `in_frames`: those of them in frames.

    Those that come by themselves are found when somebody looks, of several since then one.
    """

    def __init__(self, chip, is_in_frame):
        self.asked = self.announced = self.others = self.in_frames = 0
        self._chip, self._is_in_frame = chip, is_in_frame
        self._fcntl = ffi.open("libc.so.6").func("i", "fcntl", "iii")
        self._canary = _hatched()
        self.mem_free, self.mem_alloc, self.threshold = gc.mem_free, gc.mem_alloc, gc.threshold

    def collect(self):
        self.asked += 1
        self._chip.stop(COLLECT_US)
        gc.collect()
        self.forget()

    def forget(self):
        """What was collected until now is known."""
        self._canary = _hatched()

    def look(self, is_announced):
        """Find a collection that came by itself."""
        if self._fcntl(self._canary, _F_GETFD, 0) != _ENDED:
            return
        self.announced += is_announced
        self.others += not is_announced
        self.in_frames += not is_announced and self._is_in_frame()
        self._chip.stop(COLLECT_US)
        self.forget()


def _hatched():
    """Return the number of a file that nobody keeps: a collection closes it."""
    return open("/dev/null").fileno()


class BusyTicks(Ticks):
    """`time`, of which a Busy asks for no sleep at its end: what was collected meanwhile was announced."""

    def __init__(self, chip, collector):
        super().__init__(chip)
        self._collector = collector

    def sleep_ms(self, ms):
        if not ms:
            self._collector.look(True)
        super().sleep_ms(ms)
