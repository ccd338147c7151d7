"""Work that stops interrupts or the interpreter: flash writes, collections, handshakes. Whoever does it says so here.

Meanwhile pulses of readers wait, are merged, or lose their order, and nobody can tell afterwards: a frame that overlapped
such work is void. Pulses that waited are handled before the work counts as over, so that each is known to belong to it.
"""

from firmware.const import const

_HANDLERS_MAX = const(8)  # so many wait on an ESP32, of all pins together; more are lost
_EPOCH_MAX = const(0xFFFF)


class Busy:
    """`with busy:` around such work, in any thread. `epoch` is another one before and after; `depth`: how many work now.

    `let_in()`: let one interrupt handler that waits have its turn; on a board `time.sleep_ms(0)` does.
    """

    def __init__(self, let_in):
        self.epoch = self.depth = 0
        self._let_in = let_in

    def __enter__(self):
        self.depth += 1
        self.epoch = (self.epoch + 1) & _EPOCH_MAX
        return self

    def __exit__(self, *error):
        for _ in range(_HANDLERS_MAX):
            self._let_in()
        self.depth -= 1
        self.epoch = (self.epoch + 1) & _EPOCH_MAX
