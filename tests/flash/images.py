"""Images as MicroPython's are for download: bootloader, its own partition table, application."""

import hashlib
import random
import struct
from functools import reduce
from operator import xor

from tools.flash import tables
from tools.flash.tables import MB, Part

CHIP_IDS = {"esp32": 0, "esp32c3": 5, "esp32s3": 9}
BOOT_AT = {"esp32": 0x1000, "esp32s3": 0, "esp32c3": 0}
TEXT_AT = {"esp32": 0x3F400020, "esp32s3": 0x3C000020, "esp32c3": 0x3C000020}
_STOCK = (
    Part("nvs", tables.DATA, tables.NVS, 0x9000, 0x6000),
    Part("phy_init", tables.DATA, tables.PHY, 0xF000, 0x1000),
    Part("factory", tables.APP, 0, 0x10000, 0x1F0000),
)
STOCK = tables.encode(_STOCK)


def image(chip: str, *segments: bytes, is_hashed: bool = True) -> bytes:
    """What a chip runs, with the flash of 4 MB that MicroPython's are made for."""
    made = struct.pack("<BBBBIB3sHBHHIB", 0xE9, len(segments), 2, 0x20, 0x40080000, 0xEE, bytes(3), CHIP_IDS[chip], 0, 0, 0xFFFF, 0, is_hashed)
    for segment in segments:
        made += struct.pack("<II", TEXT_AT[chip], len(segment)) + segment
    made += bytes(15 - len(made) % 16) + bytes([reduce(xor, b"".join(segments), 0xEF)])
    return made + hashlib.sha256(made).digest() * is_hashed


def described(project: str = "micropython", version: str = "v1.29.0") -> bytes:
    """esp_app_desc_t."""
    texts = (version, project, "12:00:00", "Aug 24 2026", "v5.5.2")
    return struct.pack("<I12s32s32s16s16s32s32s80x", 0xABCD5432, b"", *(text.encode() for text in texts), b"")


def app(chip: str, size: int = 40_000, **changes) -> bytes:
    return image(chip, described(**changes) + b"VfsRom\0rom_ioctl\0".ljust(32, b"\0"), random.Random(size).randbytes(size))


def bootloader(chip: str) -> bytes:
    return image(chip, random.Random(chip).randbytes(6_000))


def download(chip: str, boot: bytes | None = None, application: bytes | None = None, table: bytes = STOCK) -> bytes:
    whole = bytearray(b"\xff" * MB * 4)
    for at, part in ((BOOT_AT[chip], boot or bootloader(chip)), (tables.AT, table), (0x10000, application or app(chip))):
        whole[at : at + len(part)] = part
    return bytes(whole[BOOT_AT[chip] : 0x10000 + len(application or app(chip))])
