"""A board's heap: run tests/small_heap_board.py from a ROM file system, as on a board: outside the heap, in place.

Run by tests/host/test_small_heap.py: `micropython -X heapsize=192k small_heap.py ROM DIR badges|held|config|little SECTORS`. Where
ROM is a folder, code is loaded into the heap, as on a board without a ROM file system: tests/host/test_plain_heap.py.
"""
import ffi
import os
import sys
import uctypes
import vfs


def flash(path):
    """A file's bytes in memory that is not of the heap: what mapped flash is to a board."""
    size = os.stat(path)[6]
    bytes_at = uctypes.bytearray_at(ffi.open("libc.so.6").func("P", "malloc", "L")(size), size)
    with open(path, "rb") as file:
        assert file.readinto(bytes_at) == size
    return memoryview(bytes_at)


# This code, and no other of that name.
is_folder = os.stat(sys.argv[1])[0] & 0x4000
if not is_folder:
    vfs.mount(vfs.VfsRom(flash(sys.argv[1])), "/rom")
sys.path[:] = [sys.argv[1] if is_folder else "/rom", ".frozen"]
del flash
from tests import small_heap_board

small_heap_board.main(sys.argv[2], sys.argv[3], int(sys.argv[4]))
