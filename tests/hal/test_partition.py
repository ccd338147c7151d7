"""The log's partition: a device for a FlashLog, whose writes are announced."""

from firmware.hal import partition
from firmware.hal.busy import Busy
from firmware.hal.flash_log import FlashLog
from firmware.hal.nor import NorRam
from tests.fakes import esp32
from tests.fakes.chip import Chip


def board(sectors=8):
    """(module, busy)."""
    chip = Chip()
    return esp32.make(chip, sectors), Busy(chip.serve_one)


def test_a_log_is_there_again_after_a_restart():
    module, busy = board()
    log = FlashLog(partition.find(module, busy))
    while log.erase_ahead():
        pass
    number = log.open(1)
    place = log.append(1, b"here")
    again = FlashLog(partition.find(module, busy))
    assert again.sectors(1) == [number] and again.read(*place) == b"here" and busy.depth == 0


def test_writes_and_erases_are_announced_and_reads_are_not():
    module, busy = board()
    device = partition.find(module, busy)
    epochs = [busy.epoch]
    for act in (
        lambda: device.readblocks(0, bytearray(4), 10),
        lambda: device.ioctl(4, 0),
        lambda: device.writeblocks(0, b"a", 0),
        lambda: device.ioctl(6, 0),
    ):
        act()
        epochs.append(busy.epoch)
    assert epochs == [0, 0, 0, 2, 4]


def test_a_write_that_fails_is_over_as_well():
    module, busy = board()
    device = partition.find(module, busy)
    try:
        device.writeblocks(9, b"a", 0)
    except OSError:
        assert busy.depth == 0 and busy.epoch == 2
        return
    raise ValueError("it was written")


def test_a_board_without_that_partition_says_so():
    chip = Chip()
    chip.partitions = {"vfs": NorRam(2)}
    try:
        partition.find(esp32.make(chip), Busy(chip.serve_one))
    except OSError:
        return
    raise ValueError("it was found")
