"""From silence to a reader that has proved who it is, question by question.

Who are you, what can you (in plain, to be believed by nobody); do you have the key; here is the proof that we do; then the
first two again inside Secure Channel, and the answers have to be the same.
Refusals, as `take` returns them:
    "identity"       vendor, model, serial or cUID are not those of the reader that was here
    "no_encryption"  it says that it cannot do Secure Channel
    "challenge"      it does not want to, for another reason
    "default_key"    it wants SCBK-D, and nobody opened a window for that
    "cryptogram"     it has another key, or mirrors our number
    "rmac"           it does not take our proof, or begins the chain elsewhere
    "forged"         what it said in plain is not what it says now
    "malformed"      it says something else than it was asked, which may be an accident
"""

from firmware.const import const
from firmware.wire.osdp_frame import FRAME_BYTES_MAX
from firmware.wire.osdp_replies import capability, read
from firmware.wire.osdp_secure import Session

ON, READY, MALFORMED, RMAC = "", "ready", "malformed", "rmac"
_ID, _CAP, _CHALLENGE, _PROOF, _ID_AGAIN, _CAP_AGAIN = const(0), const(1), const(2), const(3), const(4), const(5)
_IDENTIFY, _CAPABLE, _CHLNG, _SCRYPT = const(0x61), const(0x62), const(0x76), const(0x77)
_NAK, _PDID, _PDCAP = const(0x41), const(0x45), const(0x46)
_WANTED = const(b"\x45\x46\x76\x78\x45\x46")  # PDID, PDCAP, CCRYPT, RMAC_I, and the first two again
_CAP_SECURE, _CAP_RX_BYTES = const(9), const(10)
_OWN = const(1)
_NONCE_BYTES = const(8)
_FRAME_BYTES_SURE = const(128)
_PLAIN_BYTES = const(8)  # of an identity, before the cUID


class Start:
    """One start after the other, on one link. `seen`: the identity of who answered; `id_data`: all that it said of itself."""

    def __init__(self, link, aes, random):
        self.seen = b""
        self.id_data = self.capabilities = b""
        self._link = link
        self._aes = aes
        self._random = random
        self._nonce = None
        self.begin(None, None)

    def begin(self, choice: tuple | None, known: bytes | None) -> None:
        """Forget everything. choice: what to challenge with, as Keys has it; None stays in plain. known: who it must be."""
        self._link.restart()
        self._choice = choice
        self._known = known
        self._phase = _ID

    def is_first(self) -> bool:
        """Say whether nothing has been answered yet."""
        return self._phase == _ID

    def rx_bytes(self) -> int:
        """Return the longest frame that the reader takes. Every one takes 128 bytes."""
        most = capability(self.capabilities, _CAP_RX_BYTES) or (0, 0)
        return min(max(most[0] | most[1] << 8, _FRAME_BYTES_SURE), FRAME_BYTES_MAX)

    def ask(self) -> bool:
        """Put the next question on the link. Returns: False where our own number did not change.

        It alone tells a session that somebody recorded from a new one.
        """
        if self._phase in (_ID, _ID_AGAIN):
            self._link.ask(_IDENTIFY, b"\0")
        elif self._phase in (_CAP, _CAP_AGAIN):
            self._link.ask(_CAPABLE, b"\0")
        elif self._phase == _PROOF:
            self._link.ask(_SCRYPT, self._proof, bytes([0x13, self._choice[0]]))
        else:
            nonce = self._random(_NONCE_BYTES)
            if nonce == self._nonce:
                return False
            self._nonce = nonce
            self._link.session = Session(self._aes, self._choice[1], nonce)
            self._link.ask(_CHLNG, nonce, bytes([0x11, self._choice[0]]))
        return True

    def take(self, code: int, data: bytes | None, block: bytes) -> str:
        """Take a reply. Returns: ON, READY or why the reader is refused."""
        if code != _WANTED[self._phase] or data is None:
            return self._no(code, data)
        if self._phase == _ID:
            return self._id(data)
        if self._phase == _CAP:
            return self._cap(data)
        if self._phase == _CHALLENGE:
            return self._ccrypt(data, block)
        if self._phase == _PROOF:
            return self._rmac(data, block)
        if data != (self.id_data if self._phase == _ID_AGAIN else self.capabilities):
            return "forged"
        return self._on()

    def _on(self) -> str:
        if self._phase == _CAP_AGAIN:
            return READY
        self._phase += 1
        return ON

    def _no(self, code: int, data: bytes | None) -> str:
        if self._phase == _CHALLENGE and code == _NAK:
            return "no_encryption" if data == b"\x05" else "challenge"
        return RMAC if self._phase == _PROOF and code != _NAK else MALFORMED

    def _id(self, data: bytes) -> str:
        if not read(_PDID, data):
            return MALFORMED
        self.id_data = data
        self.seen = data[:4] + data[5:9]
        if self._known and self._known[:_PLAIN_BYTES] != self.seen:
            return "identity"
        return self._on()

    def _cap(self, data: bytes) -> str:
        if not read(_PDCAP, data):
            return MALFORMED
        self.capabilities = data
        if not self._choice:
            return READY
        secure = capability(data, _CAP_SECURE)
        return self._on() if secure and secure[0] & 1 else "no_encryption"

    def _ccrypt(self, data: bytes, block: bytes) -> str:
        if len(data) != 32 or block[:1] != b"\x12":
            return MALFORMED
        if block[1:] != bytes([self._choice[0]]):
            return "default_key" if self._choice[0] == _OWN else "cryptogram"
        self.seen += data[:8]
        if self._known and self._known[_PLAIN_BYTES:] not in (b"", data[:8]):
            return "identity"
        self._proof = self._link.session.answer(data[8:16], data[16:])
        return self._on() if self._proof else "cryptogram"

    def _rmac(self, data: bytes, block: bytes) -> str:
        """The status byte of the block, too: FF with the right MAC is a reader that goes on without us."""
        if block != b"\x14\x01" or not self._link.session.is_confirmed(data):
            return RMAC
        self._link.is_secure = True
        return self._on()
