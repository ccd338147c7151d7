"""A chip in its loader behind a pty: what esptool speaks with, over a NOR flash in memory.

A frame is C0 … C0, with DB DC and DB DD in it for C0 and DB. Layout of a request: 0, command, size u16, checksum u32, data; of
an answer: 1, command, size u16, value u32, data, status. The loader in ROM erases before it takes data, and its status has
four bytes; the one that esptool loads into RAM (by MEM_…, it says OHAI) erases as it writes, and its status has two.
Source: esptool's documentation, "Serial Protocol".
"""

import hashlib
import os
import pty
import select
import struct
import threading
import tty
import zlib

from tests.brokers import PATIENCE_S

SECTOR = 4096
_ROM_VALUE = 0x20120707  # of the answer to SYNC; the loader in RAM says 0
_OK, _UNKNOWN = b"\0\0", b"\1\5"
_JEDEC = 0x9F
_SIZES = {4: 0x16, 8: 0x17, 16: 0x18, 2: 0x15}
_MAC = {"esp32": {0x3FF5A004: 0x01020304, 0x3FF5A008: 0x240A}, "esp32s3": {0x60007044: 0x01020304, 0x60007048: 0x240A}}
_SPI = {"esp32": (0x3FF42000, 0x24, 0x80), "esp32s3": (0x60002000, 0x20, 0x58)}  # registers: base, command, data
_CHIP_ID = {"esp32s3": 9}  # the ESP32 has no command that tells it, but a number in its ROM
_NUMBER_AT, _NUMBERS = 0x40001000, {"esp32": 0x00F01D83}


class Flash:
    """Erased bytes are FF, and programming only clears bits."""

    def __init__(self, mb: int):
        self.data = bytearray(b"\xff" * (mb << 20))

    def erase(self, at: int, size: int) -> None:
        first, end = at // SECTOR * SECTOR, -(-(at + size) // SECTOR) * SECTOR
        self.data[first:end] = b"\xff" * (end - first)

    def program(self, at: int, data: bytes) -> None:
        there = int.from_bytes(self.data[at : at + len(data)], "big")
        self.data[at : at + len(data)] = (there & int.from_bytes(data, "big")).to_bytes(len(data), "big")


class FakeChip:
    """`with FakeChip("esp32s3", 16) as chip`: `port` is of the cable. `cut`: number of bytes after which it is pulled."""

    def __init__(self, name: str, mb: int, flash: Flash | None = None):
        self.name, self.flash = name, flash or Flash(mb)
        self.cut, self.carried, self.requests = None, 0, []
        self._mb, self._is_stub = mb, False
        self._registers = dict(_MAC[name]) | {_NUMBER_AT: _NUMBERS.get(name, 0)}
        self._unpack, self._at, self._erased_to, self._erased_end = None, 0, 0, 0

    def __enter__(self) -> "FakeChip":
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        self.port, self._is_plugged = os.ttyname(self._slave), True
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._is_plugged = False
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()

    # -- the cable -------------------------------------------------------------------------------

    def _serve(self) -> None:
        heard = b""
        while self._is_plugged:
            if not select.select([self._master], [], [], 0.05)[0]:
                continue
            *frames, heard = (heard + self._heard()).split(b"\xc0")
            for frame in frames:
                self._take(frame.replace(b"\xdb\xdc", b"\xc0").replace(b"\xdb\xdd", b"\xdb"))
        os.close(self._master)
        os.close(self._slave)

    def _heard(self) -> bytes:
        data = os.read(self._master, 1 << 16)
        self.carried += len(data)
        if self.cut is not None and self.carried >= self.cut:
            self._is_plugged = False
            return data[: len(data) - (self.carried - self.cut)]
        return data

    def _say(self, payload: bytes) -> None:
        if self._is_plugged:
            os.write(self._master, b"\xc0" + payload.replace(b"\xdb", b"\xdb\xdd").replace(b"\xc0", b"\xdb\xdc") + b"\xc0")

    def _answer(self, command: int, data: bytes = b"", value: int = 0, status: bytes = _OK) -> None:
        data += status if self._is_stub else status + b"\0\0"
        self._say(struct.pack("<BBHI", 1, command, len(data), value) + data)

    # -- what it is asked ------------------------------------------------------------------------

    def _take(self, frame: bytes) -> None:
        """Answer a request. What is too short for one is noise, or acknowledges what was read."""
        if len(frame) < 8:
            return
        _, command, size, _ = struct.unpack_from("<BBHI", frame)
        data = frame[8:]
        if len(data) != size:
            return
        name = _COMMANDS.get(command)
        self.requests.append(name)
        if name is None or (name in _OF_STUB and not self._is_stub):
            self._answer(command, status=_UNKNOWN)
            return
        getattr(self, "_" + name)(command, data)

    def _sync(self, command: int, _) -> None:
        self._is_stub = False  # a chip that was reset by DTR and RTS, which a pty has not
        for _ in range(8):
            self._answer(command, value=_ROM_VALUE)

    def _security(self, command: int, _) -> None:
        if self.name in _CHIP_ID:
            self._answer(command, struct.pack("<IB7BII", 0, 0, *bytes(7), _CHIP_ID[self.name], 0))
        else:
            self._answer(command, status=_UNKNOWN)

    def _read_register(self, command: int, data: bytes) -> None:
        self._answer(command, value=self._registers.get(struct.unpack("<I", data)[0], 0))

    def _write_register(self, command: int, data: bytes) -> None:
        at, value, _, _ = struct.unpack("<IIII", data)
        base, order_at, data_at = _SPI[self.name]
        if at == base:  # "go": it is done at once
            order = self._registers.get(base + order_at, 0) & 0xFF
            self._registers[base + data_at] = _SIZES[self._mb] << 16 | 0x40EF if order == _JEDEC else 0
        else:
            self._registers[at] = value
        self._answer(command)

    def _nothing(self, command: int, _) -> None:
        self._answer(command)

    def _run_from_ram(self, command: int, _) -> None:
        self._answer(command)
        self._is_stub = True
        self._say(b"OHAI")

    def _begin(self, command: int, data: bytes) -> None:
        size, _, _, self._at = struct.unpack_from("<IIII", data)
        if not self._is_stub:
            self.flash.erase(self._at, size)
        self._erased_to, self._erased_end = self._at, self._at + size
        self._unpack = zlib.decompressobj() if _COMMANDS[command] == "begin_packed" else None
        self._answer(command)

    _begin_packed = _begin

    def _data(self, command: int, data: bytes) -> None:
        size = struct.unpack_from("<I", data)[0]
        piece = data[16 : 16 + size]
        piece = self._unpack.decompress(piece) if self._unpack else piece
        if self._is_stub:
            while self._erased_to < min(self._at + len(piece), self._erased_end):  # FF up to a whole piece follow the last
                self.flash.erase(self._erased_to, 1)
                self._erased_to += SECTOR
        self.flash.program(self._at, piece)
        self._at += len(piece)
        self._answer(command)

    def _md5(self, command: int, data: bytes) -> None:
        at, size, _, _ = struct.unpack("<IIII", data)
        found = hashlib.md5(self.flash.data[at : at + size])
        self._answer(command, found.digest() if self._is_stub else found.hexdigest().encode())

    def _erase_all(self, command: int, _) -> None:
        self.flash.erase(0, len(self.flash.data))
        self._answer(command)

    def _read(self, command: int, data: bytes) -> None:
        """Send it all; what esptool acknowledges is not waited for, and is no frame that counts."""
        at, size, piece, _ = struct.unpack("<IIII", data)
        self._answer(command)
        for start in range(at, at + size, piece):
            self._say(bytes(self.flash.data[start : min(start + piece, at + size)]))
        self._say(hashlib.md5(self.flash.data[at : at + size]).digest())


_COMMANDS = {
    0x02: "begin", 0x03: "data", 0x04: "nothing", 0x05: "nothing", 0x06: "run_from_ram", 0x07: "nothing", 0x08: "sync",
    0x09: "write_register", 0x0A: "read_register", 0x0B: "nothing", 0x0D: "nothing", 0x0F: "nothing", 0x10: "begin_packed",
    0x11: "data", 0x12: "nothing", 0x13: "md5", 0x14: "security", 0xD0: "erase_all", 0xD2: "read",
}  # fmt: skip
_OF_STUB = ("erase_all", "read")
