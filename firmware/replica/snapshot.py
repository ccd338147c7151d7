"""A checkpoint on its way from one board to another: in pages of whole records, from flash to flash.

Layout of a page: length of a record u16, big-endian, and the record without its generation; as many as fit. The last
record of a generation, END, is not sent: the receiver writes it when the CRC of all that came is right.
"""

import struct
from binascii import a2b_base64, b2a_base64, crc32

from firmware.const import const
from firmware.replica import generation
from firmware.replica.generation import BEGIN, END, TAKEN, Generation
from firmware.replica.shelf import PAGES, RECORD_BYTES_MAX, Full

PAGE_BYTES = 2700  # wire/messages.py takes no more
_LENGTH_BYTES = const(2)
_NUMBER_BYTES = const(4)
_PARTS_MAX = const(192)  # of one item: 60 kB


class Offer:
    """One generation of ours that others may have. Its bytes stay in the flash; here is where each page begins."""

    def __init__(self, kept, flash):
        self.kept = kept
        self._flash = flash
        self._starts = {}  # offset -> (place in the list of sectors, offset in that sector)
        self.size, self.crc = 0, 0
        self._room = 0  # in the page that is under way

    def add(self, address: int, record: bytes) -> None:
        """Take a record that was just written, the last sector of which the generation may not know yet."""
        if record[_NUMBER_BYTES] == END:
            return
        framed, sectors = _framed(record), self.kept.sectors
        if len(framed) > self._room:
            place = len(sectors) - 1 if sectors and sectors[-1] == address >> 12 else len(sectors)
            self._starts[self.size], self._room = (place, address & 0xFFF), PAGE_BYTES
        self._room -= len(framed)
        self.size += len(framed)
        self.crc = crc32(framed, self.crc)

    def page(self, start: int) -> dict | None:
        """Return the page at an offset; None where none begins there, or it is gone."""
        found = self._starts.get(start)
        if found is None:
            return None
        parts, room = [], PAGE_BYTES
        for _, _, framed in self._records(*found):
            if len(framed) > room:
                break
            parts.append(framed)
            room -= len(framed)
        if not parts:
            return None
        text = b2a_base64(b"".join(parts)).decode().strip()
        return {"offset": start, "size": self.size, "crc": self.crc, "bytes": text}

    def _records(self, first: int, first_offset: int):
        """Yield (place of the sector, offset, record as a page has it) from a place on, but for the END."""
        sectors = self.kept.sectors
        for place in range(first, len(sectors)):
            for offset, record in self._flash.records(sectors[place]):
                if (place, offset) >= (first, first_offset) and record[_NUMBER_BYTES] != END:
                    yield (place, offset, _framed(record))


class Assembly:
    """Another board's generation as it comes, page by page, in sectors of its own.

    Limits: half of the flash. `areas`: names that it must hold.
    """

    def __init__(self, shelf, number: int, areas: list):
        self.kept = Generation(number, shelf.flash)
        self.offset, self.crc, self.size = 0, 0, None
        self.is_whole = self.has_failed = self.lacks_areas = False
        self._shelf = shelf
        self._areas = areas
        self._page = None  # on its way to the flash
        self._told_crc = None
        self._has_areas = False
        self._parts = []  # addresses of those of an item that is not complete
        self._size_max = shelf.flash.sector_count * shelf.flash.sector_bytes // 2

    def has_work(self) -> bool:
        return self._page is not None

    def take(self, message: dict) -> bool:
        """Take a page. False where it is not the one that is missing."""
        if self._page is not None or message["offset"] != self.offset:
            return False
        if self.offset and (message["crc"], message["size"]) != (self._told_crc, self.size):
            self.has_failed = True
            return False
        self._told_crc, self.size = message["crc"], message["size"]
        self._page = a2b_base64(message["bytes"].encode())
        return True

    def work(self) -> None:
        """Write the page that has come."""
        page, self._page = self._page, None
        try:
            if self.offset == 0:
                self._shelf.turn(PAGES)
                self._put(TAKEN, b"")
            self._write(page)
        except (Full, ValueError):
            self.has_failed = True

    def _write(self, page: bytes) -> None:
        """Raises: Full; ValueError where the page is none."""
        self.crc = crc32(page, self.crc)
        self.offset += len(page)
        if not page or self.offset > min(self.size, self._size_max):
            raise ValueError("too long")
        at = 0
        while at < len(page):
            length = int.from_bytes(page[at : at + _LENGTH_BYTES], "big")
            at += _LENGTH_BYTES
            self._append(page[at : at + length])
            at += length
        if self.offset == self.size:
            self._finish()

    def _append(self, body: bytes) -> None:
        record = self.kept.number.to_bytes(_NUMBER_BYTES, "big") + body
        if len(body) < 5 or len(record) > RECORD_BYTES_MAX - 4 or body[0] in (END, TAKEN):
            raise ValueError("no record")
        address = self._shelf.put_bytes(PAGES, record)
        if body[3] >= _PARTS_MAX or not self.kept.take(address, address >> 12, record):
            raise ValueError("out of order")
        self._parts.append(address)
        if body[4]:
            parts, self._parts = self._parts, []
            self._check(body[0], parts)

    def _check(self, what: int, parts: list) -> None:
        """Look at an item that is complete; the first tells of the areas. Raises: ValueError."""
        from firmware.replica.sound import is_sound

        if (what == BEGIN) == self._has_areas or not is_sound(self.kept, what, parts):
            raise ValueError("no table")
        self._has_areas = True
        if not all([area in self.kept.areas for area in self._areas]):
            self.lacks_areas = True
            raise ValueError("areas are missing")

    def _finish(self) -> None:
        if self.crc != self._told_crc or 0 not in self.kept.indexes() or not self.kept.state():
            raise ValueError("damaged")
        self._put(END, b"")
        self.is_whole = True

    def _put(self, what: int, body: bytes) -> None:
        for record in generation.records(self.kept.number, what, 0, body):
            address = self._shelf.put_bytes(PAGES, record)
            self.kept.take(address, address >> 12, record)


def _framed(record: bytes) -> bytes:
    """Return a record as a page has it."""
    body = bytes(record[_NUMBER_BYTES:])
    return struct.pack(">H", len(body)) + body
