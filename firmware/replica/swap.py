"""The pages of a table that a heap has no room for, in sectors of their own. Only a heap needs them: a start lets them go.

Layout of a record in a SWAP sector: number of the page u16, big-endian, the highest bit whose it is, and its bytes. The newest of a number counts. What
still counts in the oldest sector is written again when there are more sectors than half as many again as the pages need.

Loaded only where the table is large: on a board it costs heap.
"""

from firmware.const import const
from firmware.replica.links import Links
from firmware.replica.room import RESERVE, sectors_max
from firmware.replica.shelf import SWAP, Full

_HEAD_BYTES = const(6)  # that a record costs
_ROWS_PER_PAGE = const(16)  # or more
_HERE_MAX = const(32)
_MOVED_MAX = const(4)  # in one piece of work
_OWNER_BIT = const(15)  # of the number of a page
_PLACE = const(0x7FFF)


class SwapLost(Exception):
    """A page cannot be read any more: the table has to be made anew, as a start does."""


class Swap:
    """`shelf`: the log's. `rows_max`: how many rows the heap has room for; an eighth of it is for pages at hand, 17 rows each at most.

    Who has those are its `owners`, the table and what is beside it. `rows`: how many are expected; what each page costs is made
    at once, while a board's heap is in large pieces. `room`: a Room: what is beside the table takes no sector that a checkpoint may need,
    and stays in the heap instead; None: there are enough.
    """

    def __init__(self, shelf, rows_max: int, rows: int = 0, room=None):
        self.owners = []
        self._expected = rows // _ROWS_PER_PAGE + 1
        self.here_max = min(max(rows_max >> 7, 2), _HERE_MAX)
        self._shelf, self._flash = shelf, shelf.flash
        for sector in self._flash.sectors(SWAP):
            self._flash.drop(sector)
        self._shelf.close(SWAP)
        self._room = room
        self._stuck_at = None  # so many sectors were free when there was none for a page
        self._newest = 0  # address
        self._sectors = 0
        self._places = [Links(self._expected), Links()]  # of each owner: number of a page -> address
        self._bytes = [0, 0]  # of the records of all of them

    def clear(self, space: int) -> None:
        """Forget every page of one owner. Sectors go as they do when pages change."""
        whose = space >> _OWNER_BIT
        self._places[whose].clear()
        self._bytes[whose] = 0

    def has(self, number: int) -> int:
        """Return the address of a page, 0 where none was written."""
        return self._shelf.widen(self._places[number >> _OWNER_BIT].get(number & _PLACE), self._newest)

    def read(self, number: int, record) -> None:
        """Fill a buffer with a page that was written. Raises: SwapLost."""
        address = self.has(number)
        if not self._flash.readinto(address >> 12, address & 0xFFF, record):
            raise SwapLost("page %d" % number)

    def write(self, record) -> bool:
        """Program a page. False: there is no sector left beside those that facts and notes need."""
        number, address = record[0] << 8 | record[1], self._put(record)
        if address is None:
            return False
        if address >> 12 != self._newest >> 12:
            self._sectors = self._flash.count(SWAP)
        whose, place = number >> _OWNER_BIT, number & _PLACE
        if not self._places[whose].get(place):
            self._bytes[whose] += len(record) + _HEAD_BYTES
        self._places[whose].put(place, address)
        self._newest = address
        return True

    def has_work(self) -> bool:
        if self._stuck_at == self._free():
            return False
        return any([owner.wants_writing() for owner in self.owners]) or self._sectors > sectors_max(sum(self._bytes))

    def work(self) -> None:
        """Write a page that changed, or make room: a few records."""
        for owner in self.owners:
            if owner.wants_writing():
                owner.write()
                return
        self._move()

    def _free(self) -> int:
        return self._flash.erased() + self._flash.wants_erase()

    def _put(self, record: bytes) -> int | None:
        self._stuck_at = None
        is_free = not record[0] >> (_OWNER_BIT - 8) or self._room is None or self._flash.count(SWAP) < self._room.swap_max()
        while len(record) <= self._flash.room(SWAP) or is_free and self._free() > RESERVE:
            try:
                return self._shelf.put_bytes(SWAP, record)
            except Full:
                self._flash.erase_ahead()
        self._stuck_at = self._free()
        return None

    def _move(self) -> None:
        """Write again what counts in the oldest sector, then drop it."""
        oldest, moved = self._flash.oldest(SWAP), 0
        for offset, record in self._flash.records(oldest):
            if self.has(record[0] << 8 | record[1]) == oldest << 12 | offset:
                if moved == _MOVED_MAX or not self.write(record):
                    return
                moved += 1
        self._flash.drop(oldest)
        self._sectors -= 1

