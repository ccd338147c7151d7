"""A line at a serial port of this machine: a USB adapter, or a pty."""

import os

import serial
from serial.tools import list_ports

_PIECE_BYTES = 4096


class SerialEnd:
    """A port that nobody else uses meanwhile. Raises: OSError, where it cannot be had, or is gone."""

    def __init__(self, path: str, baud: int):
        self.file = serial.Serial(path, baud, timeout=0, write_timeout=0, exclusive=True)

    def write(self, data: bytes) -> int:
        """Return how many bytes were taken. Where there is no room pyserial would try again for ever."""
        try:
            return os.write(self.file.fileno(), data)
        except BlockingIOError:
            return 0

    def read(self) -> bytes:
        """Return what came by now."""
        return self.file.read(_PIECE_BYTES)

    def close(self) -> None:
        self.file.close()


def ports() -> list[str]:
    """Return the serial ports of this machine."""
    return sorted(port.device for port in list_ports.comports())
