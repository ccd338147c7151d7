"""A whole controller on fake hardware in the heap of a board: `micropython -X heapsize=… small_heap.py ROM BADGES`.

Run by tests/host/test_board_heap.py. All code lies in the ROM file system, outside of the heap, as on a board; so do the bytes of the
flash chip. The fake hardware lies in the heap, which a board need not bear.
Prints one JSON line per stage: {"stage", "free": bytes, "count"}.
"""

import ffi
import gc
import json
import os
import sys
import uctypes
import vfs

SECTORS, SECTOR_BYTES, PAGE_BYTES = 384, 4096, 256
THRESHOLD_BYTES = 4096  # as a board does: what stays lies together
BLANK = b"\xff" * PAGE_BYTES


def outside(size):
    """Bytes that are not of the heap."""
    return uctypes.bytearray_at(ffi.open("libc.so.6").func("P", "malloc", "L")(size), size)


def mount(path):
    size = os.stat(path)[6]
    image = outside(size)
    with open(path, "rb") as file:
        assert file.readinto(image) == size
    vfs.mount(vfs.VfsRom(memoryview(image)), "/rom")
    sys.path[:] = ["/rom", ".frozen"]


def report(stage, count):
    gc.collect()
    print(json.dumps({"stage": stage, "free": gc.mem_free(), "count": count}))


class Nor:
    """A blank chip outside of the heap, with what a fake Partition asks of a NorRam."""

    def __init__(self):
        self.pages_programmed = 0
        self._bytes = outside(SECTORS * SECTOR_BYTES)
        for sector in range(SECTORS):
            self.ioctl(6, sector)

    def readblocks(self, block, buf, offset=0):
        at = block * SECTOR_BYTES + offset
        buf[:] = self._bytes[at : at + len(buf)]

    def writeblocks(self, block, buf, offset):
        at = block * SECTOR_BYTES + offset
        self.pages_programmed += (at + len(buf) - 1) // PAGE_BYTES - at // PAGE_BYTES + 1
        for byte in buf:
            self._bytes[at] &= byte
            at += 1

    def ioctl(self, request, argument):
        if request != 6:
            return SECTORS if request == 4 else SECTOR_BYTES
        for at in range(argument * SECTOR_BYTES, (argument + 1) * SECTOR_BYTES, PAGE_BYTES):
            self._bytes[at : at + PAGE_BYTES] = BLANK
        return 0


def main(badges):
    gc.threshold(THRESHOLD_BYTES)
    report("start", 0)
    from tests.fakes import chip, esp32, machine  # noqa: F401

    report("fakes", 0)
    import firmware.joined  # noqa: F401

    report("firmware", 0)
    from tests.board import controller

    report("code", 0)
    board = controller.chip()
    board.partitions = {"log": Nor()}
    made = controller.Controller(board)
    made.app.on_append, board.driven = Counting(), Relay()
    gc.threshold(-1)
    report("controller", 0)
    for number in range(badges):
        made.tap(0, ("front_in", "front_out")[number % 2], 200 + number % 7 * 300, 7000)
    report("badges", made.app.on_append.granted)
    report("relay", board.driven.moved)


class Counting:
    """Counts what is granted, and keeps nothing."""

    def __init__(self):
        self.granted = 0

    def __call__(self, event):
        self.granted += event["type"] == "access.granted"


class Relay:
    """Counts how often the door's relay was energised."""

    def __init__(self):
        self.moved = 0

    def append(self, row):
        self.moved += row[1:] == (40, 1)


mount(sys.argv[1])
main(int(sys.argv[2]))
