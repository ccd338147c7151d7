"""One reader's line: what was asked last and under which number, and whether a frame is the answer.

Numbers go 0, 1, 2, 3, 1, ..; 0 is a new start, for which both sides forget what was. A question that brought no answer is
sent again byte for byte, under its number and with its MAC: who has heard it already repeats the answer.
Inside Secure Channel the plain word of anybody may end the session, never more. BUSY is always plain, and only asks for patience.
"""

from firmware.const import const
from firmware.wire.osdp_frame import body, closed

_NAK, _BUSY = const(0x41), const(0x79)
_REPLY = const(0x80)
_WITH_CRC = const(0x04)


class Link:
    """`session` is set from the challenge on, `is_secure` once both sides have proved the key. `sent`: the last question."""

    def __init__(self, address: int):
        assert 0 <= address <= 0x7E
        self.address = address
        self.session = None
        self.restart()

    def restart(self) -> None:
        """Begin anew, in plain."""
        if self.session:
            self.session.forget()
        self.session = self.sent = None
        self.is_secure = False
        self._number = 0

    def ask(self, code: int, data: bytes, block: bytes = b"") -> bytes:
        """Return a question as it goes out. block: that of the handshake."""
        control = self._number | _WITH_CRC
        if self.is_secure:
            hidden = self.session.encrypt(data) if data else b""
            begun = body(self.address, control, b"\x17" if data else b"\x15", code, hidden)
            begun += self.session.sign(begun)
        else:
            begun = body(self.address, control, block, code, data)
        self.sent = closed(begun)
        return self.sent

    def judge(self, frame) -> tuple:
        """Say what a frame is to the question that was sent.

        Layout, one of six:
            ("other",)               somebody else's, or to an older question: the answer may still come
            ("busy",)                ask the same again, later
            ("unheard",)             the question came damaged: ask it again
            ("lost", why)            session or numbers are not what they were, or it is not for us to believe
            ("bad_mac",)
            ("reply", code, data, block)  data is None where it could not be decrypted
        """
        if frame.address != self.address | _REPLY:
            return ("other",)
        number, kind = frame.control & 3, frame.block[0] if frame.block else 0
        if frame.code == _BUSY and not kind and number in (0, self._number):
            return ("busy",)
        if number != self._number:
            return ("other",) if number else ("lost", "sequence")
        if frame.code == _NAK and not kind and frame.data == b"\x01":
            return ("unheard",)
        if not self.is_secure:
            return ("lost", "session") if kind > 0x14 else self._reply(frame, frame.data)
        if kind not in (0x16, 0x18):
            return ("lost", "plain")
        if not self.session.is_right(frame.signed, frame.mac):
            return ("bad_mac",)
        return self._reply(frame, self.session.decrypt(frame.data) if kind == 0x18 and frame.data else frame.data)

    def _reply(self, frame, data: bytes | None) -> tuple:
        self._number = self._number % 3 + 1
        return ("reply", frame.code, data, frame.block)
