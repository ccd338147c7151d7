"""Boards that a site file may name: the simulated one, and those with a file in firmware/boards."""

import importlib

from firmware import boards

SIMULATED = "sim"
NAMES = (SIMULATED, *(name.replace("_", "-") for name in boards.NAMES))


def is_real(board: str) -> bool:
    """Say whether this is a board of copper; what does not exist is none."""
    return board in NAMES and board != SIMULATED


def profile(board: str):
    """The file of a real board, as firmware/boards/__init__.py describes it."""
    return importlib.import_module(f"firmware.boards.{board.replace('-', '_')}")
