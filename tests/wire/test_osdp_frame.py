"""Frames of four sources: whole, cut, flipped, doubled, byte by byte, between marks and noise; and bounds that hold."""

from firmware.wire.osdp_crc import crc16
from firmware.wire.osdp_frame import FRAME_BYTES_MAX, Frames, body, closed
from tests.wire.osdp_vectors import BAD_MAC, COMMANDS, FIXTURES, NO_BLOCK, NO_SESSION, PLAIN, all_frames, raw

FAULTS = ("noise", "length", "cut", "crc", "sum", "block", "overflow", "overload")
FAULT_COUNT_MAX = 65535
ONE = raw("53000900046100C066")
NOISES = (b"\x00", b"\xff\x00\xff", b"\x53", b"\x53\x53\x53", b"\x53\x00\x09", b"\x53\x80\x0c\x00\x04", b"S\x00\x07\x00\x00\x00\x00")


def whole(frame):
    """The frame again, without its CRC or sum."""
    return frame.signed + frame.mac


def every(frames, is_over=False):
    found = []
    while True:
        frame = frames.next(is_over)
        if not frame:
            return found
        found.append(frame)


def heard(data, is_over=False, takes_sums=True):
    frames = Frames(takes_sums)
    frames.feed(data)
    return every(frames, is_over), frames.faults


def bare(raw_frame):
    """A frame without CRC or sum."""
    return raw_frame[: -2 if raw_frame[4] & 4 else -1]


def test_every_published_frame_is_read():
    for data, source in all_frames():
        found, faults = heard(data)
        assert [whole(frame) for frame in found] == [bare(data)] and faults == {}, source
        assert found[0].address == data[1] and found[0].control == data[4], source


def test_published_frames_say_what_their_sources_say():
    for code, data, _, plain, summed in COMMANDS:
        for text in (plain, summed):
            frame = heard(raw(text))[0][0]
            assert (frame.code, frame.data, frame.block, frame.mac, frame.control & 3) == (code, raw(data), b"", b"", 2)
    for code, data, text in FIXTURES:
        frame = heard(raw(text))[0][0]
        assert (frame.code, frame.data) == (code, raw(data)), text
    frame = heard(raw(BAD_MAC))[0][0]
    assert (frame.code, frame.data, frame.block, frame.mac) == (0x40, b"", b"\x16", bytes(4))


def test_published_frames_are_made():
    for code, data, _, plain, summed in COMMANDS:
        assert closed(body(0, 6, b"", code, raw(data))) == b"\xff" + raw(plain)
        assert closed(body(0, 2, b"", code, raw(data))) == b"\xff" + raw(summed)
    for text, source in PLAIN:
        data = raw(text)
        end = -2 if data[4] & 4 else -1
        assert closed(body(data[1], data[4], b"", data[5], data[6:end])) == b"\xff" + data, source
    for data, source in all_frames():
        assert closed(bare(data)) == b"\xff" + data, source
        frame = heard(data)[0][0]
        assert body(frame.address, frame.control, frame.block, frame.code, frame.data) == frame.signed, source


def test_a_cut_frame_is_waited_for_and_is_none():
    for data, source in all_frames():
        for end in range(len(data)):
            frames = Frames(True)
            frames.feed(data[:end])
            assert frames.next() is None and frames.is_amid() == (end > 0), source
            assert frames.next(True) is None and not frames.is_amid(), source
            assert end == 0 or frames.faults["cut"] >= 1


def test_each_flipped_bit_is_noticed():
    for data, source in all_frames():
        for place in range(len(data) * 8):
            broken = bytearray(data)
            broken[place // 8] ^= 1 << place % 8
            found, faults = heard(bytes(broken), True, takes_sums=not data[4] & 4)
            assert found == [] and faults, (source, place)


def test_a_sum_is_taken_only_where_it_is_asked_for():
    for data, source in all_frames():
        found, faults = heard(data, True, takes_sums=False)
        assert [frame.code for frame in found] == ([heard(data)[0][0].code] if data[4] & 4 else []), source
        assert data[4] & 4 or faults["sum"] >= 1, source


def test_doubled_frames_are_two():
    for data, source in all_frames():
        found, faults = heard(data + b"\xff" + data)
        assert [whole(frame) for frame in found] == [bare(data)] * 2 and faults == {}, source


def test_frames_come_byte_by_byte():
    frames, found = Frames(True), []
    for data, _ in all_frames():
        for place in range(len(data)):
            assert every(frames) == []
            frames.feed(data[place : place + 1])
        found += every(frames)
    assert [whole(frame) for frame in found] == [bare(data) for data, _ in all_frames()] and frames.faults == {}


def test_marks_before_a_frame_are_no_fault():
    for data, source in all_frames():
        for marks in range(4):
            found, faults = heard(b"\xff" * marks + data)
            assert len(found) == 1 and faults == {}, source


def test_a_frame_after_noise_is_found_when_the_line_is_silent():
    for data, source in all_frames():
        for noise in NOISES:
            found, faults = heard(noise + data, True)
            assert [whole(frame) for frame in found] == [bare(data)] and faults, (source, noise)


def test_a_bad_frame_costs_one_frame():
    for data, source in all_frames():
        broken = data[:-1] + bytes([data[-1] ^ 1])
        found, faults = heard(data + broken + data + data)
        assert [whole(frame) for frame in found] == [bare(data)] * 3, source
        assert faults["crc" if data[4] & 4 else "sum"] == 1, source


def test_a_frame_within_a_frame_is_data():
    outer = closed(body(0x85, 4, b"", 0x90, b"\1\2\3" + ONE))
    assert [frame.code for frame in heard(outer)[0]] == [0x90]
    frames = Frames()
    frames.feed(outer[:-1])
    assert frames.next() is None  # and not the inner one


def test_the_longest_frame_passes_and_a_longer_one_is_none():
    longest = closed(body(0, 4, b"", 0x80, bytes(FRAME_BYTES_MAX - 8)))
    assert len(longest) == FRAME_BYTES_MAX + 1
    assert [len(frame.data) for frame in heard(longest)[0]] == [FRAME_BYTES_MAX - 8]
    for size in (0, 6, FRAME_BYTES_MAX + 1, 0xFFFF):
        found, faults = heard(bytes([0x53, 0, size & 0xFF, size >> 8, 4]) + bytes(20) + ONE)
        assert len(found) == 1 and faults["length"] == 1


def test_a_block_that_is_none_is_refused():
    assert heard(raw(NO_BLOCK)) == ([], {"block": 1, "noise": 1})
    assert heard(raw(NO_SESSION)) == ([], {"block": 1, "noise": 1})
    for block in (b"\x00", b"\x01", b"\x02\x10", b"\x02\x19", b"\x09\x11", b"\xff\x15", b"\x03\x11\x01"):
        found, faults = heard(closed(bytes([0x53, 0, 7 + len(block), 0, 0x0C]) + block))
        assert found == [] and faults["block"] == 1, block


def test_the_buffer_is_bounded():
    frames = Frames()
    for _ in range(10):
        frames.feed(b"\x53\x00\x9f\x05" + bytes(1000))  # a frame of 1439 bytes begins
    assert frames.faults == {"overflow": 8}
    frames.clear()
    frames.feed(ONE)
    assert len(every(frames)) == 1


def test_false_frames_one_in_the_other_are_given_up():
    frames = Frames()
    for _ in range(20):
        frames.feed(b"\x53\x00\x00\x05\x04" * 100)  # 1280 bytes each
        assert every(frames) == []
    assert frames.faults["overload"] > 0
    assert frames.faults["crc"] < 20
    frames.clear()
    frames.feed(ONE)
    assert len(every(frames)) == 1


def test_faults_are_of_known_kinds_and_counted_up_to_a_bound():
    frames = Frames()
    frames.faults["noise"] = FAULT_COUNT_MAX
    frames.feed(b"\0" + ONE)
    assert len(every(frames)) == 1 and frames.faults["noise"] == FAULT_COUNT_MAX
    for data, _ in all_frames():
        for noise in NOISES:
            assert set(heard(noise + data[:-1] + noise, True)[1]) <= set(FAULTS)


def test_the_crc_is_that_of_a_bit_by_bit_division():
    for data in [data for data, _ in all_frames()] + [bytes([byte]) for byte in range(256)]:
        crc = 0x1D0F
        for byte in data:
            for bit in range(7, -1, -1):
                crc = crc << 1 ^ (0x1021 if (crc >> 15) ^ (byte >> bit & 1) else 0)
                crc &= 0xFFFF
        assert crc16(data) == crc
