"""The events in a board's flash, read by the firmware's own code here."""

import base64
from collections.abc import Callable
from pathlib import Path

from firmware.hal.flash_log import FlashLog
from firmware.hal.nor import NorRam
from firmware.replica.shelf import FACTS, NOTES, Shelf
from firmware.wire import packed
from tools.backstop.past import in_order
from tools.deploy.board import Board
from tools.deploy.problem import Problem

_ABOARD = Path(__file__).with_name("aboard.py")
_SECTOR = 4096


def events(board: Board, begin: Callable = lambda count: None, is_done: Callable = lambda: None) -> list[dict]:
    """All of them, in their order. `begin(number of sectors)`, then `is_done()` for each. Raises: Problem."""
    board.load(_ABOARD.read_text())
    count = board.call("log_sectors")
    if not count:
        raise Problem(f"{board.port}: there is no log on the board")
    begin(count)
    image = bytearray()
    for index in range(count):
        image += base64.b64decode(board.call("log_sector", index)) or b"\xff" * _SECTOR
        is_done()
    return read(image)


def read(image: bytes) -> list[dict]:
    """The events of a log's flash."""
    nor = NorRam(len(image) // _SECTOR)
    nor.load(image)
    shelf = Shelf(FlashLog(nor), packed)
    found = [event for kind in (FACTS, NOTES) for sector in shelf.flash.sectors(kind) for _, event in shelf.events(kind, sector)]
    return in_order(found, 0)
