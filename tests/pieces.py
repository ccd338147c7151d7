"""A heap in pieces, as it is after long use. MicroPython alone."""

import gc


def pinned(piece_bytes):
    """Pin the heap: while these pins are kept, no free piece of it is longer than `piece_bytes`."""
    pins = [None] * (gc.mem_free() // piece_bytes + 256)
    count, last, cell = 0, 0, None
    gc.collect()
    gc.disable()
    try:
        while True:
            cell = (cell,)
            if not 0 < id(cell) - last <= piece_bytes:
                pins[count] = (count,)
                count, last = count + 1, id(cell)
    except MemoryError:
        pass
    cell = None
    gc.enable()
    return (pins, _filled(piece_bytes))


def _filled(piece_bytes):
    """Take what is longer all the same: what lay beside a pin has gone."""
    taken, size = None, longest()
    while size > piece_bytes:
        taken, size = (bytearray(size), taken), longest()
    return taken


def longest():
    """The longest piece of the heap that can be had, in bytes."""
    size, step = 0, 1 << 20
    while step >= 16:
        try:
            bytearray(size + step)
            size += step
        except MemoryError:
            step //= 2
    return size
