"""What is a frame, once more, from the reference: shares no code with the firmware. Runs on every interpreter."""

try:
    from binascii import crc_hqx as crc
except ImportError:

    def crc(data: bytes, value: int) -> int:
        """Return the CRC, bit by bit."""
        for byte in data:
            value ^= byte << 8
            for _ in range(8):
                value = (value << 1 ^ 0x1021 if value & 0x8000 else value << 1) & 0xFFFF
        return value


FRAME_BYTES_MAX = 1440
_CRC_START = 0x1D0F
_NEED_MAC = range(0x15, 0x19)


def is_frame(data: bytes) -> bool:
    """Say whether these bytes are one frame, and nothing else."""
    size = len(data)
    if size < 7 or size > FRAME_BYTES_MAX or data[0] != 0x53 or data[2] | data[3] << 8 != size:
        return False
    end = size - (2 if data[4] & 4 else 1)
    if data[4] & 4:
        if crc(data[:-2], _CRC_START) != data[-2] | data[-1] << 8:
            return False
    elif sum(data) & 0xFF:
        return False
    if not data[4] & 8:
        return end > 5
    if size < 8 or data[5] < 2 or not 0x11 <= data[6] <= 0x18:
        return False
    return 5 + data[5] < end - (4 if data[6] in _NEED_MAC else 0)


def check_stream(frames, stream: bytes, size: int) -> int:
    """Feed a stream in parts to what looks for frames, until silence. Returns: how many it found, each one that was there."""
    found, place = 0, 0
    for at in range(0, len(stream) + 1, size):
        frames.feed(stream[at : at + size])
        is_over = at + size > len(stream)
        frame = frames.next(is_over)
        while frame:
            found, place = found + 1, _place_of(frame, stream, place)
            frame = frames.next(is_over)
    assert not frames.is_amid(), "silence ends all that began"
    return found


def _place_of(frame, stream: bytes, place: int) -> int:
    """Return the end of a frame in the stream, behind all that was found before."""
    begun = frame.signed + frame.mac
    at = stream.find(begun, place)
    while at >= 0:
        end = at + (begun[2] | begun[3] << 8)
        if is_frame(stream[at:end]):
            return end
        at = stream.find(begun, at + 1)
    raise AssertionError("a frame that was not there")
