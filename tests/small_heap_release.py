"""A new release comes to a board with little heap, for tests/small_heap_board.py.

`release` in the folder of pages holds what a console would send, as tests/small_heap_config.py says; `flash` there is the board's.
"""
import sys
from micropython import const

from tests.small_heap_board import flash, load, read, report
from tests.small_heap_config import Fetching, Flashed, Start, files, free

_ROM_BYTES = const(384 << 10)


class Releasing(Fetching):
    """A board that is told of a new release."""

    def others(self, action):
        if action[0] == "reboot":
            self.is_over = True
        else:
            super().others(action)


def begin(folder, tables, sectors, is_trial, kind=Releasing):
    """Return a board that takes releases."""
    from firmware.config import Opener
    from firmware.hal.busy import Busy
    from firmware.hal.tree import Tree
    from firmware.update import Releases
    from firmware.wire.part import read_settings

    aboard = {"tree": "fw-00000001", "own": "own-1", "board": "test", "is_trial": is_trial}
    aboard.update({"mpy": sys.implementation._mpy & 0xFF, "rom_bytes": _ROM_BYTES})
    releases = Releases(lambda: files(folder + "/flash/update"), Tree(folder + "/flash", Busy(lambda: None)), aboard)
    settings, pages = load(folder, read, ("settings",))["settings"], dict(tables)
    pages.update(load(folder, flash, ("settings",)))
    opener = Opener(lambda: files(folder + "/config"), Flashed(pages), Start(), free, releases)
    return kind(read_settings(settings), tables, sectors, opener)


def take_release(folder, tables, sectors):
    """With too little heap doors pause for it: no piece of it is fetched."""
    board = begin(folder, tables, sectors, False)
    report("node", 0)
    report("staged", board.configure(folder + "/release"))
    tap(board, folder)


def prove(folder, tables, sectors):
    """The release that runs is on trial."""
    board = begin(folder, tables, sectors, True)
    board.act(board.node.handle(("link", True), board.now_ms))
    report("node", board.node.fetching is not None)
    tap(board, folder)
    while board.node.fetching:
        board.until(board.now_ms + 500)
        board.chores()
    report("end", board.now_ms)


def tap(board, folder):
    with open(folder + "/frames") as frames:
        board.tap("d0_in", frames.readline().strip())
    report("badge", board.granted)
