"""A whole line that lives a story, and what the search for frames makes of all that came over the wire. On every interpreter."""

from binascii import crc32, hexlify

from firmware.wire.osdp_frame import Frames
from tests.fuzz import story
from tests.fuzz.osdp.frames import check_stream
from tests.fuzz.osdp.line import READERS, Line
from tests.fuzz.osdp.pieces import pieces

_PART_BYTES = (1, 7, 64, 4000)


def live(told: bytes) -> Line:
    """Return the line at the end of a story, before it is calm again."""
    beginning, made = pieces(told)
    line = Line(beginning)
    for kind, payload in made:
        line.live(kind, payload)
    return line


def verdict(told: bytes) -> str:
    """Return one word for what became of a story. What must hold and does not raises, on every interpreter."""
    return ending(live(told), told)


def ending(line: Line, told: bytes) -> str:
    """Return one word for what became of a line, once it is calm again."""
    ends = [_summary(line), _frames_in(bytes(line.wire), len(told))]
    line.calm()
    return story.digest(ends + [line.now_ms])


def _summary(line: Line) -> list:
    said = crc32(b"".join([data for _, who, data in line.line if who is None]))
    events = [[at_ms, name, _plain(event)] for at_ms, name, event in line.events]
    return [line.now_ms, line.bus.frames.faults, line.bus.unasked, said, events, [_state(line.bus.readers[name]) for name in READERS]]


def _state(reader) -> list:
    return [reader.is_online, reader.is_secure, reader.refused, reader.due_ms, reader.faults]


def _frames_in(stream: bytes, number: int) -> list:
    """Look for frames once more, in parts of another size, and with sums taken."""
    found = []
    for takes_sums in (False, True):
        frames = Frames(takes_sums)
        found.append([check_stream(frames, stream, _PART_BYTES[number % 4]), frames.faults])
    return found


def _plain(value):
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return hexlify(value).decode() if isinstance(value, bytes) else value
