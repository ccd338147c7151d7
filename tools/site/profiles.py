"""Boards that a site file may name: the simulated one, and those with a file in firmware/boards."""

import importlib

from firmware import boards

SIMULATED = "sim"
_COUNTED = {"esp32": 4, "esp32s3": 2}  # Wiegand readers whose pulses a chip can count: two of its units each
REAL = tuple(name.replace("_", "-") for name in boards.NAMES)
NAMES = (SIMULATED, *REAL)


def is_real(board: str) -> bool:
    """Say whether this is a board of copper; what does not exist is none."""
    return board in REAL


def profile(board: str):
    """The file of a real board, as firmware/boards/__init__.py describes it."""
    return importlib.import_module(f"firmware.boards.{board.replace('-', '_')}")


def counted_readers(board: str) -> int:
    """How many Wiegand readers a real board has counters for, the witnesses of their pulses."""
    return _COUNTED[profile(board).CHIP]
