"""The model of the chip: what programs, erases and power cuts leave, and what it counts."""

import os
import sys

from firmware.hal.nor import NorFile, NorRam, PowerCut
from tests.hal.chips import blank, cut_draw


def read(nor, block, size, offset=0):
    data = bytearray(size)
    nor.readblocks(block, data, offset)
    return bytes(data)


def fails(kind, call, *arguments):
    try:
        call(*arguments)
    except kind:
        return True
    return False


def test_a_new_chip_is_blank_and_tells_its_size():
    nor = NorRam()
    assert (nor.ioctl(4, 0), nor.ioctl(5, 0)) == (384, 4096)
    assert read(nor, 383, 4096) == b"\xff" * 4096


def test_programs_clear_bits_and_an_erase_sets_all_of_one_sector():
    nor = blank()
    nor.writeblocks(2, b"\x0f\xff\x55", 100)
    assert read(nor, 2, 5, 99) == b"\xff\x0f\xff\x55\xff" and nor.bad_programs == 0
    nor.writeblocks(2, b"\x0e", 100)
    assert read(nor, 2, 1, 100) == b"\x0e" and nor.bad_programs == 0
    nor.writeblocks(2, b"\xf3", 100)
    assert read(nor, 2, 1, 100) == b"\x02" and nor.bad_programs == 1
    nor.writeblocks(3, b"\x00", 0)
    assert nor.ioctl(6, 2) == 0
    assert read(nor, 2, 512) == b"\xff" * 512 and read(nor, 3, 1) == b"\x00"


def test_operations_pages_and_wear_are_counted():
    nor = blank()
    for offset, size, pages in ((0, 1, 1), (0, 256, 1), (255, 1, 1), (255, 2, 2), (200, 300, 2)):
        before = nor.pages_programmed
        nor.writeblocks(0, b"\xff" * size, offset)
        assert nor.pages_programmed == before + pages
    nor.ioctl(6, 7)
    nor.ioctl(6, 7)
    assert (nor.programs, nor.erases, nor.operations) == (5, 2, 7)
    assert list(nor.wear) == [0] * 7 + [2]


def test_nothing_outside_of_the_chip_or_across_sectors_is_touched():
    nor = blank()
    image = nor.snapshot()
    for block, size, offset in ((8, 1, 0), (-1, 1, 0), (0, 2, 511), (0, 1, 512), (0, 1, -1), (0, 0, 0)):
        assert fails(OSError, nor.writeblocks, block, b"\x00" * size, offset)
    assert fails(OSError, nor.readblocks, 7, bytearray(2), 511) and fails(OSError, nor.readblocks, -1, bytearray(2), 0)
    assert fails(OSError, nor.ioctl, 6, 8) and fails(OSError, nor.ioctl, 6, -1) and fails(OSError, nor.ioctl, 9, 0)
    assert nor.snapshot() == image and nor.operations == 0


def test_a_program_that_is_cut_leaves_a_prefix_and_no_access_until_power_is_back():
    for size in range(5):
        nor = blank(draw=cut_draw(0, size))
        nor.writeblocks(1, b"\x00", 0)
        nor.cut_at = nor.operations + 1
        assert fails(PowerCut, nor.writeblocks, 1, b"abcd", 10)
        assert fails(PowerCut, nor.readblocks, 1, bytearray(1)) and fails(PowerCut, nor.ioctl, 6, 1)
        assert fails(PowerCut, nor.writeblocks, 1, b"abcd", 20)
        nor.restore()
        assert read(nor, 1, 6, 9) == b"\xff" + b"abcd"[:size] + b"\xff" * (5 - size)
        nor.writeblocks(1, b"abcd", 10)
        assert read(nor, 1, 4, 10) == b"abcd"


def test_an_erase_that_is_cut_leaves_one_side_blank():
    for side, size, left in ((0, 0, b"\x00" * 512), (0, 2, b"\xff\xff" + b"\x00" * 510), (1, 2, b"\x00" * 510 + b"\xff\xff"),
                             (1, 0, b"\x00" * 512), (0, 512, b"\xff" * 512), (1, 512, b"\xff" * 512)):
        nor = blank(draw=cut_draw(side, size))
        nor.load(b"\x00" * 512 * 8)
        nor.cut_at = 1
        assert fails(PowerCut, nor.ioctl, 6, 3)
        nor.restore()
        assert read(nor, 3, 512) == left and read(nor, 2, 512) == read(nor, 4, 512) == b"\x00" * 512


def test_the_same_seed_cuts_the_same_way():
    images = []
    for _ in range(2):
        nor = blank()
        for cut in range(20):
            nor.cut_at = nor.operations + 1
            assert fails(PowerCut, nor.writeblocks, cut % 8, b"\x00" * 60, 60 * (cut >> 3))
            nor.restore()
        images.append(nor.snapshot())
    assert images[0] == images[1] and len(set([images[0].find(b"\xff", 512 * i) for i in range(8)])) > 3


def test_a_bad_sector_loses_bits_silently():
    nor = blank()
    nor.bad.add(4)
    nor.writeblocks(4, b"\xff" * 64, 0)
    assert read(nor, 4, 64) != b"\xff" * 64
    nor.ioctl(6, 4)
    assert read(nor, 4, 512) != b"\xff" * 512 and nor.bad_programs == 0
    nor.writeblocks(5, b"\xff" * 64, 0)
    assert read(nor, 5, 512) == b"\xff" * 512


def test_an_image_is_a_copy_and_can_be_loaded():
    nor = blank()
    nor.writeblocks(0, b"old", 0)
    image = nor.snapshot()
    nor.writeblocks(0, b"new", 3)
    nor.load(image)
    assert read(nor, 0, 6) == b"old\xff\xff\xff"


def path():
    """A file of this interpreter alone."""
    try:
        os.mkdir("build")
    except OSError:
        pass
    return "build/nor-" + sys.implementation.name + str(sys.maxsize) + ".bin"


def test_a_file_keeps_what_was_programmed_and_erased():
    name = path()
    with open(name, "wb") as file:
        file.write(b"\xff" * 512 + b"\x01\x02")  # too short: the rest is blank
    nor = NorFile(name, 8, 512)
    assert read(nor, 1, 4) == b"\x01\x02\xff\xff"
    nor.writeblocks(7, b"here", 508)
    nor.writeblocks(3, b"gone", 0)
    nor.ioctl(6, 3)
    image = nor.snapshot()
    nor.close()
    again = NorFile(name, 8, 512)
    assert again.snapshot() == image and read(again, 7, 4, 508) == b"here" and read(again, 3, 4) == b"\xff" * 4
    again.load(b"\x00" * 4096)
    again.close()
    with open(name, "rb") as file:
        assert file.read() == b"\x00" * 4096
    os.remove(name)
    NorFile(name, 8, 512).close()
    with open(name, "rb") as file:
        assert file.read() == b"\xff" * 4096
    os.remove(name)
