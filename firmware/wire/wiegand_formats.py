"""The card formats: where the numbers stand in a frame, and which bits guard them.

Layout: a frame is a str of "0" and "1", the first on the wire first; positions count from 0.
Source: SIA 26-bit interface; HID Tech Tip 5; field tables of proxmark3, the two Corporate 1000 confirmed by a second table.
"""


def binary(value: int, bits_len: int) -> str:
    """The number as exactly that many bits."""
    return ("0" * bits_len + bin(value)[2:])[-bits_len:]


def covered(first: int, last: int, skip: int = 0) -> list:
    """Positions a parity rule covers. With skip = 3 every third of them is left out."""
    return [p for p in range(first, last + 1) if not skip or (p - first + 1) % skip]


class Format:
    """One card format.

    Layout: fields are (offset, length), in the order of a card's text; parity rules are (parity bit, sense,
    first, last, skip), in the order they are computed, with sense 0 for even and 1 for odd; fixed bits are
    (offset, bits).
    """

    def __init__(self, bits_len: int, fields: tuple, parity: tuple, fixed: tuple, has_xor: bool):
        self.bits_len = bits_len
        self.fields = fields
        self.parity = parity
        self.fixed = fixed
        self.has_xor = has_xor
        self.is_plain = not (fixed or has_xor)

    def decode(self, frame: bytes, parity: bool = True) -> tuple | None:
        """The field values, or None where the frame is not of this format.

        Each bit is one of a field, or one that a rule says; without parity only the parity bits may be any.
        """
        if len(frame) != self.bits_len or (parity and not self._is_even(frame)):
            return None
        if not (self.is_plain or self._is_fixed(frame)):
            return None
        return tuple([int(frame[offset:offset + length], 2) for offset, length in self.fields])

    def _is_even(self, frame: bytes) -> bool:
        """Whether each parity bit is as those that it covers say."""
        for rule in self.parity:
            at, sense, first, last = rule[:4]
            ones = frame.count(b"1", first, last + 1) + sense
            for skip in rule[4:]:
                ones -= sum([frame[p] & 1 for p in range(first + skip - 1, last + 1, skip)])
            if (frame[at] ^ ones) & 1:
                return False
        return True

    def _is_fixed(self, frame: bytes) -> bool:
        """Whether the bits that are the same in each frame are, and the last byte is the exclusive or of those before."""
        for offset, text in self.fixed:
            if frame[offset:offset + len(text)] != text.encode():
                return False
        check = 0
        for offset in range(0, self.bits_len, 8) if self.has_xor else ():
            check ^= int(frame[offset:offset + 8], 2)
        return check == 0


# name | bits | fields: offset,length | parity: bit,sense,first,last,skip with sense 0 even, 1 odd | fixed: offset,bits | X
# As text it stays in the flash of a board, which needs few of them.
_TABLE = (
    # facility 8, number 16: the SIA interface
    "H10301|26|1,8 9,16|0,0,1,12 25,1,13,24||\n"
    # facility 16, number 16: also N10002
    "H10306|34|1,16 17,16|0,0,1,16 33,1,17,32||\n"
    # facility 12, number 20: HID Corporate 1000; the last parity bit covers the first
    "C1000-35|35|2,12 14,20|1,0,2,33,3 34,1,1,32,3 0,1,1,34||\n"
    # OEM 10, facility 8, number 16: KeyScan
    "C15001|36|1,10 11,8 19,16|0,0,1,17 35,1,18,34||\n"
    # facility 16, number 16, odd parity first: ACTProx, ZKTeco "Wiegand36". Its two OEM bits are 00 in every
    # published card. A card's text has no place for others, and two cards must never read as one.
    "ODD36|36|1,16 17,16|0,1,1,17 35,0,18,34|33,00|\n"
    # number 35 alone; bit 18 is in both parities
    "H10302|37|1,35|0,0,1,18 36,1,18,35||\n"
    # facility 16, number 19; parity as H10302
    "H10304|37|1,16 17,19|0,0,1,18 36,1,18,35||\n"
    # facility 12, number 16 after a fixed F: Honeywell
    "P10001|40|4,12 16,16||0,1111|X\n"
    # facility 22, number 23: HID Corporate 1000
    "C1000-48|48|2,22 24,23|1,0,3,46,3 47,1,2,45,3 0,1,1,47||"
)
_read = {}  # name -> format, of those that were asked for


def format_names() -> list:
    """Return the names of all formats."""
    return [row.split("|")[0] for row in _TABLE.split("\n")]


def named(name: str) -> Format:
    """Return the format of that name. Raises: KeyError where there is none."""
    found = _read.get(name)
    if found is None:
        for row in _TABLE.split("\n"):
            if row.split("|")[0] == name:
                _read[name] = _format(*row.split("|"))
        found = _read[name]
    return found


def _format(_: str, bits_len: str, fields: str, parity: str, fixed: str, xor: str) -> Format:
    texts = [row.split(",") for row in fixed.split()]
    return Format(int(bits_len), _rows(fields), _rows(parity), tuple([(int(at), bits) for at, bits in texts]), xor == "X")


def _rows(text: str) -> tuple:
    return tuple([tuple([int(number) for number in row.split(",")]) for row in text.split()])
