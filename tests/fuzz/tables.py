"""The pages of a table taken apart into items, and put together again: what firmware/replica/snapshot.py and generation.py frame."""

import struct

from firmware.replica.generation import CHUNK, CHUNK_PEOPLE, PART_BYTES
from firmware.replica.snapshot import PAGE_BYTES

_CUT_BYTES, _ROW_BYTES = 24, 8
_PART = ">BHBB"


def items(page: bytes) -> list:
    """Return [what, index, bytes] of each item. Raises: ValueError where the page is none."""
    found, at = [], 0
    while at < len(page):
        length = int.from_bytes(page[at : at + 2], "big")
        record = page[at + 2 : at + 2 + length]
        if len(record) < 5 or len(record) != length:
            raise ValueError("no page")
        what, index, part, _ = struct.unpack_from(_PART, record)
        if part:
            found[-1][2] += record[5:]
        else:
            found.append([what, index, record[5:]])
        at += 2 + length
    return found


def page(items: list) -> bytes:
    """Return the page that these items make."""
    made = b""
    for what, index, body in items:
        parts = max(-(-len(body) // PART_BYTES), 1)
        for part in range(parts):
            record = struct.pack(_PART, what, index, part & 0xFF, part == parts - 1) + body[part * PART_BYTES :][:PART_BYTES]
            made += struct.pack(">H", len(record)) + record
    return made


def pages(content: bytes) -> list:
    """Return (start, end) of the pages of a table: whole records, as many as fit; what are none go as they are."""
    found, start, at = [], 0, 0
    while at < len(content):
        end = min(at + 2 + int.from_bytes(content[at : at + 2], "big"), len(content), at + PAGE_BYTES)
        if end - start > PAGE_BYTES:
            found, start = found + [(start, at)], at
        at = end
    return found + [(start, at)]


def json_at(what: int, body: bytes, areas: int) -> int:
    """Return where the JSON of an item begins."""
    rows = CHUNK_PEOPLE * _ROW_BYTES * areas
    return (_CUT_BYTES + rows if len(body) > _CUT_BYTES + rows else len(body)) if what == CHUNK else 0
