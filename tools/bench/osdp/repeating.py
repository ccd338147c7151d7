"""A reader on a wire that keeps its last answer, and says it again when it is asked the same again, as the standard wants it.

`refresh` does what is due, `show` shows a card: the face of both readers.
"""

from tests.wire.osdp_pd import Pd

_RAW = 0x50


class Repeating:
    """Written for our tests; it takes nothing but Secure Channel."""

    name = "a reader that repeats"

    def __init__(self, address: int, key: bytes, end, clock, is_forgetful: bool = False):
        self._pd = Pd(address, key, strict=True, resends=not is_forgetful)
        self._end = end
        self._clock = clock
        self._heard = b""

    def refresh(self) -> None:
        self._heard += self._end.read(self._clock())
        if len(self._heard) >= _whole(self._heard):
            heard, self._heard = self._heard, b""
            reply = self._pd.hear(heard)
            if reply:
                self._end.write(reply, self._clock())

    def show(self, bits: str) -> None:
        self._pd.news.append((_RAW, b"\x00\x01" + len(bits).to_bytes(2, "little") + left_aligned(bits)))


class Forgetful(Repeating):
    """The same without its memory: what it has said once, it says no more."""

    name = "a reader that forgets"

    def __init__(self, address: int, key: bytes, end, clock):
        super().__init__(address, key, end, clock, is_forgetful=True)


def left_aligned(bits: str) -> bytes:
    """A card's bits as bytes, the first one on top."""
    size = -(-len(bits) // 8)
    return int(bits.ljust(size * 8, "0"), 2).to_bytes(size, "big")


def _whole(heard: bytes) -> int:
    """How long the frame is that begins here, behind its mark, as far as it can be known."""
    return 1 + int.from_bytes(heard[3:5], "little") if len(heard) > 4 else 5
