"""The header of one sector of the log: bytes to values and back.

Layout, little-endian:
    0   life u8: 0xFF until the erase is known to be complete, then LIVE, 0 when the sector is dropped
    1   magic, 3 bytes
    4   wear u32: erases so far
    8   high u32: the highest sector number given to any sector when this one was erased
    12  crc32 of bytes 1 to 11
    16  retired, 8 bytes: blank, or RETIRED when the sector has gone bad
    24  kind u8        \\
    25  number u32      > the opening: blank until the first record, and programmed together with it
    29  crc32 of both  /
    33  records: length u16, crc32, body. The crc32 continues that of the opening over length and body, so that a
        record counts in its own sector only. Length 0xFFFF: blank.
Life is the first byte of the clean marker: however an erase is cut, the sector shows either no marker or a dropped one.
"""

import struct
from binascii import crc32

from firmware.const import const

HEADER_BYTES = 33
RETIRED_AT = 16
OPENING_AT = 24
RECORDS_AT = HEADER_BYTES
KIND_MAX = 7
# Small integers of a 32-bit MicroPython. A chip is worn out at a tenth of a thousandth of it.
COUNT_MAX = 0x3FFFFFFF

LIVE = 0x3C
DROPPED = b"\x00"
RETIRED = b"RETIRED!"
_MAGIC = const(b"BL1")
_MARKER = const("<3sII")
_OPENING = const("<BI")
_BLANK_OPENING = b"\xff" * (HEADER_BYTES - OPENING_AT)
_BLANK_RETIRED = b"\xff" * len(RETIRED)
# A bad sector may spoil the mark as well. Of random bytes one in 10^8 is this near.
_WRONG_BITS_MAX = const(10)


def pack_marker(wear: int, high: int) -> bytes:
    """Return bytes 0 to 15 of an erased sector."""
    body = struct.pack(_MARKER, _MAGIC, min(wear, COUNT_MAX), high)
    return bytes([LIVE]) + body + struct.pack("<I", crc32(body))


def marker(header) -> tuple | None:
    """Return (wear, high) of a marker that was written whole, dropped or not."""
    if header[1] != _MAGIC[0] or crc32(header[1:12]) != struct.unpack_from("<I", header, 12)[0]:
        return None
    magic, wear, high = struct.unpack_from(_MARKER, header, 1)
    return (wear, high) if magic == _MAGIC and wear <= COUNT_MAX and high <= COUNT_MAX else None


def pack_opening(kind: int, number: int) -> bytes:
    """Return bytes 24 to 32 of a sector that is opened."""
    return struct.pack(_OPENING + "I", kind, number, opening_crc(kind, number))


def opening_crc(kind: int, number: int) -> int:
    """Return what the crc32 of every record of a sector starts from."""
    return crc32(struct.pack(_OPENING, kind, number))


def opening(header) -> tuple | None:
    """Return (kind, number) of an opening that was written whole."""
    kind, number, crc = struct.unpack_from(_OPENING + "I", header, OPENING_AT)
    is_good = kind <= KIND_MAX and number <= COUNT_MAX and crc == opening_crc(kind, number)
    return (kind, number) if is_good else None


def is_unopened(header) -> bool:
    """Say whether the opening is still blank."""
    return header[OPENING_AT:HEADER_BYTES] == _BLANK_OPENING


def is_retired(header) -> bool:
    """Say whether the sector was marked bad, also if some bits of the mark are wrong."""
    mark = header[RETIRED_AT:OPENING_AT]
    return mark != _BLANK_RETIRED and sum(_ones(a ^ b) for a, b in zip(mark, RETIRED)) <= _WRONG_BITS_MAX


def _ones(byte: int) -> int:
    count = 0
    while byte:
        byte &= byte - 1
        count += 1
    return count
