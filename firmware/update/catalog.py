"""Which files a release consists of, and which page of its content belongs where. What it says is checked before anything is written.

Layout of the catalog: a record for each file, in the order of the paths: path, padded with zeros to 56 bytes; its size u32; number of
    its first page u32. A page holds 64 records. Each file begins a page of its own, and all its pages but the last are full.
A release is either trees of `firmware/….mpy`, or the one file `rom.z`: an image to run in place, zlib with a window of 4 kB.
"""

import struct

from firmware.const import const

ROM = "rom.z"
RECORD_BYTES = 64
RECORDS = 64  # in a page
PAGE_BYTES = 4096
PATH_BYTES = 56
_FORMAT = const("<56sII")
_SIZE_MAX = const(1 << 24)
_LETTERS = const("abcdefghijklmnopqrstuvwxyz0123456789_")


def record(path: str, size: int, first: int) -> bytes:
    return struct.pack(_FORMAT, path.encode(), size, first)


def read(raw: bytes) -> tuple:
    """Return (path, size, first page). Raises: ValueError, where the path is no text."""
    path, size, first = struct.unpack(_FORMAT, raw)
    path = path.rstrip(b"\0")
    if b"\0" in path:
        raise ValueError
    return (path.decode(), size, first)


def pages(size: int) -> int:
    """Return how many pages a file of some bytes has."""
    return (size + PAGE_BYTES - 1) // PAGE_BYTES


class Check:
    """Reads one page of a catalog at a time. `is_rom`: what the manifest says. `count`: files so far."""

    def __init__(self, is_rom: bool):
        self._is_rom = is_rom
        self.count = self._first = 0
        self._before = ""

    def page(self, raw: bytes) -> str | None:
        """Return what is wrong with the next page, or None."""
        if len(raw) % RECORD_BYTES:
            return "a catalog of files that is none"
        for at in range(0, len(raw), RECORD_BYTES):
            fault = self._record(raw[at : at + RECORD_BYTES])
            if fault:
                return fault
        return None

    def _record(self, raw: bytes) -> str | None:
        try:
            path, size, first = read(raw)
        except ValueError:  # a UnicodeError is one
            return "a path that is no text"
        if not (path == ROM if self._is_rom else is_module(path)):
            return "'%s' is no path of a release" % path
        if path <= self._before:
            return "'%s' is there twice, or in the wrong place" % path
        if not 0 < size < _SIZE_MAX or first != self._first:
            return "'%s' has a size or place that cannot be" % path
        self.count, self._first, self._before = self.count + 1, first + pages(size), path
        return None

    def end(self, page_count: int) -> str | None:
        """Return what is wrong with the whole, or None. `page_count`: what the manifest says of the content."""
        if self._first != page_count:
            return "the catalog tells of %d pages, the manifest of %d" % (self._first, page_count)
        return "a ROM image of %d files" % self.count if self._is_rom and self.count != 1 else None


def is_module(path: str) -> bool:
    """Say whether that is a compiled module of the package, wherever a folder of it is: no way leads out of one."""
    parts = path.split("/")
    if len(parts) < 2 or parts[0] != "firmware" or not parts[-1].endswith(".mpy"):
        return False
    parts[-1] = parts[-1][:-4]
    return all([part and all([letter in _LETTERS for letter in part]) for part in parts])


class Places:
    """Where pages belong. `record(index)` returns a record of a catalog that was checked. Asked in order, each costs one look."""

    def __init__(self, record):
        self._record = record
        self._index, self._row = -1, None

    def find(self, number: int) -> tuple:
        """Return (path, offset, size of the page) of a page."""
        if self._row is None or number < self._row[2]:
            self._index, self._row = 0, read(self._record(0))
        while number >= self._row[2] + pages(self._row[1]):
            self._index += 1
            self._row = read(self._record(self._index))
        path, size, first = self._row
        offset = (number - first) * PAGE_BYTES
        return (path, offset, min(PAGE_BYTES, size - offset))
