"""A new release comes to a board with little heap, for tests/small_heap_board.py.

`release` in the folder of pages holds what a console would send, as tests/small_heap_config.py says; `flash` there is the board's.
"""
import sys

from tests.small_heap_board import flash, load, read, report
from tests.small_heap_config import Fetching, Flashed, Start, files, free

ROM_BYTES = 384 << 10


class Releasing(Fetching):
    """A board that is told of a new release."""

    def others(self, action):
        if action[0] == "reboot":
            self.is_over = True
        else:
            super().others(action)


def take_release(folder, tables, sectors):
    from firmware.config import Opener
    from firmware.hal.busy import Busy
    from firmware.hal.tree import Tree
    from firmware.update import Releases
    from firmware.wire.part import read_settings

    aboard = {"tree": "fw-00000001", "own": "own-1", "board": "test", "is_trial": False}
    aboard.update({"mpy": sys.implementation._mpy & 0xFF, "rom_bytes": ROM_BYTES})
    releases = Releases(lambda: files(folder + "/flash/update"), Tree(folder + "/flash", Busy(lambda: None)), aboard)
    settings = load(folder, read, ("settings",))["settings"]
    opener = Opener(lambda: files(folder + "/config"), Flashed(tables), Start(), free, releases)
    board = Releasing(read_settings(settings), tables, sectors, opener)
    settings = None
    report("node", 0)
    report("staged", board.configure(folder + "/release"))
    with open(folder + "/frames") as frames:
        board.tap("d0_in", frames.readline().strip())
    report("badge", board.granted)
