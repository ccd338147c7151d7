"""A half-duplex RS-485 line at its pace: what one end sends all others hear, a byte at a time. Pure: time comes in.

A fault may stand in the line: `fault(is_reply, data, now_us)` says what the others hear of a frame, and what the line itself
answers to its sender. Frames are written whole.
"""

from dataclasses import dataclass

_BITS = 10  # of a byte, with start and stop
_SECOND_US = 1_000_000
_TURN_US = 1000  # until the line answers by itself


@dataclass(frozen=True)
class Sent:
    """One frame that was sent. `end_us`: when its last byte had passed. `heard` is b"" where nobody heard it."""

    end_us: int
    is_reply: bool
    data: bytes
    heard: bytes


class Wire:
    """`ends` are made with `end`: one panel, and readers. `sent` keeps all frames, in their order."""

    def __init__(self, baud: int):
        self.baud = baud
        self.fault = None
        self.sent: list[Sent] = []
        self._ends: list[End] = []

    def end(self, is_reader: bool) -> "End":
        """Another place where somebody is connected."""
        self._ends.append(End(self, is_reader))
        return self._ends[-1]

    def pace_us(self, count: int) -> int:
        """How long so many bytes take."""
        return count * _BITS * _SECOND_US // self.baud

    def send(self, sender: "End", data: bytes, now_us: int) -> None:
        heard, answer = self.fault(sender.is_reader, data, now_us) if self.fault else (data, b"")
        start_us = max(now_us, sender.free_us)
        sender.free_us = start_us + self.pace_us(len(data))
        self.sent.append(Sent(sender.free_us, sender.is_reader, data, heard))
        for end in self._ends:
            if end is not sender and heard:
                end.come(heard, start_us)
        if answer:
            self._answer(sender, answer, sender.free_us + _TURN_US)

    def _answer(self, asker: "End", data: bytes, start_us: int) -> None:
        self.sent.append(Sent(start_us + self.pace_us(len(data)), True, data, data))
        asker.come(data, start_us)


class End:
    """Where one is connected. `free_us`: when all that it sent has passed."""

    def __init__(self, wire: Wire, is_reader: bool):
        self.is_reader = is_reader
        self.baud = wire.baud
        self.free_us = 0
        self._wire = wire
        self._coming: list[tuple[int, bytes]] = []

    def come(self, data: bytes, start_us: int) -> None:
        """Have bytes on their way to here from then on."""
        self._coming.append((start_us, data))

    def write(self, data: bytes, now_us: int) -> None:
        self._wire.send(self, bytes(data), now_us)

    def read(self, now_us: int) -> bytes:
        """Take what has arrived by now."""
        came, waiting = b"", []
        for start_us, data in self._coming:
            count = min(max(now_us - start_us, 0) * self.baud // (_BITS * _SECOND_US), len(data))
            came += data[:count]
            if count < len(data):
                waiting.append((start_us + self._wire.pace_us(count), data[count:]))
        self._coming = waiting
        return came

    def read_whole(self, now_us: int) -> bytes:
        """Take the first of what was sent whose last byte has arrived by now, if there is any."""
        if not self._coming or self._coming[0][0] + self._wire.pace_us(len(self._coming[0][1])) > now_us:
            return b""
        return self._coming.pop(0)[1]
