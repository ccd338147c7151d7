"""The chip's own loader at the end of a serial cable, by way of esptool, in a process of its own."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from serial.tools import list_ports

from tools.deploy.problem import Problem

_CHIP = re.compile(r"Connected to (ESP32(?:-[A-Z]\d+)?) on")
_SIZE = re.compile(r"Detected flash size:\s+(\d+)MB")
_SAID = re.compile(r"(?:A fatal error occurred|Error|ERROR):?\s*(.*)")
_MB = 1 << 20
# What esptool says -> what it means, and what to do.
_MEANINGS = (
    ("Could not open", "it cannot be opened: there is no such port, you may not use it, or another program does"),
    ("Failed to connect", "no ESP32 answers there. Hold BOOT, press RST, let BOOT go, and do the same again; is the cable one for data?"),
    ("This chip is", "another chip answers there than the image is for"),
)


class Chip(NamedTuple):
    """name: as boards' files call it, "esp32s3"."""

    name: str
    flash_bytes: int


class Loader:
    """`options`: for esptool, before its command; for tests."""

    def __init__(self, port: str, baud: int, options: tuple = ()):
        self.port, self._baud, self._options = port, baud, options

    def chip(self) -> Chip:
        """Say what is there. Raises: Problem."""
        said = self._quiet("flash-id")
        name, size = _CHIP.search(said), _SIZE.search(said)
        if not name or not size:
            raise Problem(f"{self.port}: esptool does not say which chip is there: {said[-300:]}")
        return Chip(name[1].replace("-", "").lower(), int(size[1]) * _MB)

    def read(self, at: int, size: int) -> bytes:
        """Raises: Problem."""
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "read"
            self._quiet("read-flash", hex(at), hex(size), str(file))
            return file.read_bytes()

    def write(self, chip: Chip, parts: dict[int, bytes], is_erased: bool) -> None:
        """Write and verify, after all of the flash was erased or not. esptool shows how far it is. Raises: Problem."""
        with tempfile.TemporaryDirectory() as folder:
            words = ["write-flash", "--flash-size", f"{chip.flash_bytes // _MB}MB"] + ["--erase-all"] * is_erased
            for at, data in parts.items():
                file = Path(folder) / hex(at)
                file.write_bytes(data)
                words += [hex(at), str(file)]
            done = subprocess.run(self._command(f"--chip={chip.name}", *words))
        if done.returncode:
            raise Problem(f"{self.port}: esptool has not finished. The board may not start now: see to the cable and do the same again")

    def _quiet(self, *words: str) -> str:
        """What esptool prints. Raises: Problem."""
        done = subprocess.run(self._command(*words), capture_output=True, text=True)
        if done.returncode:
            raise Problem(f"{self.port}: {self._meaning(done.stdout + done.stderr)}")
        return done.stdout

    def _command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "esptool", f"--port={self.port}", f"--baud={self._baud}", *self._options, *words]

    def _meaning(self, said: str) -> str:
        ports = ", ".join(sorted(found.device for found in list_ports.comports())) or "none"
        for words, meaning in _MEANINGS:
            if words in said:
                return f"{meaning}. Ports of this machine: {ports}"
        found = _SAID.findall(said)
        return f"esptool says: {found[-1] if found else said[-300:]}"
