"""What is written where, and what is in danger by it."""

from typing import NamedTuple

from tools.deploy.problem import Problem
from tools.flash import tables
from tools.flash.image import BOOT_AT, Image
from tools.flash.loader import Chip

_BLANK = b"\xff"
_DANGER = "its files, log and keys would be lost. ERASE=1 erases all of it"


class Plan(NamedTuple):
    """parts: {address: bytes}. is_erased: all of the flash, before."""

    table: tuple
    parts: dict[int, bytes]
    is_erased: bool


def plan(image: Image, chip: Chip, there: bytes, may_erase: bool) -> Plan:
    """Say what is to be done with a chip that has these bytes where a partition table lies. Raises: Problem."""
    if chip.name != image.chip:
        raise Problem(f"the image is for {image.chip}, and the board has {chip.name}")
    table = table_for(chip.flash_bytes)
    slot = tables.part(table, "ota_0")
    if len(image.app) > slot.size:
        raise Problem(f"this MicroPython is of {len(image.app):,} bytes, and a flash of {_mb(chip.flash_bytes)} has {slot.size:,} for it")
    ours = tables.encode(table)
    is_erased = may_erase or _is_blank(there)
    if not is_erased and there != ours:
        raise Problem(f"the board has {_named(there)}: {_DANGER}")
    otadata = tables.part(table, "otadata")
    boot = image.bootloader
    return Plan(table, {BOOT_AT[chip.name]: boot, tables.AT: ours, otadata.at: _BLANK * otadata.size, slot.at: image.app}, is_erased)


def table_for(flash_bytes: int) -> tuple:
    """The largest table that fits. Raises: Problem."""
    fitting = [size for size in tables.TABLES if size <= flash_bytes]
    if not fitting:
        raise Problem(f"a flash of {_mb(flash_bytes)} is too small: {_mb(min(tables.TABLES))} is the least")
    return tables.TABLES[max(fitting)]


def _named(there: bytes) -> str:
    """Words for what lies where a partition table should."""
    table = tables.decode(there)
    if table is None:
        return "something that is no partition table"
    return f"another partition table ({', '.join(row.label for row in table)})"


def _is_blank(data: bytes) -> bool:
    return not data.strip(_BLANK)


def _mb(size: int) -> str:
    return f"{size / tables.MB:g} MB"
