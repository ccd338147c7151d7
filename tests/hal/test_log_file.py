"""A log in a file: the same log as on a flash, also after it was closed; and a file that was cut off in the making."""

import os
import time

from firmware.hal.busy import Busy
from firmware.hal.flash_log import FlashLog
from firmware.hal.log_file import LogFile
from firmware.hal.nor import NorRam

PATH = "/tmp/backstop-log-file-%d" % time.time_ns()  # of this process: others run the same tests


def device(sectors=8):
    return LogFile(PATH, sectors, Busy(lambda: None))


def gone():
    try:
        os.remove(PATH)
    except OSError:
        pass


def live(flash):
    """What a log of this device says after some work."""
    log = FlashLog(flash)
    while log.wants_erase():
        assert log.erase_ahead()
    return log


def test_it_keeps_what_a_flash_keeps():
    gone()
    for step in range(3):
        flash = device()
        assert (flash.ioctl(4, 0), flash.ioctl(5, 0)) == (8, 4096)
        buf = bytearray(4)
        flash.readblocks(2, buf, 100)
        assert bytes(buf) == (b"\xff" * 4 if step == 0 else b"\x01\x02\x00\xff")
        flash.writeblocks(2, b"\x01\x02\x00", 100)
    flash.writeblocks(2, b"\xff\x01\xff", 100)  # no bit becomes 1 without an erase
    flash.readblocks(2, buf, 100)
    assert bytes(buf) == b"\x01\x00\x00\xff"
    flash.ioctl(6, 2)
    flash.readblocks(2, buf, 100)
    assert bytes(buf) == b"\xff" * 4
    gone()


def test_a_log_on_it_is_the_same_as_on_a_flash():
    gone()
    flashes = [NorRam(8), device()]
    logs = [live(flash) for flash in flashes]
    assert logs[0].erased() == logs[1].erased()
    for sector in range(8):
        found = [bytearray(4096), bytearray(4096)]
        for flash, buf in zip(flashes, found):
            flash.readblocks(sector, buf, 0)
        assert found[0] == found[1], sector
    gone()


def test_a_file_that_was_cut_off_is_made_whole():
    gone()
    with open(PATH, "wb") as file:
        file.write(b"\xff" * 5000)
    flash, buf = device(), bytearray(4096)
    for sector in range(8):
        flash.readblocks(sector, buf, 0)
        assert buf == b"\xff" * 4096
    gone()


def test_places_that_are_none_are_refused():
    gone()
    flash = device()
    for block, size, offset in ((8, 4, 0), (-1, 4, 0), (0, 4, 4093), (0, 4, -1)):
        try:
            flash.readblocks(block, bytearray(size), offset)
        except OSError:
            continue
        raise AssertionError((block, size, offset))
    gone()
