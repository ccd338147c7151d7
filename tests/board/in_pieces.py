"""What a board lives through once its heap is in pieces: `micropython -X heapsize=… in_pieces.py ROM VERB ARGUMENT..`.

Run by tests/host/test_large_blocks.py. ROM: all code, outside of the heap as on a board. VERB: a function of the modules below.
"""

import sys

import rom

rom.mount(sys.argv[1])
import firmware.joined  # noqa: E402, F401
from tests.board import pieces_lives  # noqa: E402

pieces_lives.live(rom, sys.argv[2], sys.argv[3:])
