"""The compact table: 8 bytes for one person in one area."""

import struct

from firmware.const import const
from firmware.core.standing import IN, NEVER, OUT, UNKNOWN

# Layout of a row, little-endian: reader number u16; then 48 bits: presence 2, mark 1 (a fact came too late to be
# judged), and the Unix milliseconds of the badge or move that set it, 45. Never written: all zero.
_ROW = const("<HHI")
ROW_BYTES = 8
_NOBODY = const(0xFFFF)
_MARK = const(0x2000)
_AT_HIGH = const(0x1FFF)
_WORDS = (NEVER, UNKNOWN, IN, OUT)
_IN = const(2)
_NEVER_MS = const(1 << 60)


class Rows:
    """Presence of everybody in one area, by person number. `pages`: Pages; `at`: where the area's row is in each record."""

    def __init__(self, reader_numbers: dict, pages, at: int = 0):
        self._numbers = reader_numbers
        self._readers = {number: reader for reader, number in reader_numbers.items()}
        self._pages, self._at = pages, at
        self.clear()

    def clear(self) -> None:
        """Take note that the pages were cleared."""
        self._since_ms = 0
        self._inside = 0

    def get(self, no: int) -> tuple:
        """Return (presence, at_ms, reader) of one person."""
        page, offset = self._pages.find(no)
        return (NEVER, 0, None) if page is None else self.read(page, offset + self._at)

    def read(self, page, offset: int) -> tuple:
        """Return (presence, at_ms, reader) of the row at a place of a page."""
        reader, high, low = struct.unpack_from(_ROW, page, offset)
        if not high >> 14:
            return (NEVER, 0, None)
        return (_WORDS[high >> 14], ((high & _AT_HIGH) << 32) | low, self._readers.get(reader))

    def put(self, no: int, presence: str, at_ms: int, reader: str | None) -> None:
        """Write one person's row."""
        self._inside += (presence == IN and at_ms >= self._since_ms) - self._is_inside(no)
        high = _WORDS.index(presence) << 14 | self.is_marked(no) * _MARK | (at_ms >> 32) & _AT_HIGH
        self._write(no, struct.pack(_ROW, self._numbers.get(reader, _NOBODY), high, at_ms & 0xFFFFFFFF))

    def mark(self, no: int, is_marked: bool) -> None:
        """Mark a row to which a fact came too late to be judged, or take the mark away."""
        if self.is_marked(no) != is_marked:
            page, offset = self._pages.open(no)
            page[offset + self._at + 3] ^= _MARK >> 8

    def is_marked(self, no: int) -> bool:
        page, offset = self._pages.find(no)
        return page is not None and bool(page[offset + self._at + 3] << 8 & _MARK)

    def is_known(self, no: int) -> bool:
        """Say whether somebody has a row, be it one of who was never here."""
        page, offset = self._pages.find(no)
        # A row that was written is not all zero: without a presence it has no reader either.
        return page is not None and bool(page[offset + self._at + 3] >> 6 or page[offset + self._at])

    def raw(self, no: int) -> bytes:
        """Return one row as it is kept."""
        page, offset = self._pages.find(no)
        return bytes(ROW_BYTES) if page is None else bytes(page[offset + self._at : offset + self._at + ROW_BYTES])

    def put_raw(self, no: int, row: bytes) -> None:
        """Write one row as it was kept."""
        if any(row):
            presence, at_ms, reader = self.read(row, 0)
            self.put(no, presence, at_ms, reader)
            self.mark(no, bool(row[3] << 8 & _MARK))

    def inside(self, since_ms: int) -> int:
        """Return how many people have been `in` since a time or later. Counts anew when that time moves."""
        if since_ms != self._since_ms:
            self._since_ms, self._inside = since_ms, 0
            for no in range(self._pages.people_max):
                page, offset = self._pages.find(no)
                if page is not None and page[offset + self._at + 3] >> 6 == _IN:
                    self._inside += self._is_inside(no)
        return self._inside

    def count_later(self) -> None:
        """Take note that rows were written behind our back."""
        self._since_ms, self._inside = _NEVER_MS, 0  # nobody has been in since then, which is true

    def people(self):
        """Yield the numbers of everybody who has a row, of those who were never here, too."""
        for no in range(self._pages.people_max):
            if self.is_known(no):
                yield no

    def _write(self, no: int, row: bytes) -> None:
        page, offset = self._pages.find(no)
        offset += self._at
        if page is None or page[offset : offset + ROW_BYTES] != row:  # what stays as it is costs the flash nothing
            page, _ = self._pages.open(no)
            page[offset : offset + ROW_BYTES] = row

    def _is_inside(self, no: int) -> bool:
        presence, at_ms, _ = self.get(no)
        return presence == IN and at_ms >= self._since_ms
