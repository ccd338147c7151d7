"""OSDP frames: a stream of bytes becomes frames, whatever stands between them.

Layout of a frame: 53 | address | length 2 | control | [block: its length, type, ..] | code | data | [MAC 4] | CRC 2 or sum 1.
    The length counts all of it; numbers are little-endian. control: 0-1 sequence, 2 CRC, 3 block. A reply's address has bit 7.
    Marks FF may stand before it. They belong to no frame, and neither CRC nor MAC counts them.
A frame that is refused costs its first byte only: the search goes on behind it, so that a length that was damaged
swallows no neighbour. What is inside a frame that is not yet whole is never looked at: somebody's data may look like one.
Limits: 1440 bytes a frame; the CRC is computed over at most _WORK bytes for each byte that came, and what is beyond that
is thrown away: otherwise a few false lengths would keep a board busy for seconds.
Source: SIA OSDP v2.2, sections 5.2 to 5.9, as public implementations show it.
"""

from firmware.const import const
from firmware.wire.osdp_crc import crc16

FRAME_BYTES_MAX = 1440
_WITH_CRC = const(0x04)
_WITH_BLOCK = const(0x08)
_START = const(0x53)
_FRAME_BYTES_MIN = const(7)
_BUFFER_BYTES_MAX = const(2880)
_WORK = const(2)
_WORK_MAX = const(5760)
_FAULT_COUNT_MAX = const(65535)


def body(address: int, control: int, block: bytes, code: int, data: bytes) -> bytes:
    """Return a frame from its start to its data, with the length it will have: what a MAC is made of.

    block: type and what belongs to it, without the length; b"" for none.
    """
    size = 6 + len(data) + (2 if control & _WITH_CRC else 1)
    if block:
        control |= _WITH_BLOCK
        size += 1 + len(block) + (4 if _has_mac(block) else 0)
        block = bytes([len(block) + 1]) + block
    assert size <= FRAME_BYTES_MAX
    return bytes([_START, address, size & 0xFF, size >> 8, control]) + block + bytes([code]) + data


def closed(begun: bytes) -> bytes:
    """Return what goes over the wire: a mark, a body with its MAC if it has one, and its CRC or sum."""
    if begun[4] & _WITH_CRC:
        crc = crc16(begun)
        return b"\xff" + begun + bytes([crc & 0xFF, crc >> 8])
    return b"\xff" + begun + bytes([-sum(begun) & 0xFF])


class Frame:
    """What a frame says. `block` is without its length; `signed` is what the MAC was made of; `mac` is b"" for none."""

    def __init__(self, raw: bytes, at: int, end: int):
        self.address = raw[1]
        self.control = raw[4]
        self.block = raw[6:at]
        self.code = raw[at]
        self.data = raw[at + 1 : end]
        self.mac = raw[end:]
        self.signed = raw[:end]


class Frames:
    """The frames in what a line brings. `faults` counts what was refused, each kind up to 65535.

    Kinds: "noise" that begins no frame; "length" of no frame; "cut" by silence; "crc"; "sum", wrong or not taken; "block" that is
        none, or without room for a code behind it; "overflow", nobody looked; "overload", false frames one in the other.
    takes_sums: also frames that end in a sum, which one noise in 256 does. We ask with a CRC; who takes that can answer so.
    """

    def __init__(self, takes_sums: bool = False):
        self.faults = {}
        self._takes_sums = takes_sums
        self.clear()

    def clear(self) -> None:
        """Forget what came: a new question is asked, and what was not the answer by now will be none."""
        self._buffer = bytearray()
        self._work = _WORK_MAX

    def feed(self, data: bytes) -> None:
        """Take bytes as they come. Call `next` until it gives None, then feed again."""
        self._work = min(self._work + _WORK * len(data), _WORK_MAX)
        self._buffer += data
        if len(self._buffer) > _BUFFER_BYTES_MAX:
            self._fault("overflow")
            self._drop(len(self._buffer) - _BUFFER_BYTES_MAX)

    def next(self, is_over: bool = False) -> Frame | None:
        """Return the next frame, or None where more bytes are needed. is_over: none will come, the line is silent."""
        while self._find_start():
            size = self._size()
            if size > len(self._buffer):
                if not is_over:
                    return None
                self._fault("cut")
                self._drop(1)
            elif size:
                frame = self._frame(size)
                if frame:
                    return frame
        return None

    def is_amid(self) -> bool:
        """Say whether a frame has begun."""
        return bool(self._buffer)

    def _find_start(self) -> bool:
        """Throw away what stands before the next start of a frame. Returns: whether there is one."""
        at = self._buffer.find(b"\x53")
        before = len(self._buffer) if at < 0 else at
        if before:
            if bytes(self._buffer[:before]).strip(b"\xff"):
                self._fault("noise")
            self._drop(before)
        return at >= 0

    def _size(self) -> int:
        """Return the length of the frame that begins here, 0 for none."""
        if len(self._buffer) < 4:
            return _FRAME_BYTES_MIN
        size = self._buffer[2] | self._buffer[3] << 8
        if _FRAME_BYTES_MIN <= size <= FRAME_BYTES_MAX:
            return size
        self._fault("length")
        self._drop(1)
        return 0

    def _frame(self, size: int) -> Frame | None:
        if size > self._work:
            self._fault("overload")
            self._drop(size)
            return None
        self._work -= size
        raw = bytes(self._buffer[:size])
        why = _damage(raw, self._takes_sums)
        if not why:
            raw = raw[: -2 if raw[4] & _WITH_CRC else -1]
            at, end = _places(raw)
            if at < end:
                self._drop(size)
                return Frame(raw, at, end)
            why = "block"
        self._fault(why)
        self._drop(1)
        return None

    def _drop(self, count: int) -> None:
        self._buffer = self._buffer[count:]

    def _fault(self, why: str) -> None:
        self.faults[why] = min(self.faults.get(why, 0) + 1, _FAULT_COUNT_MAX)


def _damage(raw: bytes, takes_sums: bool) -> str:
    if not raw[4] & _WITH_CRC:
        return "" if takes_sums and not sum(raw) & 0xFF else "sum"
    return "" if crc16(memoryview(raw)[:-2]) == raw[-2] | raw[-1] << 8 else "crc"


def _places(raw: bytes) -> tuple:
    """Return where the code is and where the data ends. Equal, or the wrong way round, for what is no frame."""
    if not raw[4] & _WITH_BLOCK:
        return 5, len(raw)
    if len(raw) < 7 or raw[5] < 2 or not 0x11 <= raw[6] <= 0x18:
        return 0, 0
    return 5 + raw[5], len(raw) - (4 if _has_mac(raw[6:7]) else 0)


def _has_mac(block: bytes) -> bool:
    return bool(block) and 0x15 <= block[0] <= 0x18
