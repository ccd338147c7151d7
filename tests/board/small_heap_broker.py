"""A whole controller at a real broker, in the heap of a board: `micropython -X heapsize=… small_heap_broker.py ROM ROOT`.

Run by tests/host/test_board_broker.py. ROM: all code, umqtt.simple and the fake hardware included; ROOT: a folder as `make deploy`
leaves it on a board. tests/board/at_broker.py says what it is told and what it prints.
"""

import gc
import sys

import rom

THRESHOLD_BYTES = 4096  # as a board does: what stays lies together


def main(root):
    gc.threshold(THRESHOLD_BYTES)
    rom.report("start")
    from tests.fakes import chip, esp32, machine  # noqa: F401

    rom.report("fakes")
    import firmware.joined  # noqa: F401

    rom.report("code")
    from tests.board import at_broker

    rom.report("world")
    at_broker.run(root, rom)


rom.mount(sys.argv[1])
main(sys.argv[2])
