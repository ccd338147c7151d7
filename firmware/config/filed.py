"""The pages of a table that stay in their files: for those of thousands of people a heap has no room."""

from firmware.const import const

_WINDOW_BYTES = const(256)  # read at once
_STEP = const(128)


class Filed:
    """A list of pages. `source`: `count`, `page` and `read(table, number, offset, size)`, as a Store and a factory have.

    A piece of a page costs a read of its file, unless it is short and lies in the last one that was short.
    """

    def __init__(self, source, table: str):
        self._source, self._table, self._count = source, table, source.count(table)
        sizes = [len(source.page(table, number)) for number in ((0, self._count - 1) if self._count else ())]
        self._first_bytes, self._last_bytes = sizes or (0, 0)
        self._number = self._at = -1  # of what was read last
        self._window = b""

    def __len__(self) -> int:
        return self._count

    def __iter__(self):
        """Yield each page as a whole: one at a time."""
        for number in range(self._count):
            yield self._source.page(self._table, number)

    def __getitem__(self, number: int) -> "_Page":
        if number >= self._count:
            raise IndexError(number)
        return _Page(self, number % self._count)

    def size(self, number: int) -> int:
        """Return how long a page is: each but the last is full."""
        return self._last_bytes if number == self._count - 1 else self._first_bytes

    def read(self, number: int, start: int, stop: int) -> bytes:
        """Return a piece of a page."""
        if stop - start > _STEP:
            return self._source.read(self._table, number, start, stop - start)
        at = start - start % _STEP
        if (number, at) != (self._number, self._at):
            self._window = self._source.read(self._table, number, at, _WINDOW_BYTES)
            self._number, self._at = number, at
        return self._window[start - at : stop - at]


class _Page:
    """One page, each piece of which is read when it is looked at."""

    def __init__(self, filed: Filed, number: int):
        self._filed, self._number = filed, number

    def __len__(self) -> int:
        return self._filed.size(self._number)

    def __getitem__(self, place):
        if isinstance(place, slice):
            return self._filed.read(self._number, place.start, place.stop)
        return self._filed.read(self._number, place, place + 1)[0]
