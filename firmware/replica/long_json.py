"""JSON that is too long for one piece of the heap, read from pieces."""

import io
import json


class Pieces(io.IOBase):
    """Bytes in pieces, as a file. MicroPython's json reads it byte by byte, CPython's all at once."""

    def __init__(self, pieces):
        self._pieces = pieces
        self._piece, self._at = b"", 0

    def readinto(self, buffer) -> int:
        while self._at == len(self._piece):
            self._piece, self._at = next(self._pieces, None), 0
            if self._piece is None:
                self._piece = b""
                return 0
        buffer[0] = self._piece[self._at]
        self._at += 1
        return 1

    def read(self) -> bytes:
        return b"".join(self._pieces)


def read(pieces):
    """Return what JSON says, of which an iterator gives the pieces. Raises: ValueError, RuntimeError."""
    return json.load(Pieces(pieces))
