"""What is to be known of many names, a few bytes each: by a digest of the name, in pages that fit a fragmented heap.

Names that have one digest are one: of a million million pairs about one has.
"""

from hashlib import sha256

from firmware.const import const

DIGEST_BYTES = const(5)
_PAGE_BYTES = const(448)  # fits a record of a checkpoint, and the pieces of a heap that has been in use for long


class Digested:
    """The newest of them. Layout of a record: digest, `width` bytes. The oldest page goes when there are `pages_max` and no room.

    How much is remembered must not depend on the heap of one board: what a table shows may hang on it.
    """

    def __init__(self, width: int, pages_max: int):
        self.pages = []  # the oldest first
        self.record_bytes = DIGEST_BYTES + width
        self._pages_max = pages_max

    def get(self, name: str) -> bytes | None:
        """Return what was put for a name."""
        page, at = self._find(_digest(name))
        return None if page is None else bytes(page[at + DIGEST_BYTES : at + self.record_bytes])

    def put(self, name: str, known: bytes) -> None:
        """Keep what is known of a name, new or not."""
        digest = _digest(name)
        page, at = self._find(digest)
        if page is None:
            self._last().extend(digest + known)
        else:
            page[at + DIGEST_BYTES : at + self.record_bytes] = known

    def clear(self) -> None:
        """Forget everything."""
        self.pages = []

    def restore(self, pages) -> None:
        """Take up pages as they were kept, older than what is here. Of what is no page, nothing."""
        older = []
        for page in pages:
            if len(page) <= _PAGE_BYTES and len(page) % self.record_bytes == 0:
                older.append(bytearray(page))
                del older[: -self._pages_max]
        self.pages = older + self.pages
        del self.pages[: -self._pages_max]

    def __len__(self):
        return sum([len(page) for page in self.pages]) // self.record_bytes

    def _find(self, digest: bytes) -> tuple:
        """Return (page, offset) of the newest record of a digest, None for no page."""
        for place in range(len(self.pages) - 1, -1, -1):
            at = self.pages[place].find(digest)
            while at >= 0:
                if at % self.record_bytes == 0:
                    return (self.pages[place], at)
                at = self.pages[place].find(digest, at + 1)
        return (None, 0)

    def _last(self) -> bytearray:
        """Return a page that has room."""
        if not self.pages or len(self.pages[-1]) + self.record_bytes > _PAGE_BYTES:
            self.pages.append(bytearray())
            del self.pages[: -self._pages_max]
        return self.pages[-1]


def _digest(name: str) -> bytes:
    return sha256(name.encode()).digest()[:DIGEST_BYTES]
