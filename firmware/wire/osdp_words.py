"""What control panels and readers say in OSDP: commands as bytes, replies as plain values.

Layout of a command: (code, data). Of a reply: a tuple that begins with its kind, as `read` lists them, or None for one that
    is malformed. Numbers are little-endian, times in units of 100 ms.
Source: SIA OSDP v2.2, annexes A and B, as public implementations show them.
"""

from firmware.const import const

# Commands.
POLL, ID, CAP, LSTAT, ISTAT, OSTAT, RSTAT = 0x60, 0x61, 0x62, 0x64, 0x65, 0x66, 0x67
OUT, LED, BUZ, TEXT, COMSET, KEYSET, CHLNG, SCRYPT, MFG = 0x68, 0x69, 0x6A, 0x6B, 0x6E, 0x75, 0x76, 0x77, 0x80
# Replies.
ACK, NAK, PDID, PDCAP, LSTATR, ISTATR, OSTATR, RSTATR = 0x40, 0x41, 0x45, 0x46, 0x48, 0x49, 0x4A, 0x4B
RAW, KEYPAD, COM, CCRYPT, RMAC_I, BUSY, MFGREP = 0x50, 0x53, 0x54, 0x76, 0x78, 0x79, 0x90
# Reasons of a NAK.
NAK_CRC, NAK_LENGTH, NAK_COMMAND, NAK_SEQUENCE, NAK_NO_SECURE, NAK_SECURE, NAK_RECORD = 1, 2, 3, 4, 5, 6, 9
# Capabilities.
CAP_SECURE, CAP_RX_BYTES = 9, 10

CARD_BITS_MAX = 256
KEYS_MAX = 32
_IDENTITY_BYTES = const(12)
_BAUDS = (9600, 19200, 38400, 57600, 115200, 230400)
_STATES = {LSTAT: LSTATR, ISTAT: ISTATR, OSTAT: OSTATR, RSTAT: RSTATR}


def led(permanent, temporary=None, reader: int = 0, number: int = 0) -> tuple:
    """permanent: (on, off, color on, color off), or None to leave it; temporary: the same and for how long, or ()
    to end it. 0 black, 1 red, 2 green, 3 amber, 4 blue, 5 magenta, 6 cyan, 7 white."""
    if temporary:
        on, off, color_on, color_off, timer = temporary
        assert on + off > 0
        short = bytes([2, on, off, color_on, color_off]) + _two(timer)
    else:
        short = bytes([0 if temporary is None else 1, 1, 0, 0, 0, 0, 0])
    assert permanent is None or permanent[0] + permanent[1] > 0
    lasting = b"\0\1\0\0\0" if permanent is None else b"\1" + bytes(permanent)
    return LED, bytes([reader, number]) + short + lasting


def buzzer(on: int, off: int = 0, count: int = 1, reader: int = 0) -> tuple:
    """Sound so often; count 0 is forever, on 0 is off."""
    return BUZ, bytes([reader, 2 if on else 1, on, off, count])


def output(number: int, code: int, timer: int = 0) -> tuple:
    """code: 1 off, 2 on, 3 and 4 the same once a time that runs is over, 5 on and 6 off for a time."""
    assert 0 <= code <= 6
    return OUT, bytes([number, code]) + _two(timer)


def text(words: str, seconds: int = 0, row: int = 1, column: int = 1, reader: int = 0) -> tuple:
    """Show words, without wrapping. seconds: 0 for good."""
    said = words.encode()
    return TEXT, bytes([reader, 3 if seconds else 1, seconds, row, column, len(said)]) + said


def comset(address: int, baud: int) -> tuple:
    """Give a reader another address and speed. The one that everybody hears, 7F, is none."""
    assert 0 <= address <= 0x7E and baud in _BAUDS
    return COMSET, bytes([address]) + _two(baud & 0xFFFF) + _two(baud >> 16)


def keyset(key) -> tuple:
    assert len(key) == 16
    return KEYSET, b"\x01\x10" + bytes(key)


def manufacturer(vendor: bytes, data: bytes) -> tuple:
    assert len(vendor) == 3
    return MFG, vendor + data


def answers(command: int, reply: int) -> bool:
    """Say whether this can be the reply to a command."""
    if command == POLL:
        return reply in (ACK, LSTATR, ISTATR, OSTATR, RSTATR, RAW, KEYPAD, MFGREP)
    if command in _STATES:
        return reply == _STATES[command]
    if command == COMSET:
        return reply == COM
    return reply == ACK or (command == OUT and reply == OSTATR) or (command == MFG and reply == MFGREP)


def read(code: int, data: bytes) -> tuple | None:
    """Return what a reply says.

    Layout: ("ack",) | ("nak", reason) | ("id", 12 bytes) | ("capabilities", bytes) | ("local", is tampered, power fails)
        | ("inputs" | "outputs" | "readers", a byte for each) | ("card", bits, head) | ("keys", text, head)
        | ("com", address, baud) | ("mfg", vendor, data) | None. CCRYPT and RMAC_I are the handshake's.
    """
    if code == ACK:
        return None if data else ("ack",)
    if code == NAK:
        return ("nak", data[0]) if data else None
    if code == PDID:
        return ("id", data) if len(data) == _IDENTITY_BYTES else None
    if code == PDCAP:
        return ("capabilities", data) if data and len(data) % 3 == 0 else None
    if code == LSTATR:
        return ("local", data[0] != 0, data[1] != 0) if len(data) == 2 else None
    if code == RAW:
        return _card(data)
    if code == KEYPAD:
        return _keys(data)
    if code == COM:
        return ("com", data[0], _number(data[1:])) if len(data) == 5 else None
    if code == MFGREP:
        return ("mfg", data[:3], data[3:]) if len(data) >= 3 else None
    kind = {ISTATR: "inputs", OSTATR: "outputs", RSTATR: "readers"}.get(code)
    return (kind, data) if kind and data else None


def identity(data: bytes) -> dict:
    """Return what a reader says of itself, from the data of "id"."""
    return {
        "vendor": data[:3],
        "model": data[3],
        "version": data[4],
        "serial": _number(data[5:9]),
        "firmware": tuple(data[9:12]),
    }


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
    count = _number(data[2:4])
    if not 0 < count <= CARD_BITS_MAX or len(data) != 4 + (count + 7 >> 3):
        return None
    bits = ""
    for byte in data[4:]:
        bits += "".join(["1" if byte & 1 << place else "0" for place in range(7, -1, -1)])
    return "card", bits[:count], data[0]


def _keys(data: bytes) -> tuple | None:
    """A key that is neither digit nor `*` nor `#` is `?`: one digit too few would be another PIN."""
    if len(data) < 3 or len(data) != 2 + data[1] or data[1] > KEYS_MAX:
        return None
    keys = ["#" if key == 0x0D else "*" if key == 0x7F else chr(key) for key in data[2:]]
    return "keys", "".join([key if key in "0123456789*#" else "?" for key in keys]), data[0]


def _two(number: int) -> bytes:
    return bytes([number & 0xFF, number >> 8])


def _number(data: bytes) -> int:
    return int.from_bytes(data, "little")
