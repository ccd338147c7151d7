"""Partition tables for flashes of 4, 8 and 16 MB, and their bytes.

With 4 MB there is one slot for MicroPython: two that hold what is offered for download leave no room for the rest. What
runs in place, the log and the files are there in all of them; MicroPython finds them by their labels.
Layout of the bytes: entries of 32 bytes (magic AA 50, type, subtype, offset u32, size u32, label in 16 bytes, flags u32),
    an entry EB EB and 14 times FF with the MD5 of those before it, FF to the end
Source: ESP-IDF, Partition Tables.
"""

import hashlib
import struct
from typing import NamedTuple

AT, BYTES = 0x8000, 0xC00
APP, DATA = 0, 1
OTA_0, OTA_1, OTA_DATA, PHY, NVS, UNDEFINED, LITTLEFS, ROMFS = 0x10, 0x11, 0x00, 0x01, 0x02, 0x06, 0x83, 0x8F
_ENTRY = struct.Struct("<2sBBII16sI")
_MAGIC, _MD5_MAGIC = b"\xaa\x50", b"\xeb\xeb" + b"\xff" * 14


class Part(NamedTuple):
    """A partition. `at`, `size`: in bytes."""

    label: str
    kind: int
    subkind: int
    at: int
    size: int


_HEAD = (
    Part("nvs", DATA, NVS, 0x9000, 0x4000),
    Part("otadata", DATA, OTA_DATA, 0xD000, 0x2000),
    Part("phy_init", DATA, PHY, 0xF000, 0x1000),
)
_TWO_SLOTS = (
    Part("ota_0", APP, OTA_0, 0x10000, 0x270000),
    Part("ota_1", APP, OTA_1, 0x280000, 0x270000),
)
MB = 1 << 20
TABLES = {
    4 * MB: _HEAD
    + (
        Part("ota_0", APP, OTA_0, 0x10000, 0x1F0000),
        Part("romfs", DATA, ROMFS, 0x200000, 0x60000),
        Part("log", DATA, UNDEFINED, 0x260000, 0x80000),
        Part("vfs", DATA, LITTLEFS, 0x2E0000, 0x120000),
    ),
    8 * MB: _HEAD
    + _TWO_SLOTS
    + (
        Part("romfs", DATA, ROMFS, 0x4F0000, 0x80000),
        Part("log", DATA, UNDEFINED, 0x570000, 0x80000),
        Part("vfs", DATA, LITTLEFS, 0x5F0000, 0x210000),
    ),
    16 * MB: _HEAD
    + _TWO_SLOTS
    + (
        Part("romfs", DATA, ROMFS, 0x4F0000, 0x100000),
        Part("log", DATA, UNDEFINED, 0x5F0000, 0x80000),
        Part("vfs", DATA, LITTLEFS, 0x670000, 0x990000),
    ),
}


def part(table: tuple, label: str) -> Part:
    return next(found for found in table if found.label == label)


def encode(table: tuple) -> bytes:
    """The bytes of a table, as they lie at `AT`."""
    entries = b"".join(_ENTRY.pack(_MAGIC, row.kind, row.subkind, row.at, row.size, row.label.encode(), 0) for row in table)
    return (entries + _MD5_MAGIC + hashlib.md5(entries).digest()).ljust(BYTES, b"\xff")


def decode(data: bytes) -> tuple | None:
    """The table of some bytes; None where there is no whole one."""
    table = []
    for start in range(0, min(len(data), BYTES), _ENTRY.size):
        entry = data[start : start + _ENTRY.size]
        if entry.startswith(_MD5_MAGIC):
            return tuple(table) if entry[16:] == hashlib.md5(data[:start]).digest() else None
        if len(entry) != _ENTRY.size or not entry.startswith(_MAGIC):
            return None
        _, kind, subkind, at, size, label, _ = _ENTRY.unpack(entry)
        table.append(Part(label.rstrip(b"\0").decode(errors="replace"), kind, subkind, at, size))
    return None
