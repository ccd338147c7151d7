"""The header of a sector: bytes to values and back, and what is none."""

from firmware.hal import sector


def header(marker=b"", retired=b"", opening=b""):
    blank = b"\xff" * sector.HEADER_BYTES
    data = marker + blank[len(marker) : sector.RETIRED_AT]
    data += retired + blank[sector.RETIRED_AT + len(retired) : sector.OPENING_AT]
    return data + opening + blank[sector.OPENING_AT + len(opening) :]


def flipped(data):
    """All that differ in one bit."""
    for place in range(len(data) * 8):
        changed = bytearray(data)
        changed[place >> 3] ^= 1 << (place & 7)
        yield place >> 3, bytes(changed)


def test_a_header_in_bytes():
    # The CRCs are zlib's.
    marker = b"\x3cBL1\x05\x00\x00\x00\x09\x01\x00\x00\xa4\x09\x45\x6c"
    assert sector.pack_marker(5, 265) == marker
    assert sector.pack_opening(2, 266) == b"\x02\x0a\x01\x00\x00\x2e\x2e\x9d\xd2"
    both = header(marker, b"", sector.pack_opening(2, 266))
    assert len(both) == 33 and sector.marker(both) == (5, 265) and sector.opening(both) == (2, 266)


def test_a_blank_or_an_empty_header_says_nothing():
    for data in (header(), bytes(33)):
        assert sector.marker(data) is None and sector.opening(data) is None and not sector.is_retired(data)
    assert sector.is_unopened(header()) and not sector.is_unopened(bytes(33))


def test_a_marker_counts_whether_dropped_or_not_but_only_whole():
    marker = sector.pack_marker(7, 8)
    assert sector.marker(header(sector.DROPPED + marker[1:])) == (7, 8)
    for place, changed in flipped(marker):
        assert sector.marker(header(changed)) == ((7, 8) if place == 0 else None)
    for size in range(16):
        assert sector.marker(header(marker[:size])) is None


def test_an_opening_counts_only_whole():
    opening = sector.pack_opening(3, 70000)
    for _, changed in flipped(opening):
        assert sector.opening(header(opening=changed)) is None
    for size in range(9):
        assert sector.opening(header(opening=opening[:size])) is None
        assert sector.is_unopened(header(opening=opening[:size])) == (size == 0)


def test_counts_beyond_a_chips_life_are_no_headers():
    top = sector.COUNT_MAX
    assert sector.marker(header(sector.pack_marker(top + 5, top))) == (top, top)
    assert sector.marker(header(sector.pack_marker(1, top + 1))) is None
    assert sector.marker(header(b"\x3cBL1\x00\x00\x00\x40\x01\x00\x00\x00" + b"\x51\x1d\x20\xb8")) is None
    assert sector.opening(header(opening=sector.pack_opening(7, top))) == (7, top)
    assert sector.opening(header(opening=sector.pack_opening(7, top + 1))) is None
    assert sector.opening(header(opening=sector.pack_opening(8, 1))) is None


def test_a_retired_sector_is_known_with_some_wrong_bits_but_not_with_a_torn_mark():
    assert sector.is_retired(header(retired=sector.RETIRED))
    for _, changed in flipped(sector.RETIRED):
        assert sector.is_retired(header(retired=changed))
    for size in range(7):
        assert not sector.is_retired(header(retired=sector.RETIRED[:size]))
    assert not sector.is_retired(header(retired=bytes(8)))
