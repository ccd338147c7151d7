"""A MicroPython for download, taken apart: its bootloader, its application; its partition table is left out.

Layout of a download: the flash from where a bootloader begins on, up to the end of the application.
Layout of a bootloader or application: 24 bytes (magic E9, number of segments, …, at 12 the chip u16, …, at 23 whether a hash
    follows), segments (address u32, size u32, bytes), zeros up to one byte of checksum that ends a block of 16, SHA-256.
    An application's first segment begins with: magic ABCD5432 u32, 12 bytes, version in 32 bytes, project in 32 bytes
Source: ESP-IDF, "App Image Format".
"""

import hashlib
import struct
from functools import reduce
from operator import xor
from pathlib import Path
from typing import NamedTuple

from tools.deploy.problem import Problem
from tools.flash import tables

BOOT_AT = {"esp32": 0x1000, "esp32s3": 0x0}
_CHIPS = {0: "esp32", 2: "esp32s2", 5: "esp32c3", 9: "esp32s3", 12: "esp32c2", 13: "esp32c6", 16: "esp32h2", 18: "esp32p4", 23: "esp32c5"}
_MAGIC, _HEAD_BYTES, _SEGMENTS_MAX = 0xE9, 24, 16
_CHECKSUM, _BLOCK, _HASH_BYTES = 0xEF, 16, 32
_DESCRIBED_AT, _DESCRIBED = 32, 0xABCD5432
_ROM_NAMES = (b"VfsRom\0", b"rom_ioctl\0")  # as MicroPython keeps the names of what it has


class Image(NamedTuple):
    """has_rom: this MicroPython knows ROM file systems, so that code runs in place. Those for download of ESP32 boards do not."""

    chip: str
    version: str
    bootloader: bytes
    app: bytes
    has_rom: bool


def read(path: Path) -> Image:
    """Raises: Problem."""
    try:
        return take_apart(path.read_bytes())
    except OSError as error:
        raise Problem(f"{path}: cannot be read: {error.strerror}") from error
    except Problem as problem:
        raise Problem(f"{path}: {problem}") from problem


def take_apart(data: bytes) -> Image:
    """Raises: Problem, where this is anything but a whole MicroPython for a chip we know."""
    chip = _chip(data)
    table = tables.decode(data[tables.AT - BOOT_AT[chip] :])
    slots = [row for row in table or () if row.kind == tables.APP]
    if not slots:
        raise Problem("there is no partition table in it, so it is no image for a whole flash. Take the .bin for the first installation")
    app = _whole(data, slots[0].at - BOOT_AT[chip], "application")
    version, project = _described(app)
    if project != "micropython":
        raise Problem(f"its application is {project or 'something unknown'}, and no MicroPython")
    return Image(chip, version, _whole(data, 0, "bootloader"), app, all(name in app for name in _ROM_NAMES))


def _chip(data: bytes) -> str:
    if data[:4] == b"UF2\n":
        raise Problem("this is a .uf2, for boards with a bootloader of their own. Take the .bin")
    if len(data) < _HEAD_BYTES or data[0] != _MAGIC:
        raise Problem("this is no image for an ESP32")
    if _described(data) != ("", ""):
        raise Problem("this is an application alone (.app-bin), for updates over the network. Take the .bin for the first installation")
    chip = _CHIPS.get(struct.unpack_from("<H", data, 12)[0], "a chip nobody knows")
    if chip not in BOOT_AT:
        raise Problem(f"this is for {chip}; boards here have {' or '.join(BOOT_AT)}")
    return chip


def _whole(data: bytes, start: int, name: str) -> bytes:
    """An image within others, checked as the chip does. Raises: Problem."""
    at, total = start + _HEAD_BYTES, _CHECKSUM
    try:
        magic, count = data[start], data[start + 1]
        for _ in range(count):
            size = struct.unpack_from("<I", data, at + 4)[0]
            total = reduce(xor, data[at + 8 : at + 8 + size], total)
            at += 8 + size
        end = start + (at - start) // _BLOCK * _BLOCK + _BLOCK
        is_sound = magic == _MAGIC and count <= _SEGMENTS_MAX and data[end - 1] == total
        if is_sound and data[start + 23]:
            is_sound = data[end : end + _HASH_BYTES] == hashlib.sha256(data[start:end]).digest()
            end += _HASH_BYTES
    except (IndexError, struct.error):
        is_sound = False
    if not is_sound:
        raise Problem(f"its {name} is damaged or cut short. Download it again")
    return data[start:end]


def _described(image: bytes) -> tuple[str, str]:
    """(version, project) of an application; nothing of anything else."""
    described = image[_DESCRIBED_AT : _DESCRIBED_AT + 80]
    if len(described) < 80 or struct.unpack_from("<I", described)[0] != _DESCRIBED:
        return "", ""
    return tuple(text.split(b"\0")[0].decode(errors="replace") for text in (described[16:48], described[48:80]))
