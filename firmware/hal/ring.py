"""The sectors of a log: which are erased, in use, waiting for an erase, or bad. A few bytes of RAM for each."""

from array import array

from firmware.const import const
from firmware.hal import sector

DIRTY = 0  # to be erased: dropped, cut in an erase, or of unknown content
ERASED = 1
OPENED = 2  # handed out, nothing programmed yet
USED = 3
FAILED = 4  # bad, its records still count until it is dropped
RETIRED = 5  # bad, never touched again
_STATES = const(6)
CHUNK = const(128)  # a heap that has been in use for long may have no larger piece
_BLANK = memoryview(b"\xff" * CHUNK)
_UNKNOWN = const(0xFFFFFFFF)


class Ring:
    """All sectors of a device. Any content can be mounted.

    A number that ever was on the chip is never given again: the next is above the highest that any header shows, as
    the number of the sector or as `high` of its marker, and the only header that shows the highest is never erased.
    """

    def __init__(self, device):
        self.device = device
        self._chunk = memoryview(bytearray(CHUNK))
        self.sector_count = device.ioctl(4, 0)
        self.sector_bytes = device.ioctl(5, 0)
        self.state = bytearray(self.sector_count)
        self.kind = bytearray(self.sector_count)
        self.number = array("I", [0] * self.sector_count)  # or `high` of the marker, before there is one
        self.wear = array("I", [_UNKNOWN] * self.sector_count)
        self.count = [0] * _STATES
        self.count[DIRTY] = self.sector_count
        self.high = 0  # the highest number that was given
        self._top = 0  # the highest number that the chip shows
        self._witness = None  # the only sector that shows it
        self._mount()

    def read(self, index: int, at: int, size: int) -> bytearray:
        """Return bytes of a sector."""
        data = bytearray(size)
        self.readinto(index, at, data)
        return data

    def readinto(self, index: int, at: int, data) -> None:
        """Fill a buffer with bytes of a sector. What cannot be read comes as zeros, which no CRC accepts."""
        try:
            self.device.readblocks(index, data, at)
        except OSError:
            for place in range(len(data)):
                data[place] = 0

    def program(self, index: int, data, at: int) -> bool:
        """Program, read back, and say whether it is there."""
        try:
            self.device.writeblocks(index, data, at)
        except OSError:
            return False
        for start in range(0, len(data), CHUNK):
            part = data[start : start + CHUNK]
            if self.peek(index, at + start, len(part)) != part:
                return False
        return True

    def peek(self, index: int, at: int, size: int):
        """Return what `read` does, at most a chunk, until the next call."""
        data = self._chunk[:size]
        self.readinto(index, at, data)
        return data

    def is_blank(self, index: int, at: int) -> bool:
        """Say whether nothing is programmed from `at` to the end of a sector."""
        while at < self.sector_bytes:
            size = min(CHUNK, self.sector_bytes - at)
            if self.peek(index, at, size) != _BLANK[:size]:
                return False
            at += size
        return True

    def put(self, index: int, state: int) -> None:
        """Change the state of a sector."""
        self.count[self.state[index]] -= 1
        self.count[state] += 1
        self.state[index] = state

    def used(self) -> list:
        """Return the sectors whose records count, oldest first."""
        return sorted([i for i in range(self.sector_count) if self.state[i] in (USED, FAILED)], key=self._number)

    def waiting(self) -> int:
        """Return how many sectors wait for an erase that may be done."""
        return self.count[DIRTY] - (self._witness is not None and self.state[self._witness] == DIRTY)

    def open(self) -> int | None:
        """Return the least worn erased sector, or None. `high` is its number from now on. Programs nothing."""
        index = self._least_worn(ERASED)
        while index is not None and not self.is_blank(index, sector.RETIRED_AT):
            self.put(index, DIRTY)
            index = self._least_worn(ERASED)
        if index is None or self.high >= sector.COUNT_MAX:
            return None
        self.high += 1
        self.put(index, OPENED)
        return index

    def use(self, index: int, kind: int, number: int) -> None:
        """Take note that a sector's opening is programmed."""
        self._shows(index, number)
        self.kind[index] = kind
        self.put(index, USED)

    def fail(self, index: int) -> None:
        """Mark a sector as bad. The records it holds still count."""
        self.program(index, sector.RETIRED, sector.RETIRED_AT)
        self.put(index, FAILED if self.state[index] == USED else RETIRED)

    def drop(self, index: int) -> None:
        """Mark a sector as dropped: one byte. A bad one is never erased."""
        self.program(index, sector.DROPPED, 0)
        self.put(index, RETIRED if self.state[index] == FAILED else DIRTY)

    def erase(self) -> bool:
        """Erase the least worn sector that waits, if there is one; its marker says that the erase is complete."""
        index = self._least_worn(DIRTY) if self.waiting() else None
        if index is None:
            return False
        if self.read(index, 0, 1)[0] == sector.LIVE:
            # Only a torn opening: an erase that is cut must not leave its old marker alone and valid.
            self.program(index, sector.DROPPED, 0)
        self.wear[index] = min(self.wear[index] + 1, sector.COUNT_MAX)
        if self._erase(index) and self.program(index, sector.pack_marker(self.wear[index], self.high), 0):
            self._shows(index, self.high)
            self.put(index, ERASED)
        else:
            self.number[index] = 0
            self._find_witness()
            self.fail(index)
        return True

    def _erase(self, index: int) -> bool:
        try:
            self.device.ioctl(6, index)
        except OSError:
            return False
        return self.is_blank(index, 0)

    def _number(self, index: int) -> int:
        return self.number[index]

    def _least_worn(self, state: int) -> int | None:
        best = None
        kept = self._witness if state == DIRTY else None
        for index, has in enumerate(self.state):
            if has == state and index != kept and (best is None or self.wear[index] < self.wear[best]):
                best = index
        return best

    def _mount(self) -> None:
        for index in range(self.sector_count):
            header = self.read(index, 0, sector.HEADER_BYTES)
            self._take(index, header)
            if sector.is_retired(header):
                self.put(index, FAILED if self.state[index] == USED else RETIRED)
        self._guess_wear()
        self._find_witness()
        self.high = self._top

    def _take(self, index: int, header) -> None:
        """Take what a header says. Without a marker it says nothing."""
        marker = sector.marker(header)
        if not marker:
            return
        self.wear[index], self.number[index] = marker
        opening = sector.opening(header)
        if opening:
            self.kind[index], self.number[index] = opening
        if header[0] == sector.LIVE and (opening or sector.is_unopened(header)):
            self.put(index, USED if opening else ERASED)

    def _find_witness(self) -> None:
        self._top = max(self.number)
        places = [index for index in range(self.sector_count) if self.number[index] == self._top]
        self._witness = places[0] if self._top and len(places) == 1 else None

    def _shows(self, index: int, number: int) -> None:
        """Put down the number that a header shows from now on."""
        self.number[index] = number
        if number > self._top:
            self._top, self._witness = number, index
        elif number == self._top and index != self._witness:
            self._witness = None

    def _guess_wear(self) -> None:
        """A sector that lost its count in an erase that was cut counts as worn as the worst."""
        worst = max([wear for wear in self.wear if wear != _UNKNOWN] or [0])
        for index in range(self.sector_count):
            if self.wear[index] == _UNKNOWN:
                self.wear[index] = worst
