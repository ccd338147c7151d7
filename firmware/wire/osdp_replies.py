"""What OSDP readers say, as plain values. A reply that is malformed is None, and never an exception.

Layout: ("ack",) | ("nak", reason) | ("id", 12 bytes) | ("capabilities", bytes) | ("local", is tampered, power fails)
    | ("inputs" | "outputs" | "readers", a byte for each) | ("card", bits, head) | ("keys", text, head)
    | ("com", address, baud) | ("mfg", vendor, data)
Limits: cards of 256 bits, 32 keys at once.
Source: SIA OSDP v2.2, annex B, as public implementations show it.
"""

from firmware.const import const

_POLL, _OUT, _COMSET, _MFG, _LSTAT, _RSTAT = const(0x60), const(0x68), const(0x6E), const(0x80), const(0x64), const(0x67)
_ACK, _NAK, _PDID, _PDCAP, _LSTATR = const(0x40), const(0x41), const(0x45), const(0x46), const(0x48)
_ISTATR, _OSTATR, _RSTATR = const(0x49), const(0x4A), const(0x4B)
_RAW, _KEYPAD, _COM, _MFGREP = const(0x50), const(0x53), const(0x54), const(0x90)
_NEWS = const(b"\x40\x48\x49\x4a\x4b\x50\x53\x90")
_IDENTITY_BYTES = const(12)
_CARD_BITS_MAX = const(256)
_KEYS_MAX = const(32)


def is_answer(command: int, reply: int) -> bool:
    """Say whether this can be the reply to a command."""
    if command == _POLL:
        return reply in _NEWS
    if _LSTAT <= command <= _RSTAT:
        return reply == command - _LSTAT + _LSTATR
    if command == _COMSET:
        return reply == _COM
    return reply == _ACK or (command == _OUT and reply == _OSTATR) or (command == _MFG and reply == _MFGREP)


def read(code: int, data: bytes) -> tuple | None:
    """Return what a reply says. Those of the handshake are not for here."""
    size = len(data)
    if code == _ACK:
        return None if data else ("ack",)
    if code == _NAK:
        return ("nak", data[0]) if data else None
    if code == _PDID:
        return ("id", data) if size == _IDENTITY_BYTES else None
    if code == _PDCAP:
        return ("capabilities", data) if data and size % 3 == 0 else None
    if code == _LSTATR:
        return ("local", data[0] != 0, data[1] != 0) if size == 2 else None
    if code == _RAW:
        return _card(data)
    if code == _KEYPAD:
        return _keys(data)
    if code == _COM:
        return ("com", data[0], int.from_bytes(data[1:], "little")) if size == 5 else None
    if code == _MFGREP:
        return ("mfg", data[:3], data[3:]) if size >= 3 else None
    if _ISTATR <= code <= _RSTATR and data:
        return ("inputs", "outputs", "readers")[code - _ISTATR], data
    return None


def capability(data: bytes, function: int) -> tuple | None:
    """Return (compliance, number) of one function, from the data of "capabilities"."""
    for at in range(0, len(data), 3):
        if data[at] == function:
            return data[at + 1], data[at + 2]
    return None


def _card(data: bytes) -> tuple | None:
    """Bits come first to last, from the left of the first byte."""
    if len(data) < 5 or data[1] > 1:
        return None
    count = data[2] | data[3] << 8
    if not 0 < count <= _CARD_BITS_MAX or len(data) != 4 + (count + 7 >> 3):
        return None
    bits = ""
    for byte in data[4:]:
        bits += "".join(["1" if byte & 1 << place else "0" for place in range(7, -1, -1)])
    return "card", bits[:count], data[0]


def _keys(data: bytes) -> tuple | None:
    """A key that is neither digit nor `*` nor `#` is `?`: one digit too few would be another PIN."""
    if len(data) < 3 or len(data) != 2 + data[1] or data[1] > _KEYS_MAX:
        return None
    keys = ["#" if key == 0x0D else "*" if key == 0x7F else chr(key) for key in data[2:]]
    return "keys", "".join([key if key in "0123456789*#" else "?" for key in keys]), data[0]
