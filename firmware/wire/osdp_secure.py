"""OSDP Secure Channel: who both are, a MAC over every frame, and data that only they read.

AES comes from outside: `aes.encrypt(key, iv, data)` and `aes.decrypt(key, iv, data)`, CBC over whole blocks.
Handshake: RND.A goes out; cUID, RND.B and the reader's cryptogram come back; ours goes out; the first R-MAC comes back.
    Each of the three is proof of the key to the other side, and all that came is checked, the R-MAC too.
Chain: the MAC of a command starts from the last reply's MAC, that of a reply from its command's. A frame carries the first
    4 bytes, the chain goes on with all 16. Data is encrypted under the inverse of what the MAC starts from.
The chain moves when a reply has proved right, and then only: a command may be sent again, byte for byte, and a forged reply
moves nothing.
Source: SIA OSDP v2.2, annexes D and E, as public implementations show them.
"""

from firmware.const import const

_BLOCK_BYTES = const(16)
_MAC_BYTES = const(4)
_KEY_BYTES = const(16)
DEFAULT_KEY = b"0123456789:;<=>?"  # SCBK-D, which everybody knows
_ZERO = const(b"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")
_MAC1, _MAC2 = const(16), const(32)  # places in the keys of a session; S-ENC comes first
_SAMPLES = (  # of SP 800-38A, which examples use, and of SIA's conformance tool, whose traces are public
    b"\x2b\x7e\x15\x16\x28\xae\xd2\xa6\xab\xf7\x15\x88\x09\xcf\x4f\x3c",
    b"\xd4\x59\xf0\x2f\x66\x02\xe5\x65\x1f\x3b\x55\x3b\xc2\x83\xd4\x3e",
)


def session_keys(aes, key, nonce) -> bytearray:
    """Return S-ENC, S-MAC1 and S-MAC2 one behind the other. Of RND.A only six bytes go in."""
    made = bytearray()
    for kind in b"\x82\x01\x02":
        made += aes.encrypt(key, _ZERO, b"\x01" + bytes([kind]) + nonce[:6] + _ZERO[:8])
    return made


def mac(aes, keys, start, data) -> bytes:
    """Return the whole MAC of a body, 16 bytes, of which a frame carries four."""
    if len(data) % _BLOCK_BYTES:
        data = padded(data)
    if len(data) > _BLOCK_BYTES:
        start = aes.encrypt(keys[_MAC1:_MAC2], start, data[:-_BLOCK_BYTES])[-_BLOCK_BYTES:]
    return aes.encrypt(keys[_MAC2:], start, data[-_BLOCK_BYTES:])


def encrypt(aes, keys, start, data) -> bytes:
    """Return data as it goes out. start: the MAC that stands before it in the chain."""
    return aes.encrypt(keys[:_MAC1], inverted(start), padded(data))


def decrypt(aes, keys, start, data) -> bytes | None:
    """Return what was encrypted, or None for what was not."""
    if not data or len(data) % _BLOCK_BYTES:
        return None
    plain = aes.decrypt(keys[:_MAC1], inverted(start), data).rstrip(b"\0")
    return plain[:-1] if plain[-1:] == b"\x80" and len(data) - len(plain) < _BLOCK_BYTES else None


def padded(data) -> bytes:
    return bytes(data) + b"\x80" + bytes(-(len(data) + 1) % _BLOCK_BYTES)


def inverted(data) -> bytes:
    return bytes([byte ^ 0xFF for byte in data])


def is_same(one, other) -> bool:
    """Compare, in a time that does not tell where they differ."""
    if len(one) != len(other):
        return False
    differs = 0
    for place in range(len(one)):
        differs |= one[place] ^ other[place]
    return not differs


def is_weak(key) -> bool:
    """Say whether somebody may have thought of this key: all alike, rising, falling, twice the same half, a sample.

    One step from byte to byte that makes up half of the key is enough: nobody draws that in the life of the universe.
    """
    steps = [(key[place + 1] - key[place]) & 0xFF for place in range(_KEY_BYTES - 1)]
    return max([steps.count(step) for step in steps]) >= 8 or key[:8] == key[8:] or bytes(key) in _SAMPLES


def wipe(secret) -> None:
    """Overwrite what can be overwritten."""
    if isinstance(secret, bytearray):
        for place in range(len(secret)):
            secret[place] = 0


class Session:
    """One Secure Channel, seen from the control panel. `frames` counts the replies that proved right."""

    def __init__(self, aes, key, nonce: bytes):
        self.frames = 0
        self._aes = aes
        self._nonce = nonce
        self._keys = session_keys(aes, key, nonce)
        self._reply_mac = self._command_mac = None

    def answer(self, theirs: bytes, cryptogram: bytes) -> bytes | None:
        """Take RND.B and the reader's cryptogram. Returns: ours, or None where it has another key.

        A reader that says our own number back to us can mirror our cryptogram, too: it proves nothing.
        """
        enc = self._keys[:_MAC1]
        right = self._aes.encrypt(enc, _ZERO, self._nonce + theirs)
        if is_same(theirs, self._nonce) or not is_same(right, cryptogram):
            return None
        ours = self._aes.encrypt(enc, _ZERO, theirs + self._nonce)
        first = self._aes.encrypt(self._keys[_MAC1:_MAC2], _ZERO, ours)
        self._reply_mac = self._aes.encrypt(self._keys[_MAC2:], _ZERO, first)
        return ours

    def is_confirmed(self, first: bytes) -> bool:
        """Say whether the reader begins the chain as we do."""
        return is_same(first, self._reply_mac)

    def encrypt(self, data: bytes) -> bytes:
        """Return a command's data as it goes out."""
        return encrypt(self._aes, self._keys, self._reply_mac, data)

    def sign(self, begun: bytes) -> bytes:
        """Return the MAC of a command. Until its reply is right, the next one starts from where this one did."""
        self._command_mac = mac(self._aes, self._keys, self._reply_mac, begun)
        return self._command_mac[:_MAC_BYTES]

    def is_right(self, signed: bytes, theirs: bytes) -> bool:
        """Take a reply and its MAC. If it is right the chain moves on."""
        made = mac(self._aes, self._keys, self._command_mac, signed)
        if not is_same(made[:_MAC_BYTES], theirs):
            return False
        self._reply_mac = made
        self.frames += 1
        return True

    def decrypt(self, data: bytes) -> bytes | None:
        """Return the data of the reply that was right."""
        return decrypt(self._aes, self._keys, self._command_mac, data)

    def forget(self) -> None:
        """Overwrite the keys. AES may have copies of its own, which are gone when the heap is used again."""
        wipe(self._keys)
