"""For programs in the heap of a board: code in a ROM file system and the flash chip's bytes lie outside of it, as on a board.

Laid beside the program, and imported before there is any other code: `mount` the image, then import the rest from it.
"""

import ffi
import gc
import json
import os
import sys
import uctypes
import vfs

SECTORS, SECTOR_BYTES, PAGE_BYTES = 384, 4096, 256
BLANK = b"\xff" * PAGE_BYTES


def outside(size):
    """Bytes that are not of the heap."""
    return uctypes.bytearray_at(ffi.open("libc.so.6").func("P", "malloc", "L")(size), size)


def mount(path):
    """Have all code come from a ROM image; from a folder it is loaded into the heap, as on a board without a ROM file system."""
    if os.stat(path)[0] & 0x4000:
        sys.path[:] = [path, ".frozen"]
        return
    size = os.stat(path)[6]
    image = outside(size)
    with open(path, "rb") as file:
        assert file.readinto(image) == size
    vfs.mount(vfs.VfsRom(memoryview(image)), "/rom")
    sys.path[:] = ["/rom", ".frozen"]


def report(stage, **more):
    """Print how much of the heap is free, and what else there is to say of a stage."""
    gc.collect()
    more.update({"stage": stage, "free": gc.mem_free()})
    print(json.dumps(more))


class Nor:
    """A blank chip outside of the heap, with what a fake Partition asks of a NorRam."""

    def __init__(self):
        self.pages_programmed = self.erases = 0
        self._bytes = outside(SECTORS * SECTOR_BYTES)
        for sector in range(SECTORS):
            self._blank(sector)

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
        self.erases += 1
        self._blank(argument)
        return 0

    def _blank(self, sector):
        for at in range(sector * SECTOR_BYTES, (sector + 1) * SECTOR_BYTES, PAGE_BYTES):
            self._bytes[at : at + PAGE_BYTES] = BLANK
