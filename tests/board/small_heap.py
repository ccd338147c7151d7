"""A whole controller on fake hardware in the heap of a board: `micropython -X heapsize=… small_heap.py ROM BADGES`.

Run by tests/host/test_board_heap.py. All code lies in the ROM file system, outside of the heap, as on a board; so do the bytes of the
flash chip. The fake hardware lies in the heap, which a board need not bear.
Prints one JSON line per stage: {"stage", "free": bytes, "count"}.
"""

import gc
import sys

import rom

THRESHOLD_BYTES = 4096  # as a board does: what stays lies together


def main(badges):
    gc.threshold(THRESHOLD_BYTES)
    rom.report("start", count=0)
    from tests.fakes import chip, esp32, machine  # noqa: F401

    rom.report("fakes", count=0)
    import firmware.joined  # noqa: F401

    rom.report("firmware", count=0)
    from tests.board import controller

    rom.report("code", count=0)
    board = controller.chip()
    board.partitions = {"log": rom.Nor()}
    made = controller.Controller(board)
    made.app.on_append, board.driven = Counting(), Relay()
    gc.threshold(-1)
    rom.report("controller", count=0)
    for number in range(badges):
        made.tap(0, ("front_in", "front_out")[number % 2], 200 + number % 7 * 300, 7000)
    rom.report("badges", count=made.app.on_append.granted)
    rom.report("relay", count=board.driven.moved)


class Counting:
    """Counts what is granted, and keeps nothing."""

    def __init__(self):
        self.granted = 0

    def __call__(self, event):
        self.granted += event["type"] == "access.granted"


class Relay:
    """Counts how often the door's relay was energised."""

    def __init__(self):
        self.moved = 0

    def append(self, row):
        self.moved += row[1:] == (40, 1)


rom.mount(sys.argv[1])
main(int(sys.argv[2]))
