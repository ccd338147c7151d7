"""Who may say what: HMAC-SHA256, and the MAC that every message ends in.

Layout: a message is one JSON object that ends in `,"mac":"<32 hex digits>"}`: the first 16 bytes of the HMAC over all
bytes before `,"mac":"`. It is checked over the bytes as they came, before anybody reads them.
Messages between controllers and consoles are sealed under the site's event key, commands under the key that the
operator has for one controller: a board torn from the wall can forge commands to itself only.
A configuration is sealed under a third kind of key, which whoever compiles the site has for one controller.
Layout of a part's table `keys`: records of a name, 24 bytes padded with zeros, and a key, 32 bytes. The event key has no
name, that of configurations is firmware.config's KEY_NAME, all others are operators' keys for this controller. A board leaves them in
the flash.
Source: RFC 2104, FIPS 180-4.
"""

from binascii import hexlify
from hashlib import sha256

from firmware.const import const

_BLOCK_BYTES = const(64)
_TAIL_BYTES = const(42)
_OPENING = const(b',"mac":"')
_MAC_BYTES = const(16)
_NAME_BYTES = const(24)
KEY_BYTES = 32


def hmac(key, data) -> bytes:
    """Return HMAC-SHA256. No board has a module for it."""
    if len(key) > _BLOCK_BYTES:
        key = sha256(key).digest()
    pad = bytes(key) + bytes(_BLOCK_BYTES - len(key))
    inner = sha256(bytes([byte ^ 0x36 for byte in pad]))
    inner.update(data)
    outer = sha256(bytes([byte ^ 0x5C for byte in pad]))
    outer.update(inner.digest())
    return outer.digest()


def key_for(secret: bytes, controller: str) -> bytes:
    """Return the key of an operator for one controller."""
    return hmac(secret, controller.encode())


def seal(payload: bytes, key: bytes) -> bytes:
    """Return a JSON object, as bytes, with its MAC as the last field."""
    return payload[:-1] + _OPENING + hexlify(hmac(key, memoryview(payload)[:-1])[:_MAC_BYTES]) + b'"}'


def is_sealed(payload: bytes, key: bytes) -> bool:
    """Say whether the bytes end in the MAC that this key makes of them. Takes equally long for every wrong MAC."""
    if len(payload) <= _TAIL_BYTES or payload[-_TAIL_BYTES:-34] != _OPENING or payload[-2:] != b'"}':
        return False
    right, differs = hexlify(hmac(key, memoryview(payload)[:-_TAIL_BYTES])[:_MAC_BYTES]), 0
    for place in range(32):
        differs |= right[place] ^ payload[place - 34]
    return not differs


def content(payload: bytes) -> bytes:
    """Return a sealed message without its MAC: what was signed, and nothing else."""
    return bytes(payload[:-_TAIL_BYTES]) + b"}"


def find_key(pages, name: str) -> bytes | None:
    """Return the key of a name in a part's table, or None."""
    wanted = name.encode()
    for page in pages:
        for at in range(0, len(page), _NAME_BYTES + KEY_BYTES):
            if bytes(page[at : at + _NAME_BYTES]).rstrip(b"\0") == wanted:
                return bytes(page[at + _NAME_BYTES : at + _NAME_BYTES + KEY_BYTES])
    return None
