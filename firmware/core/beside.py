"""What is to be known of few people beside their rows: bytes in slots, where objects would take half a kilobyte of heap each.

The slots are in pages, like the rows, and where these are in a swap, there. In the heap is of each an entry of an index, 8 bytes.
Layout of what lies in somebody's slots, big-endian: lengths of both parts u16, the standing (see saved.py), what was told (see reports.py).
"""

from array import array

from firmware.const import const
from firmware.core.pages import Pages

# Parts.
STANDING = const(0)
TOLD = const(1)
# Marks, which are read without the slots: that there is a standing or something told; that a violation stands, that one was
# reported, that a grant is not used yet.
SPECIAL = const(1)
SPOKEN = const(2)
STANDS = const(4)
REPORTED = const(8)
PENDING = const(16)
_OF_STANDING = const(21)
_OF_TOLD = const(10)
_MARK_BITS = const(5)
_MARKS = const(31)
_NO_BITS = const(24)
_NO = const(0xFFFFFF)
_SLOT_BYTES = const(70)  # a violation that was told takes all of it
_ENTRIES = const(16)  # of a page of the index
_WORDS = const(32)
_PAGE_BYTES = const(128)
_NONE = const(0xFFFFFFFF)
_SPACE = const(0x8000)  # of its pages in a swap


class Beside:
    """`areas`: their names. `count`: how many entries there are, hardly more than people in an area."""

    def __init__(self, areas, swap=None):
        self.count = 0
        self._changes = 0
        self.names = []  # texts that stand as numbers in the parts
        self._areas = sorted(areas)
        self._slots = Pages(_SLOT_BYTES, 0, swap, _SPACE)
        # Pages of area and number, slot and marks, sorted by the first; the slots of one person in an area in their order. The
        # first is made while a board's heap is in large pieces.
        self._index = [array("I", b"\xff" * _PAGE_BYTES)]
        self._end = 0  # slots up to here are or were in use
        self._free = 0  # above the first that is free; in it is the next, likewise

    def marks(self, area: str, no: int) -> int:
        """Return somebody's marks."""
        key = self._areas.index(area) << _NO_BITS | no
        for known, entry in self._since(key) if self.count else ():
            return entry & _MARKS if known == key else 0
        return 0

    def parts(self, area: str, no: int) -> list:
        """Return both parts of what is known of somebody, empty for none."""
        key, body = self._areas.index(area) << _NO_BITS | no, b""
        for known, entry in self._since(key) if self.count else ():
            if known != key:
                break
            page, offset = self._slots.find(entry >> _MARK_BITS)
            body += page[offset : offset + _SLOT_BYTES]
        if not body:
            return [b"", b""]
        middle = 4 + (body[0] << 8 | body[1])
        return [body[4:middle], body[middle : middle + (body[2] << 8 | body[3])]]

    def put(self, area: str, no: int, part: int, body: bytes, marks: int) -> None:
        """Set a part, and which of its marks there are; empty for none."""
        parts, known, own = self.parts(area, no), self.marks(area, no), _OF_TOLD if part else _OF_STANDING
        if parts[part] == body and known & own == marks:
            return
        key, marks = self._areas.index(area) << _NO_BITS | no, marks | known & ~own
        parts[part] = body
        left = b"".join([len(each).to_bytes(2, "big") for each in parts] + parts) if any(parts) else b""
        slots = self._remove(key)
        while left:
            if slots:
                slot = slots.pop()
            elif self._free:
                slot = self._free - 1
                page, offset = self._slots.find(slot)
                self._free = int.from_bytes(page[offset : offset + 4], "big")
            else:
                slot = self._end
                self._end += 1
            page, offset = self._slots.open(slot)
            page[offset : offset + min(len(left), _SLOT_BYTES)] = left[:_SLOT_BYTES]
            self._insert(key, slot << _MARK_BITS | marks)
            left = left[_SLOT_BYTES:]
        for slot in slots:
            page, offset = self._slots.open(slot)
            page[offset : offset + 4] = self._free.to_bytes(4, "big")
            self._free = slot + 1

    def places(self, marks: int):
        """Yield (area, no) where any of some marks is, sorted. What changes meanwhile may be among them or not."""
        done, changes = -1, None
        while changes != self._changes:
            changes = self._changes
            for key, entry in self._since(done + 1):
                if key != done and entry & marks:
                    done = key
                    yield (self._areas[key >> _NO_BITS], key & _NO)
                    if changes != self._changes:
                        break

    def number_of(self, name: str | None) -> int:
        """Return the number that stands for a text."""
        if name not in self.names:
            self.names.append(name)
        return self.names.index(name)

    # -- the index -------------------------------------------------------------------------------

    def _find(self, key: int) -> tuple:
        """Return (number of a page, place in it) of the first entry that is not below a key, or behind all."""
        index = self._index
        low, high = 0, len(index)
        while low < high:
            middle = (low + high) >> 1
            if index[middle][0] < key:
                low = middle + 1
            else:
                high = middle
        number, low, high = max(low - 1, 0), 0, _ENTRIES
        while low < high:
            middle = (low + high) >> 1
            if index[number][middle << 1] < key:
                low = middle + 1
            else:
                high = middle
        return (number, low << 1)

    def _since(self, key: int):
        """Yield (key, slot and marks) of the entries from a key on, while none changes."""
        number, at = self._find(key)
        while number < len(self._index):
            page = self._index[number]
            while at < _WORDS and page[at] != _NONE:
                yield (page[at], page[at + 1])
                at += 2
            number, at = number + 1, 0

    def _remove(self, key: int) -> list:
        """Take out the entries of a key. Returns their slots, the first last."""
        slots = []
        self._changes += 1
        while True:
            number, at = self._find(key)
            page = self._index[number]
            if at == _WORDS or page[at] == _NONE:  # it begins with the next page, if anywhere
                number, at = number + 1, 0
                page = self._index[number] if number < len(self._index) else (_NONE,)
            if page[at] != key:
                break
            slots.insert(0, page[at + 1] >> _MARK_BITS)
            for place in range(at, _WORDS - 2):
                page[place] = page[place + 2]
            page[_WORDS - 2] = _NONE
            if page[0] == _NONE and len(self._index) > 1:
                self._index.pop(number)
        self.count -= len(slots)
        return slots

    def _insert(self, key: int, entry: int) -> None:
        """Put an entry behind those of the same key."""
        number, at = self._find(key + 1)
        page = self._index[number]
        if page[_WORDS - 2] != _NONE:
            # Of a full page half gets a page of its own, or what comes behind all of it.
            new, half = array("I", b"\xff" * _PAGE_BYTES), _WORDS if at == _WORDS else _ENTRIES
            for place in range(half, _WORDS):
                new[place - half], page[place] = page[place], _NONE
            self._index.insert(number + 1, new)
            if at >= half:
                page, at = new, at - half
        for place in range(_WORDS - 1, at + 1, -1):
            page[place] = page[place - 2]
        page[at], page[at + 1] = key, entry
        self.count += 1
