"""The texts and origins that the records of one sector have spelled so far.

Layout: a record spells what it is the first to use:
    number of bytes that follow | number of texts and origins known before | entries
    entry, a text:    2 * n | n bytes of UTF-8
    entry, an origin: 2 * n + 1 | n bytes of the controller's name | inc
All numbers are varints (packed_numbers.py).
"""

from firmware.const import const
from firmware.wire.packed_numbers import number, put_number, spelled


_TEXTS_MAX = const(64)


class Names:
    """What one sector has spelled, in order of first use. Texts and origins are counted apart.

    Limits: what a sector can hold; from 64 texts on, a writer spells others where they stand.
    """

    def __init__(self):
        self.texts = []
        self.origins = []  # (controller, inc)
        self._is_origin = bytearray()  # of texts and origins in order of first use
        self._indices = None  # of the texts, where any was looked for

    def __len__(self):
        return len(self._is_origin)

    def text(self, index: int) -> str:
        return self.texts[index]

    def indices(self) -> dict:
        """Return the index of each text. Who only reads never asks for it: it is the larger part."""
        if self._indices is None:
            self._indices = {self.texts[index]: index for index in range(len(self.texts))}
        return self._indices

    def find(self, text: str) -> int | None:
        return self.indices().get(text)

    def is_full(self) -> bool:
        """Say whether a writer had better learn no more texts."""
        return len(self.texts) >= _TEXTS_MAX

    def add(self, text: str) -> int:
        """Return the index of a text, new or not."""
        index = self.indices().get(text)
        if index is None:
            index = len(self.texts)
            self._add_text(text)
        return index

    def add_origin(self, controller: str, inc: int) -> int:
        """Return the index of an origin, new or not."""
        origin = (controller, inc)
        try:
            return self.origins.index(origin)
        except ValueError:
            self._add_origin(origin)
            return len(self.origins) - 1

    def copy(self):
        """Return names that can grow on their own."""
        other = Names()
        other.texts, other.origins, other._is_origin = list(self.texts), list(self.origins), self._is_origin[:]
        return other

    def cut(self, count: int) -> None:
        """Forget all but the first `count`."""
        for is_origin in reversed(self._is_origin[count:]):
            if is_origin:
                self.origins.pop()
            else:
                text = self.texts.pop()
                if self._indices is not None:
                    del self._indices[text]
        self._is_origin = self._is_origin[:count]

    def spell(self, count: int, end: int | None = None) -> bytes:
        """Return all but the first `count`, up to `end`, as a record spells them."""
        out = bytearray()
        put_number(out, count)
        origin = len(self.origins) - sum(self._is_origin[count:])
        text = count - origin
        for is_origin in self._is_origin[count:end]:
            if is_origin:
                controller, inc = self.origins[origin]
                _put(out, controller, 1)
                put_number(out, inc)
                origin += 1
            else:
                _put(out, self.texts[text], 0)
                text += 1
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
        if known > len(self._is_origin):
            raise ValueError("names of earlier records are missing")
        if known == len(self._is_origin):
            self._learn(data, at, end)
        return end

    def _learn(self, data, at: int, end: int) -> None:
        known = len(self._is_origin)
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
        if size & 1:
            inc, at = number(data, at)
            _need((text, inc) not in self.origins)
            self._add_origin((text, inc))
        else:
            _need(text not in self.texts)
            self._add_text(text)
        return at

    def _add_text(self, text: str) -> None:
        if self._indices is not None:
            self._indices[text] = len(self.texts)
        self.texts.append(text)
        self._is_origin.append(0)

    def _add_origin(self, origin: tuple) -> None:
        self.origins.append(origin)
        self._is_origin.append(1)


def _put(out: bytearray, text: str, is_origin: int) -> None:
    raw = text.encode()
    put_number(out, 2 * len(raw) + is_origin)
    out += raw


def _need(is_new: bool) -> None:
    if not is_new:
        raise ValueError("spelled twice")
