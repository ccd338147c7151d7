"""The compact table: 8 bytes for one person in one area, in pages that fit a fragmented heap.

The pages of everybody whom the configuration names are made at the start, while a board's heap is in large pieces.
"""

import struct

from firmware.const import const
from firmware.core.standing import IN, NEVER, OUT, UNKNOWN

# Layout of a row, little-endian: reader number u16; then 48 bits: presence 2, mark 1 (a fact came too late to be
# judged), and the Unix milliseconds of the badge or move that set it, 45. Never written: all zero.
_ROW = const("<HHI")
ROW_BYTES = 8
_ROWS_PER_PAGE = const(64)
_PAGE_BYTES = const(512)
_NO_ROW = bytes(ROW_BYTES)
_NOBODY = const(0xFFFF)
_MARK = const(0x2000)
_AT_HIGH = const(0x1FFF)
_WORDS = (NEVER, UNKNOWN, IN, OUT)


class Rows:
    """Presence of everybody in one area, by person number. `people`: how many are expected."""

    def __init__(self, reader_numbers: dict, people: int = 0):
        self._numbers = reader_numbers
        self._readers = {number: reader for reader, number in reader_numbers.items()}
        self._pages = [bytearray(_PAGE_BYTES) for _ in range(-(-people // _ROWS_PER_PAGE))]
        self.clear()

    def clear(self) -> None:
        """Forget everybody."""
        for page in self._pages:
            for offset in range(0, _PAGE_BYTES if page else 0, ROW_BYTES):
                page[offset : offset + ROW_BYTES] = _NO_ROW
        self._used = 0  # pages up to the last one that somebody came to
        self._since_ms = 0
        self._inside = 0

    def get(self, no: int) -> tuple:
        """Return (presence, at_ms, reader) of one person."""
        page, offset = self._place(no)
        return (NEVER, 0, None) if page is None else self.read(page, offset)

    def read(self, page, offset: int) -> tuple:
        """Return (presence, at_ms, reader) of the row at a place of a page."""
        reader, high, low = struct.unpack_from(_ROW, page, offset)
        if not high >> 14:
            return (NEVER, 0, None)
        return (_WORDS[high >> 14], ((high & _AT_HIGH) << 32) | low, self._readers.get(reader))

    def put(self, no: int, presence: str, at_ms: int, reader: str | None) -> None:
        """Write one person's row."""
        page, offset = self._place(no, make=True)
        self._inside += (presence == IN and at_ms >= self._since_ms) - self._is_inside(no)
        mark = struct.unpack_from(_ROW, page, offset)[1] & _MARK
        high = _WORDS.index(presence) << 14 | mark | (at_ms >> 32) & _AT_HIGH
        struct.pack_into(_ROW, page, offset, self._numbers.get(reader, _NOBODY), high, at_ms & 0xFFFFFFFF)

    def mark(self, no: int, is_marked: bool) -> None:
        """Mark a row to which a fact came too late to be judged, or take the mark away."""
        page, offset = self._place(no, make=True)
        high = page[offset + 2] | page[offset + 3] << 8
        high = high | _MARK if is_marked else high & ~_MARK
        page[offset + 3] = high >> 8

    def is_marked(self, no: int) -> bool:
        page, offset = self._place(no)
        return page is not None and bool(page[offset + 3] << 8 & _MARK)

    def raw(self, no: int) -> bytes:
        """Return one row as it is kept."""
        page, offset = self._place(no)
        return bytes(ROW_BYTES) if page is None else bytes(page[offset : offset + ROW_BYTES])

    def put_raw(self, no: int, row: bytes) -> None:
        """Write one row as it was kept."""
        if any(row):
            presence, at_ms, reader = self.read(row, 0)
            self.put(no, presence, at_ms, reader)
            self.mark(no, bool(row[3] << 8 & _MARK))

    def inside(self, since_ms: int) -> int:
        """Return how many people have been `in` since a time or later. Counts anew when that time moves."""
        if since_ms != self._since_ms:
            self._since_ms = since_ms
            self._inside = sum(self._is_inside(no) for no in self.people())
        return self._inside

    def people_max(self) -> int:
        """Return a number above that of everybody who has a row."""
        return self._used * _ROWS_PER_PAGE

    def people(self):
        """Yield the numbers of everybody who has a row, of those who were never here, too."""
        for index in range(self._used):
            page = self._pages[index]
            for offset in range(0, _PAGE_BYTES if page else 0, ROW_BYTES):
                # A row that was written is not all zero: without a presence it has no reader either.
                if page[offset + 3] >> 6 or page[offset]:
                    yield index * _ROWS_PER_PAGE + offset // ROW_BYTES

    def _is_inside(self, no: int) -> bool:
        presence, at_ms, _ = self.get(no)
        return presence == IN and at_ms >= self._since_ms

    def _place(self, no: int, make: bool = False) -> tuple:
        index = no // _ROWS_PER_PAGE
        if make and index >= self._used:
            self._used = index + 1
            while len(self._pages) <= index:
                self._pages.append(None)
        if make and self._pages[index] is None:
            self._pages[index] = bytearray(_PAGE_BYTES)
        page = self._pages[index] if index < self._used else None
        return (page, no % _ROWS_PER_PAGE * ROW_BYTES)
