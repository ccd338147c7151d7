"""A small OSDP reader, the other side of firmware/wire/osdp_cp: obedient, or strict, or without memory, or a liar.

Its cryptography is written from the reference block by block, and shares nothing with the firmware's but AES itself.
It knows no time: what stands on the line it answers at once.
"""

from firmware.hal import aes
from firmware.wire.osdp_frame import Frames, closed

ZERO = bytes(16)
DEFAULT_KEY = bytes(range(0x30, 0x40))
PDID = b"\x23\x26\x5c\x02\x01\x78\x56\x34\x12\x01\x02\x03"
CAPS = b"\x04\x04\x02" + b"\x08\x01\x00" + b"\x09\x01\x00" + b"\x0a\x00\x01"
CAPS_NO_AES = b"\x04\x04\x02" + b"\x08\x01\x00" + b"\x09\x00\x00" + b"\x0a\x00\x01"


def ecb(key, block):
    return aes.encrypt(key, ZERO, block)


def xor(one, other):
    return bytes([one[place] ^ other[place] for place in range(16)])


def chained(keys, start, data):
    """The MAC of a body, all 16 bytes."""
    if len(data) % 16:
        data += b"\x80" + bytes(15 - len(data) % 16)
    for at in range(0, len(data), 16):
        key = keys["mac2"] if at + 16 == len(data) else keys["mac1"]
        start = ecb(key, xor(start, data[at : at + 16]))
    return start


def hidden(keys, start, data):
    data += b"\x80" + bytes(15 - len(data) % 16)
    last, made = xor(start, b"\xff" * 16), b""
    for at in range(0, len(data), 16):
        last = ecb(keys["enc"], xor(last, data[at : at + 16]))
        made += last
    return made


def shown(keys, start, data):
    last, made = xor(start, b"\xff" * 16), b""
    for at in range(0, len(data), 16):
        block = data[at : at + 16]
        made += xor(aes.decrypt(keys["enc"], ZERO, block), last)
        last = block
    return made[: made.rindex(b"\x80")]


def framed(address, control, code, data=b"", block=b"", mac=None):
    """A frame as it goes out; mac makes 4 bytes of what stands before them."""
    head = bytes([len(block) + 1]) + block if block else b""
    size = 6 + len(head) + len(data) + (2 if control & 4 else 1) + (4 if mac else 0)
    begun = bytes([0x53, address, size & 0xFF, size >> 8, control | (8 if block else 0)]) + head + bytes([code]) + data
    return closed(begun + mac(begun) if mac else begun)[1:]


class Pd:
    """`said`: what it was told, (code, data). `news`: replies to polls to come. `busy`: so many answers are BUSY."""

    def __init__(self, address, key=None, strict=False, resends=False, takes_default=None, keyset_ends=True, naks_crc=False, clings=False):
        self.address, self.key = address, key
        self.clings = clings  # to its session, when somebody begins anew
        self.strict, self.resends, self.keyset_ends, self.naks_crc = strict, resends, keyset_ends, naks_crc
        self.takes_default = key is None if takes_default is None else takes_default
        self.pdid, self.caps, self.cuid = PDID, CAPS, PDID[:8]
        self.said, self.news, self.busy, self.mute = [], [], 0, False
        self.is_open = False  # its cover
        self.refuses = {}  # code: reason of a NAK
        self.status = b"\x01"  # of RMAC_I
        self.seed = 0
        self.last = self.last_reply = b""
        self.keys = None
        self.is_secure = False

    def restart(self):
        """The power was off."""
        self.drop()
        self.last = self.last_reply = b""

    def drop(self):
        self.keys, self.is_secure = None, False

    def hear(self, data):
        """The reply to what stands on the line, or b""."""
        frames = Frames(True)
        frames.feed(data)
        frame = frames.next(True)
        if self.mute or not data:
            return b""
        if not frame:
            if self.naks_crc and "crc" in frames.faults:
                return framed(self.address | 0x80, data[5] & 3 | 4, 0x41, b"\x01")
            self.drop()
            return b""
        if frame.address != self.address:
            return b""
        if self.busy:
            self.busy -= 1
            return framed(self.address | 0x80, 4, 0x79)
        return self.answer(frame, data)

    def answer(self, frame, data):
        number = frame.control & 3
        if number and data == self.last:
            if self.resends:
                return self.last_reply
            if self.is_secure:
                self.drop()
                return self.plain(frame, 0x41, b"\x06")
        if number == 0 and not (self.clings and self.is_secure):
            self.drop()
        self.last, self.last_reply = data, self.reply(frame)
        return self.last_reply

    def plain(self, frame, code, data=b"", block=b""):
        return framed(self.address | 0x80, frame.control & 7, code, data, block)

    def reply(self, frame):
        kind = frame.block[0] if frame.block else 0
        if kind == 0x11:
            return self.challenge(frame)
        if kind == 0x13:
            return self.proof(frame)
        if self.is_secure and not kind and self.clings:
            reply = self.sealed(frame, 0x41, b"\x06", self.rmac)
            self.drop()
            return reply
        if self.is_secure:
            return self.secure(frame, kind)
        if kind:
            return self.plain(frame, 0x41, b"\x06")
        if self.strict and self.key and frame.code not in (0x61, 0x62, 0x6E):
            return self.plain(frame, 0x41, b"\x06")
        return self.plain(frame, *self.say(frame.code, frame.data))

    def challenge(self, frame):
        self.drop()
        if 0x76 in self.refuses:
            return self.plain(frame, 0x41, bytes([self.refuses[0x76]]))
        is_own = frame.block[1]
        key = self.key or ZERO if is_own else DEFAULT_KEY
        if not is_own and not self.takes_default:
            return self.plain(frame, 0x41, b"\x06")
        self.seed += 1
        theirs, ours = frame.data, self.nonce(frame.data)
        six = theirs[:6] + bytes(8)
        self.keys = {
            "enc": ecb(key, b"\x01\x82" + six),
            "mac1": ecb(key, b"\x01\x01" + six),
            "mac2": ecb(key, b"\x01\x02" + six),
            "theirs": theirs,
            "ours": ours,
        }
        return self.plain(frame, 0x76, self.cuid + ours + ecb(self.keys["enc"], theirs + ours), bytes([0x12, is_own]))

    def nonce(self, theirs):
        return ecb(b"a reader's dice.", bytes([self.seed & 0xFF]) + bytes(15))[:8]

    def proof(self, frame):
        keys = self.keys
        if not keys or frame.data != ecb(keys["enc"], keys["ours"] + keys["theirs"]):
            self.drop()
            return self.plain(frame, 0x78, b"", b"\x14\xff")
        self.rmac = ecb(keys["mac2"], ecb(keys["mac1"], frame.data))
        self.is_secure = True
        return self.plain(frame, 0x78, self.rmac, b"\x14" + self.status)

    def secure(self, frame, kind):
        cmac = chained(self.keys, self.rmac, frame.signed) if kind in (0x15, 0x17) else b""
        if cmac[:4] != frame.mac or not cmac:
            self.drop()
            return self.plain(frame, 0x41, b"\x06")
        data = shown(self.keys, self.rmac, frame.data) if kind == 0x17 else frame.data
        code, told = self.say(frame.code, data)
        reply = self.sealed(frame, code, told, cmac)
        if frame.code == 0x75 and code == 0x40:
            self.key, self.takes_default = data[2:], False
            if self.keyset_ends:
                self.drop()
        return reply

    def sealed(self, frame, code, told, cmac):
        keys = self.keys

        def mac(begun):
            self.rmac = chained(keys, cmac, begun)
            return self.rmac[:4]

        block = b"\x18" if told else b"\x16"
        return framed(self.address | 0x80, frame.control & 7, code, hidden(keys, cmac, told) if told else b"", block, mac)

    def say(self, code, data):
        """(code, data) of the reply to a command."""
        self.said.append((code, data))
        if code in self.refuses:
            return 0x41, bytes([self.refuses[code]])
        if code == 0x61:
            return 0x45, self.pdid
        if code == 0x62:
            return 0x46, self.caps
        if code == 0x60:
            return self.news.pop(0) if self.news else (0x40, b"")
        if code in (0x64, 0x65, 0x66, 0x67):
            return {0x64: self.local_status(), 0x65: (0x49, b"\1\0"), 0x66: (0x4A, b"\0"), 0x67: (0x4B, b"\0")}[code]
        return (0x54, data) if code == 0x6E else (0x40, b"")

    def local_status(self):
        return 0x48, bytes([self.is_open, 0])
