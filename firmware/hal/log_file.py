"""The flash of the log as a file, for a board that was flashed without a partition for it.

A file system writes more than it is told, and stops interrupts for longer: a partition is better. Each write is announced.
"""

from firmware.const import const

_SECTOR_BYTES = const(4096)
_PAGE_BYTES = const(256)
_COUNT, _SIZE, _ERASE = const(4), const(5), const(6)
_EINVAL = const(22)


class LogFile:
    """What `flash_log` wants of a device. A file that is not there, or too short, is blank. Raises: OSError."""

    def __init__(self, path: str, sectors: int, busy):
        self._path, self._sectors, self._busy = path, sectors, busy
        with busy:
            try:
                self._file = open(path, "r+b")
            except OSError:
                self._file = open(path, "w+b")
            self._fill()

    def _fill(self) -> None:
        blank = b"\xff" * _PAGE_BYTES
        at = self._file.seek(0, 2)
        if at % _PAGE_BYTES:  # a power cut while it was made: what lies there was never anything
            at = self._file.seek(at - at % _PAGE_BYTES)
        for _ in range(at, self._sectors * _SECTOR_BYTES, _PAGE_BYTES):
            self._file.write(blank)
        self._file.flush()

    def readblocks(self, block: int, buf, offset: int = 0) -> None:
        self._file.seek(self._place(block, offset, len(buf)))
        self._file.readinto(buf)

    def writeblocks(self, block: int, buf, offset: int) -> None:
        """Program: what is 0 stays so, as in a flash."""
        at = self._place(block, offset, len(buf))
        self._file.seek(at)
        old = self._file.read(len(buf))
        with self._busy:
            self._file.seek(at)
            self._file.write(bytes([old[place] & buf[place] for place in range(len(buf))]))
            self._file.flush()

    def ioctl(self, request: int, argument: int) -> int:
        """4: number of sectors. 5: bytes of one. 6: erase one."""
        if request == _COUNT:
            return self._sectors
        if request == _SIZE:
            return _SECTOR_BYTES
        if request != _ERASE:
            raise OSError(_EINVAL)
        with self._busy:
            self._file.seek(self._place(argument, 0, _SECTOR_BYTES))
            for _ in range(_SECTOR_BYTES // _PAGE_BYTES):
                self._file.write(b"\xff" * _PAGE_BYTES)
            self._file.flush()
        return 0

    def _place(self, block: int, offset: int, size: int) -> int:
        if not 0 <= block < self._sectors or offset < 0 or offset + size > _SECTOR_BYTES:
            raise OSError(_EINVAL)
        return block * _SECTOR_BYTES + offset
