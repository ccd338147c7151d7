"""The flash of the log: an own partition of the board, each write of which is announced, because it stops all interrupts."""

LABEL = "log"
_ENOENT = 2


class LogPartition:
    """What `flash_log` wants of a device. `partition`: an esp32.Partition; `busy`: a Busy.

    Source: MicroPython, esp32.Partition: with an offset, `writeblocks` programs and does not erase; `ioctl` 6 erases a block.
    """

    def __init__(self, partition, busy):
        self._partition, self._busy = partition, busy
        self.readblocks = partition.readblocks

    def writeblocks(self, block: int, buf, offset: int) -> None:
        """Program. Raises: OSError."""
        with self._busy:
            self._partition.writeblocks(block, buf, offset)

    def ioctl(self, request: int, argument: int) -> int:
        """4: number of sectors. 5: bytes of one. 6: erase one. Raises: OSError."""
        if request != 6:
            return self._partition.ioctl(request, argument)
        with self._busy:
            return self._partition.ioctl(request, argument)


def size(esp32, label: str) -> int:
    """Return how many bytes a partition has, or 0 where the board was flashed without one."""
    found = esp32.Partition.find(esp32.Partition.TYPE_DATA, label=label)
    return found[0].ioctl(4, 0) * found[0].ioctl(5, 0) if found else 0


def find(esp32, busy) -> LogPartition:
    """Return the partition that is meant for the log. Raises: OSError where the board was flashed without one."""
    Partition = esp32.Partition
    found = Partition.find(Partition.TYPE_DATA, label=LABEL)
    if not found:
        raise OSError(_ENOENT)
    return LogPartition(found[0], busy)
