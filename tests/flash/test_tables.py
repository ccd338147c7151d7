"""Partition tables: what the chip and MicroPython want of them, and their bytes, as another reader takes them."""

import pytest
from esp_idf_defs import PartitionTable

from firmware.hal import partition
from tests.flash.images import STOCK
from tools.flash import tables
from tools.flash.tables import APP, MB, TABLES

ALL = pytest.mark.parametrize("size", TABLES)
SECTOR, APP_ALIGNED = 0x1000, 0x10000
ROM_IMAGE_BYTES = 300_000  # what `make size` tells, rounded up
PACKED_BYTES, CONFIG_BYTES = 200_000, 250_000


@ALL
def test_nothing_overlaps_and_all_of_it_fits(size):
    rows = sorted(TABLES[size], key=lambda row: row.at)
    assert rows[0].at == tables.AT + SECTOR
    for row, following in zip(rows, rows[1:]):
        assert row.at + row.size == following.at, row
    assert rows[-1].at + rows[-1].size == size


@ALL
def test_all_is_aligned_as_the_chip_wants_it(size):
    for row in TABLES[size]:
        assert row.size > 0 and row.at % (APP_ALIGNED if row.kind == APP else SECTOR) == row.size % SECTOR == 0, row
        assert len(row.label.encode()) < 16


@ALL
def test_what_micropython_and_the_firmware_look_for_is_there(size):
    labels = [row.label for row in TABLES[size]]
    assert len(set(labels)) == len(labels)
    assert {"nvs", "otadata", "phy_init", "ota_0", "romfs", "vfs", partition.LABEL} <= set(labels)
    assert ("ota_1" in labels) == (size > 4 * MB)
    assert tables.part(TABLES[size], "log").size >= 128 * SECTOR
    assert tables.part(TABLES[size], "otadata").size == 2 * SECTOR  # the bootloader wants just that


@ALL
def test_there_is_room_for_a_rom_image_with_reserve_and_for_two_releases_among_the_files(size):
    assert tables.part(TABLES[size], "romfs").size >= ROM_IMAGE_BYTES * 1.25
    assert tables.part(TABLES[size], "vfs").size >= 2 * PACKED_BYTES + 2 * CONFIG_BYTES + 64 * SECTOR


@ALL
def test_slots_take_what_micropython_builds_for_download(size):
    official = 0x1F0000 if size == 4 * MB else 0x270000  # their own partition for it: partitions-4MiBplus, -8MiBplus-ota
    assert {row.size for row in TABLES[size] if row.kind == APP} == {official}


@ALL
def test_the_bytes_are_what_another_reader_takes_for_the_same_table(size):
    data = tables.encode(TABLES[size])
    assert len(data) == tables.BYTES
    read = PartitionTable.from_binary(data)
    assert [(row.name, int(row.type), int(row.subtype), row.offset, row.size) for row in read] == list(TABLES[size])
    assert tables.decode(data) == TABLES[size]


def test_a_table_with_any_bit_flipped_is_none():
    data = tables.encode(TABLES[4 * MB])
    for place in range(8 * 32):
        spoiled = bytearray(data)
        spoiled[place] ^= 1
        assert tables.decode(bytes(spoiled)) != TABLES[4 * MB], place
    for end in range(0, 8 * 32, 8):
        assert tables.decode(data[:end]) is None
    assert tables.decode(b"\xff" * tables.BYTES) is None and len(tables.decode(STOCK)) == 3
