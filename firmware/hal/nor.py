"""NOR flash without hardware, with its exact rules: in memory, and over a file. What `esp32.Partition` offers, and no more."""

import os
from array import array

_EINVAL = 22
_COUNT, _SIZE, _ERASE = 4, 5, 6  # ioctl
_PAGE_BITS = 8
_STUCK_MAX = 4  # bits of one program or erase in a bad sector


class PowerCut(Exception):
    """Power went in the middle of an operation, or has not come back yet."""


def small_draw(seed: int = 1):
    """Return draw(n) -> 0..n-1, always the same row of numbers."""
    state = [seed]

    def draw(count: int) -> int:
        state[0] = (state[0] * 1103515245 + 12345) & 0x3FFFFFFF
        return (state[0] >> 8) % count

    return draw


class NorRam:
    """A chip in memory. A bit only goes from 1 to 0; all bits of a sector go back to 1 together.

    `operations` counts programs and erases; in the one whose number is `cut_at` (the next is `operations` + 1) power
    goes: a program leaves a drawn prefix of its bytes, an erase a drawn part of the sector blank.
    `bad` holds sectors gone bad: drawn bits of what is programmed there become 0, some bits stay 0 in an erase.
    `bad_programs` counts programs of a 1 onto a 0 in good sectors: a mistake of whoever wrote.
    Raises: PowerCut in that operation, and in each access until `restore()`. OSError outside of the chip.
    """

    def __init__(self, sectors: int = 384, sector_bytes: int = 4096, draw=None):
        self.sectors = sectors
        self.sector_bytes = sector_bytes
        self.draw = draw or small_draw()
        self.programs = self.pages_programmed = self.erases = self.bad_programs = self.operations = 0
        self.wear = array("I", [0] * sectors)
        self.cut_at = None
        self.bad = set()
        self._is_off = False
        self._blank = b"\xff" * sector_bytes
        self._data = bytearray(self._blank * sectors)

    def restore(self) -> None:
        """Power is back."""
        self._is_off = False
        self.cut_at = None

    def snapshot(self) -> bytes:
        """Copy the whole content."""
        return bytes(self._data)

    def load(self, image) -> None:
        """Take another content, as from an old image. It has the size of this chip."""
        assert len(image) == len(self._data)
        self._put(0, image)

    def readblocks(self, block: int, buf, offset: int = 0) -> None:
        """Fill `buf` with what lies from `offset` of a sector on."""
        if self._is_off:
            raise PowerCut()
        at, size = block * self.sector_bytes + offset, len(buf)
        if at < 0 or at + size > len(self._data):
            raise OSError(_EINVAL)
        buf[:] = self._data[at : at + size]

    def writeblocks(self, block: int, buf, offset: int) -> None:
        """Program without erasing. Crosses pages, not sectors."""
        at, size = block * self.sector_bytes + offset, len(buf)
        if not 0 <= block < self.sectors or offset < 0 or not 0 < size <= self.sector_bytes - offset:
            raise OSError(_EINVAL)
        is_cut = self._begin()
        self.programs += 1
        self.pages_programmed += ((at + size - 1) >> _PAGE_BITS) - (at >> _PAGE_BITS) + 1
        if is_cut:
            size = self.draw(size + 1)
            buf = buf[:size]
        old = self._data[at : at + size]
        if block in self.bad:
            buf = self._stick(_both(old, buf))
        elif old != self._blank[:size]:
            buf = self._over(old, buf)
        self._put(at, buf)
        if is_cut:
            raise PowerCut()

    def ioctl(self, request: int, argument: int) -> int:
        """4: number of sectors. 5: bytes of one. 6: erase one."""
        if request == _COUNT:
            return self.sectors
        if request == _SIZE:
            return self.sector_bytes
        if request != _ERASE or not 0 <= argument < self.sectors:
            raise OSError(_EINVAL)
        self._erase(argument)
        return 0

    def _erase(self, block: int) -> None:
        is_cut = self._begin()
        self.erases += 1
        self.wear[block] += 1
        first, last = self._part() if is_cut else (0, self.sector_bytes)
        blank = self._blank[first:last]
        if block in self.bad:
            blank = self._stick(blank)
        self._put(block * self.sector_bytes + first, blank)
        if is_cut:
            raise PowerCut()

    def _begin(self) -> bool:
        """Count an operation. Says whether power goes in it."""
        if self._is_off:
            raise PowerCut()
        self.operations += 1
        self._is_off = self.operations == self.cut_at
        return self._is_off

    def _part(self) -> tuple:
        """Draw what an erase that was cut left blank: a prefix or a suffix, maybe nothing, maybe all."""
        is_suffix, size = self.draw(2), self.draw(self.sector_bytes + 1)
        return (self.sector_bytes - size, self.sector_bytes) if is_suffix else (0, size)

    def _over(self, old, new):
        both = _both(old, new)
        if both != new:
            self.bad_programs += 1
        return both

    def _stick(self, data) -> bytearray:
        data = bytearray(data)
        for _ in range(1 + self.draw(_STUCK_MAX) if data else 0):
            data[self.draw(len(data))] &= 0xFF ^ (1 << self.draw(8))
        return data

    def _put(self, at: int, data) -> None:
        self._data[at : at + len(data)] = data


class NorFile(NorRam):
    """The same over a file, for processes of a host. A file that is not there, or too short, is blank.

    `is_synced`: what is written outlives the host's power; without, which is faster, only this process.
    """

    def __init__(self, path: str, sectors: int = 384, sector_bytes: int = 4096, draw=None, is_synced: bool = True):
        super().__init__(sectors, sector_bytes, draw)
        self._is_synced = is_synced and hasattr(os, "fsync")  # MicroPython has none; there the system writes when it likes
        size = len(self._data)
        self._file = None
        old = _content(path)[:size]
        super()._put(0, old)
        self._file = open(path, "r+b" if old else "w+b")
        if len(old) < size:
            self._put(len(old), self._data[len(old) :])

    def close(self) -> None:
        """Let the file go."""
        self._file.close()

    def _put(self, at: int, data) -> None:
        super()._put(at, data)
        self._file.seek(at)
        self._file.write(data)
        self._file.flush()
        if self._is_synced:
            os.fsync(self._file.fileno())


def _content(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


def _both(old, new) -> bytes:
    return bytes([a & b for a, b in zip(old, new)])
