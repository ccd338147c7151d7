"""What is to be known of many names, a few bytes each: by a digest of the name, in pages that fit a fragmented heap.

Names that have one digest are one: of a million million pairs about one has.
"""

from hashlib import sha256

from firmware.const import const

_DIGEST_BYTES = const(5)
_PAGE_BYTES = const(224)
_PART_BYTES = const(112)


class Digested:
    """The newest of them, in up to `pages_max` pages. Layout of a record: digest, `width` bytes; all zero where there is none yet.

    How much is remembered must not depend on the heap of one board: what tables show hangs on it.
    """

    def __init__(self, width: int, pages_max: int):
        self._record_bytes = _DIGEST_BYTES + width
        self._page_bytes = _PAGE_BYTES // self._record_bytes * self._record_bytes
        self._pages_max = pages_max
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self._pages = []
        self._next = 0  # where the next goes, in bytes from the beginning of the first page
        self.count = 0

    def get(self, name: str) -> bytes | None:
        """Return what was put for a name."""
        page, at = self._find(_digest(name))
        return None if page is None else bytes(page[at + _DIGEST_BYTES : at + self._record_bytes])

    def put(self, name: str, known: bytes) -> None:
        """Keep what is known of a name, new or not."""
        self._put(_digest(name) + known)

    def keep(self):
        """Yield what `restore` takes, in short parts, the oldest first."""
        size = _PART_BYTES // self._record_bytes * self._record_bytes
        number, at = divmod(self._next, self._page_bytes)
        for place in range(self._pages_max + 1):
            index = (number + place) % self._pages_max
            page = memoryview(self._pages[index] if index < len(self._pages) else b"")
            page = page[:at] if place == self._pages_max else page if place else page[at:]
            for start in range(0, len(page), size):
                if any(page[start : start + size]):
                    yield page[start : start + size]

    def restore(self, parts) -> None:
        """Take up what `keep` gave, as newer than what is here. Of what is none of it, nothing."""
        for part in parts:
            if len(part) % self._record_bytes == 0:
                for at in range(0, len(part), self._record_bytes):
                    self._put(bytes(part[at : at + self._record_bytes]))

    def _put(self, record: bytes) -> None:
        page, at = self._find(record[:_DIGEST_BYTES])
        if page is None:
            page, at = self._free()
        page[at : at + self._record_bytes] = record

    def _free(self) -> tuple:
        """Return (page, offset) for a new record: where there is no room, that of the oldest."""
        number, at = divmod(self._next, self._page_bytes)
        if number == len(self._pages):
            self._pages.append(bytearray(self._page_bytes))
        self._next = (self._next + self._record_bytes) % (self._page_bytes * self._pages_max)
        self.count += not any(self._pages[number][at : at + self._record_bytes])
        return (self._pages[number], at)

    def _find(self, digest: bytes) -> tuple:
        """Return (page, offset) of the record of a digest, None for no page."""
        for page in self._pages:
            at = page.find(digest)
            while at >= 0:
                if at % self._record_bytes == 0:
                    return (page, at)
                at = page.find(digest, at + 1)
        return (None, 0)


def _digest(name: str) -> bytes:
    return sha256(name.encode()).digest()[:_DIGEST_BYTES]
