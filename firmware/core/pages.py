"""A small record of everybody, by person number, in pages that fit a fragmented heap.

The pages of everybody whom the configuration names are made at the start, while a board's heap is in large pieces. Where they
are more than it has room for, a swap has those that nobody asked for lately: `has(number)` says whether a page was written,
`read(number, page)` fills one, `write(page)` takes one, or says False where it has no room, `clear(space)` forgets those of one;
`here_max`: pages in RAM. A page that goes makes room for the one that comes: in a heap in use for long no other might be had.
"""

from firmware.const import const

_PAGE_BYTES = const(512)
_SWAP_BYTES = const(141)  # the change of one record writes a page
_FIRST = const(2)


class Pages:
    """`width`: bytes of a record. `people`: how many are expected. `space`: what the numbers of its pages have in the swap beside them.

    Layout of a page: its number u16, big-endian, the records, and whether it changed since the swap has it.
    """

    def __init__(self, width: int, people: int = 0, swap=None, space: int = 0):
        self.changed = 0  # pages that the swap has not as they are
        self.people_max = 0  # above the number of everybody who has a record
        self._width = width
        self._swap, self._space = swap, space
        self._per_page = max((_SWAP_BYTES if swap else _PAGE_BYTES) // width, 1)
        self._here = {}  # number -> page
        self._came = []  # with a swap: numbers in the order they came
        if not swap:
            for number in range(-(-people // self._per_page)):
                self._here[number] = self._blank()
        else:
            swap.owners.append(self)
        self._expected = len(self._here)

    def clear(self) -> None:
        """Forget every record."""
        self.changed = self.people_max = 0
        for number in list(self._here):
            page = self._here.pop(number)
            if number < self._expected:
                self._here[number] = _cleared(page)
        if self._swap:
            self._came.clear()
            self._swap.clear(self._space)

    def find(self, no: int) -> tuple:
        """Return (page, offset of somebody's record in it), only to be read and before the next is asked for; None for no page."""
        number = no // self._per_page
        page = self._here.get(number)
        if page is None and self._swap and no < self.people_max and self._swap.has(self._space | number):
            page = self._take(number)
            self._swap.read(self._space | number, memoryview(page)[:-1])
            page[-1] = 0
        return (page, _FIRST + no % self._per_page * self._width)

    def open(self, no: int) -> tuple:
        """Return the same to be written, a blank page where there was none."""
        page, offset = self.find(no)
        number = no // self._per_page
        if page is None:
            page = _cleared(self._take(number))
            page[0], page[1] = (self._space | number) >> 8 & 0xFF, number & 0xFF
        self.people_max = max(self.people_max, (number + 1) * self._per_page)
        if not page[-1]:
            page[-1] = 1
            self.changed += 1
        return (page, offset)

    def put(self, no: int, records) -> None:
        """Write the records of some people, from one on, as they are kept. One of zeros is none."""
        for start in range(0, len(records), self._width):
            record = records[start : start + self._width]
            if any(record):
                page, offset = self.open(no)
                page[offset : offset + self._width] = record
            no += 1

    # -- the swap --------------------------------------------------------------------------------

    def wants_writing(self) -> bool:
        """Say whether the swap had better have some pages now than when there is need."""
        return self._swap is not None and self.changed > self._swap.here_max >> 1

    def write(self) -> None:
        """Write the changed page that came first."""
        for number in self._came:
            if self._here[number][-1]:
                self._is_written(number)
                return

    def _blank(self) -> bytearray:
        return bytearray(_FIRST + self._per_page * self._width + 1)

    def _take(self, number: int) -> bytearray:
        """Return a page for a number, with anything in it: one whose number goes, or a new one."""
        page = None
        if self._swap:
            self._came.append(number)
            while len(self._came) > self._swap.here_max and self._is_written(self._came[0]):
                page = self._here.pop(self._came.pop(0))
        self._here[number] = page = page or self._blank()
        return page

    def _is_written(self, number: int) -> bool:
        """See to it that the swap has a page as it is. False: it has no room."""
        page = self._here[number]
        if page[-1]:
            if not self._swap.write(memoryview(page)[:-1]):
                return False
            page[-1] = 0
            self.changed -= 1
        return True


def _cleared(page: bytearray) -> bytearray:
    for at in range(len(page)):
        page[at] = 0
    return page
