"""The pages of a table that a heap has no room for, in sectors of their own. Only a heap needs them: a start lets them go.

Layout of a record in a SWAP sector: number of the page u16, big-endian, and its bytes. The newest of a number counts. What
still counts in the oldest sector is written again when there are more sectors than half as many again as the pages need.

Loaded only where the table is large: on a board it costs heap.
"""

from firmware.const import const
from firmware.replica.links import Links
from firmware.replica.room import RESERVE, sectors_max
from firmware.replica.shelf import SWAP, Full

_NUMBER_BYTES = const(2)
_RECORD_BYTES = const(8)  # that a record costs beside the page
_ROWS_PER_PAGE = const(16)
_HERE_MAX = const(32)
_MOVED_MAX = const(4)  # in one piece of work


class SwapLost(Exception):
    """A page cannot be read any more: the table has to be made anew, as a start does."""


class Swap:
    """`shelf`: the log's. `rows_max`: how many rows the heap has room for; an eighth of it is for pages at hand, 16 rows each.

    Who has those is its `owner`. `rows`: how many are expected; what each page costs is made at once, while a board's heap is in
    large pieces.
    """

    def __init__(self, shelf, rows_max: int, rows: int = 0):
        self.owner = None
        self._expected = rows // _ROWS_PER_PAGE + 1
        self.here_max = min(max(rows_max >> 7, 2), _HERE_MAX)
        self._shelf, self._flash = shelf, shelf.flash
        self.clear()

    def clear(self) -> None:
        """Forget every page."""
        for sector in self._flash.sectors(SWAP):
            self._flash.drop(sector)
        self._shelf.close(SWAP)
        self._places = Links(self._expected)  # number of a page -> address
        self._count = 0  # of pages
        self._bytes = 0  # of the records of all of them
        self._newest = 0  # address
        self._sectors = 0

    def read(self, number: int) -> bytes | None:
        """Return a page, None where none was written. Raises: SwapLost."""
        address = self._shelf.widen(self._places.get(number), self._newest)
        if not address:
            return None
        record = self._flash.read(address >> 12, address & 0xFFF)
        if record is None:
            raise SwapLost("page %d" % number)
        return memoryview(record)[_NUMBER_BYTES:]

    def write(self, number: int, page) -> bool:
        """Program a page. False: there is no sector left beside those that facts and notes need."""
        record = number.to_bytes(_NUMBER_BYTES, "big") + bytes(page)
        address = self._put(record)
        if address is None:
            return False
        if address >> 12 != self._newest >> 12:
            self._sectors = self._flash.count(SWAP)
        if not self._places.get(number):
            self._count += 1
            self._bytes += len(record) + _RECORD_BYTES - _NUMBER_BYTES
        self._places.put(number, address)
        self._newest = address
        return True

    def has_work(self) -> bool:
        return self.owner.wants_writing() or self._sectors > sectors_max(self._bytes)

    def work(self) -> None:
        """Write a page that changed, or make room: a few records."""
        if self.owner.wants_writing():
            self.owner.write()
        else:
            self._move()

    def _put(self, record: bytes) -> int | None:
        while len(record) <= self._flash.room(SWAP) or self._flash.erased() + self._flash.wants_erase() > RESERVE:
            try:
                return self._shelf.put_bytes(SWAP, record)
            except Full:
                self._flash.erase_ahead()
        return None

    def _move(self) -> None:
        """Write again what counts in the oldest sector, then drop it."""
        oldest, moved = self._flash.oldest(SWAP), 0
        for offset, record in self._flash.records(oldest):
            number = record[0] << 8 | record[1]
            if self._shelf.widen(self._places.get(number), self._newest) == oldest << 12 | offset:
                if moved == _MOVED_MAX or not self.write(number, memoryview(record)[_NUMBER_BYTES:]):
                    return
                moved += 1
        self._flash.drop(oldest)
        self._sectors -= 1

