"""The readers of a story: obedient until told to be otherwise. Runs on every interpreter."""

from tests.wire.osdp_pd import CAPS, CAPS_NO_AES, CARD, PDID, Pd, chained, framed, hidden
from tests.wire.osdp_world import KEY, OTHER_KEY

IDENTITY = PDID[:4] + PDID[5:9] + PDID[:8]  # of all of them, as long as they do not become others
OTHER_PDID = PDID[:5] + b"\x99" + PDID[6:]
BLOCKS = (b"", b"\x12\x01", b"\x12\x00", b"\x14\x01", b"\x14\xff", b"\x15", b"\x16", b"\x18")
REFUSED = (0x60, 0x61, 0x62, 0x69, 0x75, 0x76, 0x77)
_MAC_FROM = 5  # of BLOCKS: the first with a MAC
_NEWS = (
    CARD, (0x50, b"\0\0\x08\0\xa5"), (0x53, b"\0\x041234"), (0x48, b"\1\0"), (0x48, b"\0\1"), (0x49, b"\1\0"), (0x4A, b"\1"), (0x4B, b"\0"),
    (0x90, b"\1\2\3\4"), (0x41, b"\3"),
)  # fmt: skip


class Peer(Pd):
    """`words`: what it says instead of what it should. `sealed_news`: (code, data) that it has said in a session."""

    def __init__(self, address, *args, **more):
        super().__init__(address, *args, **more)
        self.words, self.sealed_news = [], []
        self.mirrors, self.cmac = False, None  # cmac: of the question it answered last

    def nonce(self, theirs):
        return theirs if self.mirrors else super().nonce(theirs)

    def say(self, code, data):
        right = super().say(code, data)
        return self.words.pop(0) if self.words else right

    def sealed(self, frame, code, told, cmac):
        self.sealed_news.append((code, told))
        self.cmac = cmac
        return super().sealed(frame, code, told, cmac)

    def forge(self, question: bytes, who: int, how: int, code: int, data: bytes) -> bytes:
        """Return a frame that nothing is wrong with but what it says. Right MACs it has in a session only."""
        number = question[5] + how & 3 if not how & 4 else 0
        address = (self.address ^ bool(who & 4)) | (0 if who & 8 else 0x80)
        place = how >> 3 & 7
        control = number | (0 if how & 0x40 else 4)
        if how & 0x80 and self.is_secure and self.cmac:
            return self._with_mac(address, number | 4, BLOCKS[place], code, data, bool(how & 0x40))
        return framed(address, control, code, data, BLOCKS[place], _no_mac if place >= _MAC_FROM else None)

    def _with_mac(self, address: int, control: int, block: bytes, code: int, data: bytes, is_open: bool) -> bytes:
        keys, cmac = self.keys, self.cmac
        if block not in BLOCKS[_MAC_FROM:]:
            block = b"\x18" if data else b"\x16"
        if block == b"\x18" and not is_open:
            self.sealed_news.append((code, data))
            data = hidden(keys, cmac, data)

        def mac(begun):
            self.rmac = chained(keys, cmac, begun)
            return self.rmac[:4]

        return framed(address, control, code, data, block, mac)

    def be(self, what: int, number: int) -> None:
        """Change. Number 0 takes most of it back. Reader 0 stays who it is, with the key that it has."""
        is_so = bool(number)
        if what == 0:
            self.mute = is_so
        elif what == 1:
            self.restart()
        elif what == 2:
            self.busy = number
        elif what == 3:
            self.news += [_NEWS[number % len(_NEWS)]]
        elif what == 4:
            self.strict = is_so
        elif what == 5:
            self.resends = is_so
        elif what == 6:
            self.naks_crc = is_so
        elif what == 7:
            self.keyset_ends = is_so
        elif what == 8:
            self.refuses = {REFUSED[number % len(REFUSED)]: number >> 4} if is_so else {}
        elif what == 9:
            self.status = b"\xff" if is_so else b"\x01"
        elif what == 10:
            self.caps = CAPS_NO_AES if is_so else CAPS
        elif self.address:
            self._be_another(what, number)

    def _be_another(self, what: int, number: int) -> None:
        if what == 11:
            self.pdid = OTHER_PDID if number else PDID
        elif what == 12:
            self.cuid = OTHER_PDID[:8] if number else PDID[:8]
        elif what == 13:
            self.key = (None, KEY, OTHER_KEY)[number % 3]
            self.takes_default = self.key is None
        elif what == 14:
            self.mirrors = bool(number)
        elif what == 15:
            self.takes_default = bool(number)

    def calm(self) -> None:
        """Be as one should."""
        for what in (0, 2, 8, 9, 10):
            self.be(what, 0)
        self.words, self.news = [], []
        self.restart()


def _no_mac(begun: bytes) -> bytes:
    return bytes(4)
