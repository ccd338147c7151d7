"""What is to be known of many names, a few bytes each: by a digest of the name, in pages that fit a fragmented heap.

Names that have one digest are one: of a million million pairs about one has.
"""

from hashlib import sha256

from firmware.const import const

_DIGEST_BYTES = const(5)
_PAGE_BYTES = const(224)
_PART_BYTES = const(112)
_NONE = bytes(_DIGEST_BYTES)


class Digested:
    """The newest of them, in `pages` pages. Layout of a record: digest, `width` bytes; all zero where there is none yet.

    How much is remembered must not depend on the heap of one board: what tables show hangs on it.
    """

    def __init__(self, width: int, pages: int):
        self._record_bytes = _DIGEST_BYTES + width
        self._page_bytes = _PAGE_BYTES // self._record_bytes * self._record_bytes
        # All at once, while a board's heap is still in large pieces.
        self._pages = [bytearray(self._page_bytes) for _ in range(pages)]
        self._next = 0  # where the next goes, in bytes from the beginning of the first page
        self.count = 0

    def get(self, name: str) -> bytes | None:
        """Return what was put for a name."""
        page, at = self._find(_digest(name))
        return None if page is None else bytes(page[at + _DIGEST_BYTES : at + self._record_bytes])

    def put(self, name: str, known: bytes) -> None:
        """Keep what is known of a name, new or not."""
        self._put(_digest(name) + known)

    def clear(self) -> None:
        """Forget everything."""
        for page in self._pages:
            for at in range(len(page)):
                page[at] = 0
        self._next = self.count = 0

    def parts(self) -> list:
        """Return what `restore` takes, in short parts, the oldest first."""
        number, at = divmod(self._next, self._page_bytes)
        pages = [memoryview(page) for page in self._pages]
        pages = [pages[number][at:]] + pages[number + 1 :] + pages[:number] + [pages[number][:at]]
        size = _PART_BYTES // self._record_bytes * self._record_bytes
        return [page[start : start + size] for page in pages for start in range(0, len(page), size) if any(page[start : start + size])]

    def restore(self, parts) -> None:
        """Take up what `parts` gave, as newer than what is here. Of what is none of it, nothing."""
        for part in parts:
            if len(part) % self._record_bytes == 0:
                for at in range(0, len(part), self._record_bytes):
                    self._put(bytes(part[at : at + self._record_bytes]))

    def _put(self, record: bytes) -> None:
        page, at = self._find(record[:_DIGEST_BYTES])
        if page is None:
            page, at = self._pages[self._next // self._page_bytes], self._next % self._page_bytes
            self._next = (self._next + self._record_bytes) % (self._page_bytes * len(self._pages))
            self.count += page[at : at + _DIGEST_BYTES] == _NONE
        page[at : at + self._record_bytes] = record

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
