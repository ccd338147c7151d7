"""The pins of a controller over a socket: pulses and contacts in, relays out. What `firmware/app.py` wants of pins."""

import asyncio
import json
from binascii import hexlify, unhexlify

from firmware.wire.wiegand import FRAME_GAP_MS

_PAUSE_MS = 60  # between two frames of one reader
_CONTACTS = ("leaf", "rex", "input", "clock")  # lines that are events of Node.handle as they are
_OWN = _CONTACTS + ("bits", "bytes")


class Pins:
    """Lines of JSON, in the words of host_sim/station/__init__.py. `clock`: now_ms().

    `levels` are those of the contacts at the start. `others(line)` is called, in `read` and `take`, for each line that is about something else than pins; it returns events.
    """

    def __init__(self, reader, writer, clock, levels=()):
        self.clock = clock
        self.levels = dict(levels)  # of contacts, as they are; {door or input: is open or active}
        self._pressed = {}  # door -> REX is pressed
        self.others = lambda line: []
        self._reader, self._writer = reader, writer
        self._lines = []  # (when it came, line)
        self._due = []  # (at_ms, number, event), by time
        self._number = self._quiet_ms = 0
        self._heard = asyncio.Event()
        self._is_gone = False
        self._ends_ms = {}  # reader -> when its wires are free again

    async def listen(self) -> None:
        """Take lines as they come, until the other side closes."""
        while True:
            try:
                line = await self._reader.readline()
            except OSError:
                line = b""
            if not line:
                self._is_gone = True
                self._heard.set()
                return
            self._lines.append((self.clock.now_ms(), json.loads(line)))
            self._heard.set()

    def say(self, *words) -> None:
        """Send a line."""
        self._writer.write(json.dumps(words).encode() + b"\n")

    # -- what the shell asks for -----------------------------------------------------------------

    def read(self) -> None:
        """Plan what the lines that have come say."""
        lines, self._lines = self._lines, []
        for at_ms, line in lines:
            self._read(at_ms, line)

    def take(self, now_ms: int):
        """Yield what is due. What came before a line about something else has been done when that line is read."""
        while self._lines:
            at_ms, line = self._lines.pop(0)
            if line[0] not in _OWN:
                yield from self._ripe(now_ms)
            self._read(at_ms, line)
        yield from self._ripe(now_ms)

    def _ripe(self, now_ms: int):
        while self._due and self._due[0][0] <= now_ms:
            at_ms, _, event = self._due.pop(0)
            yield at_ms, event

    def next_ms(self):
        return self._due[0][0] if self._due else None

    def is_reading(self, now_ms: int) -> bool:
        return now_ms < self._quiet_ms

    def lock(self, door: str, is_locked: bool) -> None:
        self.say("lock", door, is_locked)

    def output(self, name: str, is_on: bool) -> None:
        self.say("output", name, is_on)

    def signal(self, reader: str, pattern: str) -> None:
        self.say("signal", reader, pattern)

    def write(self, bus: str, data: bytes) -> None:
        self.say("write", bus, hexlify(data).decode())

    def safe(self) -> None:
        self.say("safe")

    def synchronise(self) -> None:
        self.say("synchronise")

    async def wait(self, ms: int) -> None:
        """Wait for a line. Raises: SystemExit when power is gone."""
        await self._writer.drain()
        if ms > 0 and not self._lines and not self._is_gone:
            self._heard.clear()
            try:
                await asyncio.wait_for(self._heard.wait(), ms / 1000)
            except asyncio.TimeoutError:
                pass
        else:
            await asyncio.sleep(0)
        if self._is_gone:
            raise SystemExit(0)

    # -- lines -----------------------------------------------------------------------------------

    def _read(self, at_ms: int, line: list) -> None:
        if line[0] == "bits":
            self._frame(at_ms, *line[1:])
        elif line[0] == "bytes":
            self._plan(at_ms, ("bytes", line[1], unhexlify(line[2])))
        else:
            if line[0] in ("leaf", "input"):
                self.levels[line[1]] = line[2]
            elif line[0] == "rex":
                self._pressed[line[1]] = line[2]
            for event in [tuple(line)] if line[0] in _CONTACTS else self.others(line):
                self._plan(at_ms, event)

    def repeat_rex(self) -> None:
        """Let a new node see who presses a REX: a contact is a level."""
        for door in self._pressed:
            if self._pressed[door]:
                self._plan(self.clock.now_ms(), ("rex", door, True))

    def _frame(self, at_ms: int, reader: str, bits: str, wait_ms: int, bit_ms: int) -> None:
        """Plan a frame's pulses for the moments at which they would come, however busy this process is then."""
        at_ms = max(at_ms, self._ends_ms.get(reader, 0)) + wait_ms
        for bit in bits:
            self._plan(at_ms, ("bit", reader, int(bit)))
            at_ms += bit_ms
        self._ends_ms[reader] = at_ms + _PAUSE_MS
        self._quiet_ms = max(self._quiet_ms, at_ms - bit_ms + FRAME_GAP_MS)

    def _plan(self, at_ms: int, event: tuple) -> None:
        self._number += 1
        self._due.append((at_ms, self._number, event))
        self._due.sort()
