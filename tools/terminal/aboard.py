"""Runs on the board: the flash of its log, sector by sector."""

import binascii

_SECTOR = 4096
_BLANK = b"\xff" * 64


def log_device():
    """Return (number of sectors, read(index, buffer)): of the partition, or of the file where there is none."""
    try:
        import esp32

        found = esp32.Partition.find(esp32.Partition.TYPE_DATA, label="log")
    except ImportError:
        found = []
    if found:
        return found[0].ioctl(4, 0), found[0].readblocks
    file = open("/log.img", "rb")

    def read(index, buffer):
        file.seek(index * _SECTOR)
        file.readinto(buffer)

    return file.seek(0, 2) // _SECTOR, read


def log_sectors():
    """How many there are; 0 where the board has no log."""
    try:
        return log_device()[0]
    except OSError:
        return 0


def log_sector(index):
    """A sector in base64; nothing of one that begins blank."""
    buffer = bytearray(_SECTOR)
    log_device()[1](index, buffer)
    return "" if buffer[:64] == _BLANK else binascii.b2a_base64(buffer).decode().strip()
