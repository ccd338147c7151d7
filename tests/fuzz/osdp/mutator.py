"""Changes stories of a line as somebody would who knows what readers say: codes and blocks that exist, at the right moment."""

import random

from tests.fuzz.osdp.pieces import ANSWER, BE, DO, FRAME, INSTEAD, KINDS, NOISE, PIECES_MAX, SAY, WAIT, joined, pieces
from tests.wire.osdp_vectors import all_frames

WAITS_MS = (1, 20, 39, 41, 60, 199, 201, 500, 1000, 3000, 8000, 30_000, 61_000)
COMMANDS = (0x60, 0x61, 0x62, 0x69, 0x75, 0x76, 0x77)
REPLIES = (0x40, 0x41, 0x45, 0x46, 0x48, 0x49, 0x4A, 0x4B, 0x50, 0x51, 0x53, 0x54, 0x76, 0x78, 0x79, 0x7A, 0x90, 0x00, 0xFF)
DATA = (
    b"", b"\0", b"\1", b"\3", b"\4", b"\5", b"\6", b"\x09", b"\xff", b"\0\0", b"\1\1", b"\0\0\x08\0\xa5", b"\0\1\x1a\0\xbb\3\x21\x80", b"\0\2\x08\0\xa5",
    b"\0\0\0\1" + bytes(32), b"\0\0\1\1" + bytes(33), b"\0\x041234", b"\0\x02\x7f\x0d", b"\0\x20" + b"7" * 32, b"\0\x21" + b"7" * 33, b"\x09\0\0",
    b"\x09\1\0\x0a\0\0", b"\x0a\xff\xff\x09\1\1", bytes(12), bytes(32), bytes(16), b"\1\2\3\4", b"\1\2",
)  # fmt: skip
NOISES = (b"\x53", b"\xff", b"\x53\x80\x08\0\4", b"\x53\x80\xa0\x05\4", b"\x53\x53\x53", b"\x53\x00\x07\0\0", b"\0", b"\x53\x80\x07\0" * 20)
WIRE = [data for data, _ in all_frames() if len(data) < 250]


class LineMutator:
    """`draw`: a random.Random. `shake`: bytes -> other bytes, without regard to what they mean."""

    def __init__(self, draw: random.Random, shake):
        self._draw, self._shake = draw, shake

    def story(self, told: bytes) -> bytes:
        """Return a story, changed."""
        (beginning, made), draw = pieces(told), self._draw
        chance, at = draw.random(), draw.randrange(len(made) + 1)
        if chance < 0.03:
            beginning ^= draw.choice((1, 2))
        elif chance < 0.45 or not made:
            made[at:at] = [self._piece() for _ in range(draw.choice((1, 1, 2, 4)))]
        elif chance < 0.55:
            del made[at : at + draw.choice((1, 1, 3))]
        elif chance < 0.65:
            made[at:at] = made[at : at + draw.choice((1, 2, 4))] * draw.choice((1, 1, 3, 9))
        else:
            at = min(at, len(made) - 1)
            made[at] = self._changed(*made[at])
        return joined(beginning, made[:PIECES_MAX])

    def mixed(self, told: bytes, other: bytes) -> bytes:
        """Return the beginning of one story and the end of another."""
        (beginning, first), (_, second) = pieces(told), pieces(other)
        return joined(beginning, first[: self._draw.randint(0, len(first))] + second[self._draw.randint(0, len(second)) :])

    def _changed(self, kind: int, payload: bytes) -> tuple:
        draw = self._draw
        if draw.random() < 0.1:
            return draw.randrange(KINDS), payload
        if not payload or draw.random() < 0.4:
            return kind, self._payload(kind)
        if draw.random() < 0.5:
            at = draw.randrange(len(payload))
            return kind, payload[:at] + bytes([payload[at] ^ 1 << draw.randrange(8)]) + payload[at + 1 :]
        return kind, self._shake(payload)

    def _piece(self) -> tuple:
        kind = self._draw.choice((WAIT, NOISE, INSTEAD, FRAME, FRAME, ANSWER, ANSWER, SAY, SAY, DO, DO, BE))
        return kind, self._payload(kind)

    def _payload(self, kind: int) -> bytes:
        draw = self._draw
        if kind == WAIT:
            return draw.choice(WAITS_MS).to_bytes(2, "little")
        if kind == NOISE:
            return self._noise()
        if kind == INSTEAD:
            return bytes([self._who(), draw.choice((0, 0, 0, 1, 7, 15))]) + self._noise()
        if kind == FRAME:
            return bytes([self._who(), self._how(), self._code(), draw.choice((0, 0, 0, 1, 9, 175))]) + self._data()
        if kind == ANSWER:
            return bytes([self._who() | draw.choice((0, 0, 8, 8, 16, 32))]) + self._changes()
        if kind == SAY:
            return bytes([draw.randrange(4), self._code()]) + self._data()
        return bytes([draw.randrange(4), draw.randrange(16), draw.choice((0, 1, 2, 3, 5, 60, 250, draw.randrange(256)))])

    def _who(self) -> int:
        """A reader, now and then with one or the other of what is said there."""
        draw = self._draw
        return draw.randrange(4) | draw.choice((0, 0, 0, 0x04, 0x08, 0x10, 0x20)) | draw.choice((0, 0, 0, 0x40, 0x80, 0xC0))

    def _how(self) -> int:
        draw = self._draw
        return draw.choice((0, 0, 0, 1, 2, 3, 4)) | draw.randrange(8) << 3 | draw.choice((0, 0, 0, 0x40, 0x80, 0x80))

    def _code(self) -> int:
        return self._draw.choice(REPLIES + COMMANDS if self._draw.random() < 0.2 else REPLIES)

    def _data(self) -> bytes:
        data = self._draw.choice(DATA)
        return self._shake(data) if data and self._draw.random() < 0.3 else data

    def _noise(self) -> bytes:
        draw = self._draw
        noise = draw.choice(NOISES) if draw.random() < 0.5 else draw.choice(WIRE)
        return self._shake(noise) if draw.random() < 0.5 else noise * draw.choice((1, 1, 2, 5))

    def _changes(self) -> bytes:
        draw = self._draw
        return bytes([draw.choice((draw.randrange(12), draw.randrange(64), 1 << draw.randrange(8))) for _ in range(draw.choice((0, 2, 2, 4)))])
