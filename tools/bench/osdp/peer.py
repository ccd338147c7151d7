"""libosdp's panel and reader on a wire. Only in the interpreter that has it.

It gets each frame in one piece, when its last byte has arrived: the package of 3.2.9 throws away what has come of a frame
whenever it looks for more, because it is built for lines that hand over whole packets. Its panel runs with ENFORCE_SECURE,
without which it would fall back to plaintext, and is refreshed as often as ours; its own thread does so every 20 ms.
"""

import itertools

import osdp
from tools.bench.osdp.repeating import left_aligned

_numbers = itertools.count(1)  # a number that is not 0 says that readers share a line
_QUIET = osdp.LogLevel.Emergency


class _Line(osdp.Channel):
    def __init__(self, end, clock):
        self.id = next(_numbers)
        self._end = end
        self._clock = clock
        self._come = b""

    def read(self, max_bytes: int) -> bytes:
        if not self._come:
            self._come = self._end.read_whole(self._clock())
        taken, self._come = self._come[:max_bytes], self._come[max_bytes:]
        return taken

    def write(self, buf: bytes) -> int:
        self._end.write(buf, self._clock())
        return len(buf)

    def flush(self) -> None:
        """Nothing: it is called before each question, and would eat what has come."""


class Panel:
    """`cards`: [(when, its bits)]."""

    name = "libosdp"

    def __init__(self, addresses: list[int], key: bytes, end, clock):
        self.cards: list[tuple[int, str]] = []
        self._clock = clock
        line = _Line(end, clock)
        infos = [osdp.PDInfo(no, line, key, flags=[osdp.LibFlag.EnforceSecure]) for no in addresses]
        self._panel = osdp.ControlPanel(infos, _QUIET, self._happened)

    def refresh(self) -> None:
        self._panel.ctx.refresh()

    def _happened(self, _, event: dict) -> int:
        if event["event"] == osdp.Event.CardRead:
            bits = "".join(f"{byte:08b}" for byte in event["data"])[: event["length"]]
            self.cards.append((self._clock(), bits))
        return 0


class Reader:
    """It forgets what it answered."""

    name = "libosdp's reader"

    def __init__(self, address: int, key: bytes, end, clock):
        can = osdp.PDCapabilities([(osdp.Capability.CardDataFormat, 1, 1), (osdp.Capability.Readers, 1, 1)])
        self._device = osdp.PeripheralDevice(osdp.PDInfo(address, _Line(end, clock), key), can, _QUIET)

    def refresh(self) -> None:
        self._device.ctx.refresh()

    def show(self, bits: str) -> None:
        card = {"event": osdp.Event.CardRead, "reader_no": 0, "format": osdp.CardFormat.Wiegand, "direction": 0}
        self._device.ctx.submit_event(card | {"length": len(bits), "data": left_aligned(bits)})
