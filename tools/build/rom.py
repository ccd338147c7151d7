"""The firmware as one file: a ROM file system that code runs from in place, compressed so that a board can unpack it.

Layout: zlib with a window of 4 kB, for that much heap is taken to unpack it; in it what `mpremote romfs build` makes of the tree.
"""

import contextlib
import io
import zlib
from pathlib import Path

from mpremote.romfs import make_romfs

FILE = "rom.z"
_WINDOW_BITS = 12


def image(tree: Path) -> bytes:
    """The file system, as it lies in the partition `romfs`."""
    with contextlib.redirect_stdout(io.StringIO()):
        return make_romfs(str(tree), mpy_cross=False)


def packed(tree: Path) -> bytes:
    return compressed(image(tree))


def compressed(data: bytes) -> bytes:
    press = zlib.compressobj(level=9, wbits=_WINDOW_BITS)
    return press.compress(data) + press.flush()


def unpacked(data: bytes) -> bytes:
    """Raises: zlib.error."""
    return zlib.decompress(data, wbits=_WINDOW_BITS)
