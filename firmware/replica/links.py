"""The newest fact of each person in the flash, by address: the heads of the chains that records form."""

from array import array

_PER_PAGE = 64
_MASK = 0xFFFFFFFF


class Links:
    """Lower 32 bits of an address by person number, in pages that fit a fragmented heap; 0 for none."""

    def __init__(self):
        self._pages = []

    def get(self, no: int) -> int:
        """Return what was put for a person, 0 for nothing."""
        index = no // _PER_PAGE
        page = self._pages[index] if index < len(self._pages) else None
        return page[no % _PER_PAGE] if page else 0

    def put(self, no: int, address: int) -> None:
        """Set the newest fact of a person."""
        index = no // _PER_PAGE
        while len(self._pages) <= index:
            self._pages.append(None)
        if self._pages[index] is None:
            self._pages[index] = array("I", [0] * _PER_PAGE)
        self._pages[index][no % _PER_PAGE] = address & _MASK
