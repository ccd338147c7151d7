"""A board at the end of a serial cable, in MicroPython's raw REPL, by way of mpremote."""

import ast
import base64
import struct
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from mpremote.transport import TransportError
from mpremote.transport_serial import SerialTransport
from serial.tools import list_ports

from tools.deploy.problem import Problem, Raised

_ABOARD = Path(__file__).with_name("aboard.py")
_BAUD = 115200
_READ_S = 5  # a board that says nothing in the middle of a line for so long is gone
_ENTER_S = 10
_ANSWER_S = 60  # it hashes a folder, or erases flash
_TRIES = 3
_HELD_S = 600  # without us it works again after that
_PIECE_BYTES = 3072


class Facts(NamedTuple):
    """What a board is: versions of MicroPython and of .mpy, its words for chip and board, room on its file system.

    rom_bytes: room for an image of code that runs in place. heap_bytes: what is free of the heap while nothing runs.
    """

    version: tuple
    mpy: int
    machine: str
    free_bytes: int
    block_bytes: int
    rom_bytes: int = 0
    heap_bytes: int = 0


class Board:
    """`with Board(port) as board`: its program is stopped and its outputs are safe; afterwards it starts what is installed.

    Raises: Problem.
    """

    def __init__(self, port: str):
        self.port = port
        self._line = opened(port)

    def __enter__(self) -> "Board":
        try:
            self._enter()
            self.load(_ABOARD.read_text())
            self.call("arm", _HELD_S)
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(self, *_) -> None:
        try:
            self._line.exec_raw_no_follow("import machine\nmachine.reset()")
        except (TransportError, OSError, struct.error):
            pass  # the cable is out; its watchdog starts it
        self._close()

    def load(self, source: str) -> None:
        """Bring more functions for `call`. Raises: Problem."""
        self._run(source)

    def facts(self) -> Facts:
        return Facts(*self.call("facts"))

    def put(self, path: str, content: bytes, is_done: Callable = lambda: None) -> None:
        """Write a file, which may be there by half when the cable is pulled. `is_done()` is called for each of its pieces."""
        for number in range(pieces(content)):
            piece = content[number * _PIECE_BYTES : (number + 1) * _PIECE_BYTES]
            self.call("put", path, "ab" if number else "wb", base64.b64encode(piece).decode())
            is_done()

    def call(self, name: str, *args):
        """Call one of the functions of aboard.py. Raises: Problem."""
        words = ", ".join(map(repr, args))
        return ast.literal_eval(self._run(f"print(repr({name}({words})))").decode())

    def _enter(self) -> None:
        """Stop the program, then restart MicroPython without it: boot.py makes outputs safe."""
        for _ in range(_TRIES):
            try:
                self._line.enter_raw_repl(timeout_overall=_ENTER_S)
                return
            except TransportError:
                continue
            except OSError as error:
                raise self._gone(error) from error
        raise Problem(
            f"{self.port}: nothing there answers as MicroPython. Is it the right port, is MicroPython on the board, "
            "and does no other program use the port? Press RST and try again"
        )

    def _run(self, code: str) -> bytes:
        try:
            output, error = self._line.exec_raw(code, timeout=_ANSWER_S)
        except (TransportError, OSError, struct.error) as gone:
            raise self._gone(gone) from gone
        if error:
            raise Raised(f"{self.port}: the board says: {_last_line(error.decode(errors='replace'))}")
        return output

    def _gone(self, error: Exception) -> Problem:
        return Problem(f"{self.port}: the board is gone ({error}). What it runs has not changed: see to the cable and do the same again")

    def _close(self) -> None:
        try:
            self._line.close()
        except OSError:
            pass  # it is gone already


def pieces(content: bytes) -> int:
    """In how many pieces a file comes over the cable."""
    return max(1, -(-len(content) // _PIECE_BYTES))


def opened(port: str) -> SerialTransport:
    """The port, as mpremote opens it: the board is not reset by that. Raises: Problem."""
    try:
        return SerialTransport(port, baudrate=_BAUD, timeout=_READ_S)
    except (TransportError, OSError) as error:
        known = ", ".join(sorted(found.device for found in list_ports.comports())) or "none"
        raise Problem(
            f"{port}: cannot be opened, there is no such port, you may not use it, or another program does. "
            f"Ports of this machine: {known}"
        ) from error


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else "nothing"
