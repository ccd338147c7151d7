"""Stories of a line to begin with."""

from tests.fuzz.osdp.mutator import DATA, REPLIES, WIRE
from tests.fuzz.osdp.pieces import ANSWER, BE, DO, FRAME, INSTEAD, NOISE, ONLINE, SAY, SLOW, WAIT, joined

_A_MOMENT, _A_WHILE, _UNTIL_ONLINE, _A_MINUTE = (WAIT, b"\x90\0"), (WAIT, b"\x90\x01"), (WAIT, b"\xc4\x09"), (WAIT, b"\x60\xea")
_BLOCKS, _READERS, _POWER, _NEWS, _REFUSES, _BUZZER, _ROTATE = 8, 4, 1, 3, 8, 2, 15
_NAK, _CCRYPT, _RMAC_I = 0x41, 0x76, 0x78
_MAC_PLACE = 8
_RIGHT_CRC, _NOT_AT_ALL = 8, 0x20
_POLL_NO_SESSION = 84  # see Peer.be: POLL is refused, for reason 5
# Code, block and how many eights of zeros: what may come instead of each answer of a start.
_STARTS = ((0x40, 0, 0), (0x45, 0, 0), (0x46, 0, 0), (_CCRYPT, 1, 4), (_CCRYPT, 2, 4), (_CCRYPT, 0, 4), (_RMAC_I, 3, 2), (_RMAC_I, 4, 2), (_RMAC_I, 3, 1))


def for_line() -> list[bytes]:
    """Return stories in which one thing happens: of each kind, at each reader, before and after it is online."""
    made = [joined(beginning, [_A_WHILE]) for beginning in (0, SLOW)]
    made += [joined(ONLINE, [(NOISE, data), (INSTEAD, b"\0\0" + data), _A_WHILE]) for data in WIRE[::8]]
    made += [joined(ONLINE, [(INSTEAD, b"\1\x0f" + head * 62), _A_WHILE]) for head in (b"\x53\x80\x80\0", b"\x53\x80\xa0\5", b"\xff\xff\xff\xff")]
    for who in range(_READERS):
        made += _of_starts(who) + _of_words(who) + _of_losses(who)
        for what in range(16):
            made += [joined(ONLINE, [(kind, bytes([who, what, 9])), _A_WHILE, _A_WHILE]) for kind in (DO, BE)]
        made += [joined(ONLINE, [(BE, bytes([who, what, 1])), (BE, bytes([who, _POWER, 0])), _A_WHILE, _A_WHILE]) for what in range(4, 16)]
        made += [joined(ONLINE, [(BE, bytes([who, _NEWS, number])), _A_WHILE]) for number in range(10)]
    return made


def _of_starts(who: int) -> list[bytes]:
    """Something else comes instead of each answer of a start."""
    stages = [[(ANSWER, bytes([who]))] * stage for stage in range(6)]
    made = [joined(0, before + [(ANSWER, bytes([who, place, 1]))] * 2) for before in stages[:2] for place in (1, 4, 5, 7)]
    return made + [joined(0, before + [_frame(who, code, block, eights)]) for before in stages for code, block, eights in _STARTS]


def _of_words(who: int) -> list[bytes]:
    """A reader says each thing once, rightly and in plain, and refuses what it is told."""
    made = [joined(ONLINE, [(DO, bytes([who, what])), (SAY, bytes([who, _NAK, 9])), _A_WHILE]) for what in (_BUZZER, _ROTATE)]
    made += [joined(ONLINE, [(FRAME, bytes([who, how, _NAK, 0, why])), _A_WHILE]) for how in (0, 0x80) for why in (1, 3, 4, 5, 6)]
    for place, code in enumerate(REPLIES):
        data = DATA[(place + 9 * who) % len(DATA)]
        made.append(joined(ONLINE, [(SAY, bytes([who, code]) + data), (FRAME, bytes([who, place % _BLOCKS << 3, code, 0]) + data), _A_WHILE]))
        made.append(joined(ONLINE, [(FRAME, bytes([who, 0x80 | (place & 1) << 6 | 6 + (place & 1) << 3, code, 0]) + data), _A_WHILE]))
    return made


def _of_losses(who: int) -> list[bytes]:
    """A command is lost in two sessions, so slowly that each answer is met; MACs are spoiled, or sessions forgotten, until it is too much."""
    lost, start = [(ANSWER, bytes([who | _NOT_AT_ALL]))] * 3, [(ANSWER, bytes([who]))] * 6
    spoiled = [(ANSWER, bytes([who | _RIGHT_CRC, _MAC_PLACE, 1])), _A_MOMENT]
    forgetful = [(BE, bytes([who, _REFUSES, _POLL_NO_SESSION])), _A_MINUTE]
    return [joined(ONLINE, forgetful), joined(SLOW, [_UNTIL_ONLINE, (DO, bytes([who, _BUZZER])), *lost, *start, *lost, _A_WHILE]), joined(ONLINE, spoiled * 9)]


def _frame(who: int, code: int, block: int, eights: int) -> tuple:
    return FRAME, bytes([who, block << 3, code, eights])
