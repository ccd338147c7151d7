"""What may happen to a line once, at a moment that is chosen: when a card is shown. Pure.

A fault of one reply spoils that which carries the card. A reader that is busy has not heard the question, and keeps the card.
"""

from firmware.wire.osdp_frame import closed

_BUSY, _ACK = 0x79, 0x40
_REPLY, _WITH_CRC, _WITH_BLOCK = 0x80, 0x04, 0x08
_HIDDEN = 0x18  # the block of a reply with data, which a card has and an ACK has not
_SECOND_US = 1_000_000


def _sealed_again(begun: bytes) -> bytes:
    """A reply whose bytes were changed, with the CRC that they need. Readers send no mark."""
    return closed(begun)[1:]


def _frame(address: int, control: int, code: int) -> bytes:
    return _sealed_again(bytes([0x53, address, 8, 0, control | _WITH_CRC, code]))


def _flipped(reply: bytes, place: int, mask: int) -> bytes:
    return reply[:place] + bytes([reply[place] ^ mask]) + reply[place + 1 :]


REPLIES = {
    "dropped reply": lambda reply: b"",
    "corrupted reply": lambda reply: _flipped(reply, len(reply) // 2, 0x10),
    "truncated reply": lambda reply: reply[: len(reply) // 2],
    "reply in plaintext": lambda reply: _frame(reply[1], reply[4] & 3, _ACK),
    "reply with a bad MAC": lambda reply: _sealed_again(_flipped(reply, len(reply) - 3, 1)[:-2]),
    "reply from a wrong address": lambda reply: _sealed_again(_flipped(reply, 1, 1)[:-2]),
}


def carries_card(reply: bytes) -> bool:
    """Say whether a reply in Secure Channel has data: what a poll brings, of readers that have nothing else to say."""
    return len(reply) > 7 and bool(reply[4] & _WITH_BLOCK) and reply[6] == _HIDDEN


class Once:
    """One reply is spoiled. `over_us`: since when the line is good again."""

    def __init__(self, how):
        self.over_us = None
        self._how = how

    def __call__(self, is_reply: bool, data: bytes, now_us: int) -> tuple[bytes, bytes]:
        if self.over_us is not None or not is_reply or not carries_card(data):
            return data, b""
        self.over_us = now_us
        return self._how(data), b""


class Busy:
    """The reader says BUSY to one question, which it does not look at."""

    def __init__(self):
        self.over_us = None

    def __call__(self, is_reply: bool, data: bytes, now_us: int) -> tuple[bytes, bytes]:
        if self.over_us is not None or is_reply:
            return data, b""
        self.over_us = now_us
        return b"", _frame(data[2] | _REPLY, 0, _BUSY)


class Gone:
    """From the reply with the card on nothing is heard for a while: no reply, or with the cable pulled, nothing at all."""

    def __init__(self, span_us: int, is_pulled: bool):
        self.over_us = None
        self._span_us = span_us
        self._is_pulled = is_pulled

    def __call__(self, is_reply: bool, data: bytes, now_us: int) -> tuple[bytes, bytes]:
        if self.over_us is None and is_reply and carries_card(data):
            self.over_us = now_us + self._span_us
        is_gone = self.over_us is not None and now_us < self.over_us
        return (b"" if is_gone and (is_reply or self._is_pulled) else data), b""


def faults() -> dict:
    """Each fault under its name, fresh."""
    made = {name: Once(how) for name, how in REPLIES.items()}
    gone = {"9 s of silence": Gone(9 * _SECOND_US, False), "cable pulled for 20 s": Gone(20 * _SECOND_US, True)}
    return made | {"BUSY": Busy()} | gone
