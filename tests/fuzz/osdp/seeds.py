"""Stories of a line to begin with."""

from tests.fuzz.osdp.mutator import DATA, REPLIES, WIRE
from tests.fuzz.osdp.pieces import ANSWER, BE, DO, FRAME, INSTEAD, NOISE, ONLINE, SAY, SLOW, WAIT, joined

_A_WHILE = (WAIT, b"\x90\x01")
_BLOCKS, _READERS, _NEWS = 8, 4, 3


def for_line() -> list[bytes]:
    """Return stories in which one thing happens: of each kind, at each reader, before and after it is online."""
    made = [joined(beginning, [_A_WHILE]) for beginning in (0, SLOW)]
    made += [joined(ONLINE, [(NOISE, data), (INSTEAD, b"\0" + data)]) for data in WIRE[::8]]
    made += [joined(0, [(ANSWER, bytes([who, place, 1])), (ANSWER, bytes([who, place, 1]))]) for who in range(_READERS) for place in (1, 4, 5, 7)]
    for who in range(_READERS):
        for what in range(16):
            made += [joined(ONLINE, [(kind, bytes([who, what, 9])), _A_WHILE, _A_WHILE]) for kind in (DO, BE)]
        made += [joined(ONLINE, [(BE, bytes([who, _NEWS, number])), _A_WHILE]) for number in range(10)]
        made += [joined(ONLINE, [(DO, bytes([who, what])), (SAY, bytes([who, 0x41, 9])), _A_WHILE]) for what in (2, 15)]
        for place, code in enumerate(REPLIES):
            data = DATA[(place + 9 * who) % len(DATA)]
            made += [joined(ONLINE, [(SAY, bytes([who, code]) + data), (FRAME, bytes([who, place % _BLOCKS << 3, code, 0]) + data), _A_WHILE])]
    return made
