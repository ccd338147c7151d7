"""Addresses of records in the flash by number: 4 bytes of RAM each."""

from array import array

from firmware.const import const

_PER_PAGE = const(128)
_MASK = const(0xFFFFFFFF)


class Links:
    """Lower 32 bits of an address by number, in pages that fit a fragmented heap; 0 for none.

    `count`: how many are expected. Their pages are made at once, while a board's heap is in large pieces.
    """

    def __init__(self, count: int = 0):
        self._pages = [_page() for _ in range(-(-count // _PER_PAGE))]

    def clear(self) -> None:
        """Forget all addresses."""
        for page in self._pages:
            for place in range(_PER_PAGE if page else 0):
                page[place] = 0

    def get(self, no: int) -> int:
        """Return what was put for a number, 0 for nothing."""
        index = no // _PER_PAGE
        page = self._pages[index] if index < len(self._pages) else None
        return page[no % _PER_PAGE] if page else 0

    def put(self, no: int, address: int) -> None:
        """Set the address of a number."""
        index = no // _PER_PAGE
        while len(self._pages) <= index:
            self._pages.append(None)
        if self._pages[index] is None:
            self._pages[index] = _page()
        self._pages[index][no % _PER_PAGE] = address & _MASK


def _page() -> array:
    return array("I", [0] * _PER_PAGE)
