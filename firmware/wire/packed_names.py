"""The texts and origins that the records of one sector have spelled so far.

Layout: a record spells what it is the first to use:
    number of bytes that follow | number of texts and origins known before | entries
    entry, a text:    2 * n | n bytes of UTF-8
    entry, an origin: 2 * n + 1 | n bytes of the controller's name | inc
All numbers are varints (packed_numbers.py).
"""

from firmware.wire.packed_numbers import number, put_number, spelled


class Names:
    """What one sector has spelled, in order of first use. Texts and origins are counted apart.

    Limits: what a sector can hold.
    """

    def __init__(self):
        self.texts = []
        self.origins = []  # (controller, inc)
        self._entries = []  # texts and origins in order of first use
        self.indices = {}  # of the texts
        self._origin_indices = {}

    def __len__(self):
        return len(self._entries)

    def text(self, index: int) -> str:
        return self.texts[index]

    def find(self, text: str) -> int | None:
        return self.indices.get(text)

    def add(self, text: str) -> int:
        """Return the index of a text, new or not."""
        index = self.indices.get(text)
        if index is None:
            index = self.indices[text] = len(self.texts)
            self.texts.append(text)
            self._entries.append(text)
        return index

    def add_origin(self, controller: str, inc: int) -> int:
        """Return the index of an origin, new or not."""
        origin = (controller, inc)
        index = self._origin_indices.get(origin)
        if index is None:
            index = self._origin_indices[origin] = len(self.origins)
            self.origins.append(origin)
            self._entries.append(origin)
        return index

    def copy(self):
        """Return names that can grow on their own."""
        other = Names()
        other.texts, other.origins, other._entries = list(self.texts), list(self.origins), list(self._entries)
        other.indices, other._origin_indices = dict(self.indices), dict(self._origin_indices)
        return other

    def cut(self, count: int) -> None:
        """Forget all but the first `count`."""
        while len(self._entries) > count:
            if isinstance(self._entries.pop(), str):
                del self.indices[self.texts.pop()]
            else:
                del self._origin_indices[self.origins.pop()]

    def spell(self, count: int, end: int | None = None) -> bytes:
        """Return all but the first `count`, up to `end`, as a record spells them."""
        out = bytearray()
        put_number(out, count)
        for entry in self._entries[count:end]:
            is_origin = not isinstance(entry, str)
            raw = (entry[0] if is_origin else entry).encode()
            put_number(out, 2 * len(raw) + is_origin)
            out += raw
            if is_origin:
                put_number(out, entry[1])
        size = bytearray()
        put_number(size, len(out))
        return bytes(size + out)

    def take(self, data, at: int) -> int:
        """Learn what a record spells, once; return where it ends.

        Raises: ValueError or IndexError where that is no spelling, or names before it are missing.
        """
        size, at = number(data, at)
        end = at + size
        if end > len(data):
            raise ValueError("cut off")
        known, at = number(data, at)
        if known > len(self._entries):
            raise ValueError("names of earlier records are missing")
        if known == len(self._entries):
            self._learn(data, at, end)
        return end

    def _learn(self, data, at: int, end: int) -> None:
        known = len(self._entries)
        try:
            while at < end:
                at = self._learn_one(data, at)
            if at != end:
                raise ValueError("cut off")
        except (ValueError, IndexError):
            self.cut(known)
            raise

    def _learn_one(self, data, at: int) -> int:
        size, at = number(data, at)
        text, at = spelled(data, at, size >> 1)
        count = len(self._entries)
        if size & 1:
            inc, at = number(data, at)
            self.add_origin(text, inc)
        else:
            self.add(text)
        if len(self._entries) == count:
            raise ValueError("spelled twice")
        return at
