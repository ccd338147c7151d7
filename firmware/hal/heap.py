"""The garbage of a board: no collection comes while readers are listened to, and what stays lies together.

MicroPython takes garbage by itself as soon as so much was allocated (`gc.threshold`); what was free again at once, as call frames
are, counts, too. With one small share of the heap for all times that happens in every frame of a reader, with a large one the
heap falls into pieces. So it may do so often while work is done that leaves something in the heap, a decision, a message, a write;
and between, while pulses come, as seldom as can be: then the shell takes it, announced, when no reader is in a frame.
"""

import gc

from firmware.const import const

_MAKING_SHARE = const(64)  # of the heap: so often while a controller is made, so that what stays lies together
_WORK_SHARE = const(16)
_LISTENING_SHARE = const(2)  # the last line, where readers are never done
_ROUND_BYTES = const(24_000)  # of heap for each turn between two collections: a turn leaves a kilobyte
_ROUNDS_MAX = const(32)
_ENOUGH = const(1 << 30)
# CPython counts no bytes, and has enough of them.
_used = getattr(gc, "mem_alloc", int)
_free = getattr(gc, "mem_free", lambda: _ENOUGH)
_take_each = getattr(gc, "threshold", lambda size: None)


def begin() -> None:
    """Take garbage often: a controller is made."""
    _take_each((_used() + _free()) // _MAKING_SHARE)


def room() -> int:
    """Return how many bytes are free before anything is listened to."""
    gc.collect()
    return _free()


class Heap:
    """`with heap:` around such work. `busy`: a Busy, which hears of it, and of collections. `rounds`: of the shell between two."""

    def __init__(self, busy):
        self._busy = busy
        self._size = _used() + _free()
        self.rounds = min(self._size // _ROUND_BYTES, _ROUNDS_MAX)
        _take_each(self._size // _LISTENING_SHARE)

    def __enter__(self):
        self._busy.__enter__()
        _take_each(self._size // _WORK_SHARE)
        return self

    def __exit__(self, *error):
        _take_each(self._size // _LISTENING_SHARE)
        self._busy.__exit__()

    def collect(self) -> None:
        """Take garbage now."""
        with self._busy:
            gc.collect()

    def free(self) -> int:
        """Return how many bytes are free after a collection."""
        self.collect()
        return _free()
