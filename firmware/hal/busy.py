"""Work that stops interrupts or the interpreter: flash writes, collections, handshakes. Whoever does it says so here.

Meanwhile pulses of readers wait, are merged, or lose their order, and nobody can tell afterwards: a frame that overlapped
such work is void. Pulses that waited are handled before the work counts as over, so that each is known to belong to it.
"""

from _thread import allocate_lock

from firmware.const import const

_HANDLERS_MAX = const(8)  # so many wait on an ESP32, of all pins together; more are lost
_EPOCH_MAX = const(0xFFFF)


class Busy:
    """`with busy:` around such work, in any thread. `epoch` is another one before and after; `depth`: how many work now.

    `let_in()`: let one interrupt handler that waits have its turn; on a board `time.sleep_ms(0)` does. Handlers only read.
    `is_reading()`: a reader is in the middle of a frame; for those who had better wait.
    """

    def __init__(self, let_in, is_reading=bool):
        self.epoch = self.depth = 0
        self.is_reading = is_reading
        self._let_in = let_in
        self._lock = allocate_lock()  # threads take turns at any moment, also between the reading and writing of a number

    def __enter__(self):
        self._count(1)
        return self

    def __exit__(self, *error):
        for _ in range(_HANDLERS_MAX):
            self._let_in()
        self._count(-1)

    def _count(self, step: int) -> None:
        with self._lock:
            self.depth += step
            self.epoch = (self.epoch + 1) & _EPOCH_MAX
