"""Values of events as bytes and back.

Layout: a tag, then what it needs; keys of dicts are texts, with the tags of texts
    00-5f  a name of the sector, 0 to 95        e3  number n: name 96 + n
    60-9f  a word, 0 to 63                      e4  number n: word 64 + n
    a0-bf  0 to 31                              e5  number n: 32 + n
    60-df  as a key: a word, 0 to 127           e6  number n: -1 - n
    c0-cf  a list of 0 to 15 values             e7  number n: a list of n values
    d0-df  a dict of 0 to 15 keys and values    e8  number n: a dict of n
    e0     null                                 e9  number n, n bytes of UTF-8: a text
    e1     false                                ea  number n: a time, the stamp's plus n unzigzagged
    e2     true                                 eb  numbers i, s: [controller, inc, s] of origin i
    f0-f7  [direction, mode] of `judge`         ec  number n: the name of event type n
Numbers are varints (packed_names.py). Zigzag: 0, -1, 1, -2, … are 0, 1, 2, 3, …
"""

from firmware.wire.packed_names import number, put_number, spelled
from firmware.wire.packed_words import CODE_OF_TYPE, CODE_OF_WORD, ONCE, TYPES, WORDS

DEPTH_MAX = 16
_INT_BITS = 64
_INDEX_MAX = 0xFFFF
_NAME_CHARS_MAX = 24  # RULES.md, "Names": longer texts are sentences
_FAR_MS = 1 << 34  # about half a year: times this near to the stamp are told as a difference

_WORD, _INT, _LIST, _DICT = 0x60, 0xA0, 0xC0, 0xD0
_NULL, _FALSE, _TRUE, _FAR_NAME, _FAR_WORD, _BIG, _NEGATIVE, _LONG_LIST, _LONG_DICT = range(0xE0, 0xE9)
_TEXT, _TIME, _EVENT, _TYPE = range(0xE9, 0xED)
_PAIR = 0xF0
_MODES = ("off", "soft", "deny", "hard")
_PAIRS = [(direction, mode) for direction in ("in", "out") for mode in _MODES]
_PLAIN = [None] * _WORD + WORDS[: _INT - _WORD] + list(range(_LIST - _INT))


def zigzag(value: int) -> int:
    return 2 * value if value >= 0 else -1 - 2 * value


def unzigzag(value: int) -> int:
    return -1 - (value >> 1) if value & 1 else value >> 1


def is_natural(value) -> bool:
    """Say whether a value is an integer from 0 that a varint and a `Q` can hold."""
    return type(value) is int and 0 <= value >> _INT_BITS == 0


class Writer:
    """Appends values to `out`; what has to be spelled first goes to `names`."""

    def __init__(self, names, at_ms: int):
        self.out = bytearray()
        self._names = names
        self._at_ms = at_ms

    def field(self, key: str, value) -> None:
        """Append the value of a field."""
        if key in ONCE and isinstance(value, str) and value not in CODE_OF_WORD:
            self._once(value)
        else:
            self.value(value)

    def key(self, key) -> None:
        if not isinstance(key, str):
            raise ValueError("a key is a text")
        code = CODE_OF_WORD.get(key)
        if code is not None and code < 128:
            self.out.append(_WORD + code)
        else:
            self._text(key)

    def value(self, value, depth: int = 0) -> None:
        """Append any value.

        Raises: ValueError where it is not of JSON's kinds, too deep or a number too large.
        """
        kind = type(value)
        if kind is str:
            self._text(value)
        elif kind is int:
            self._int(value)
        elif value is None:
            self.out.append(_NULL)
        elif kind is bool:
            self.out.append(_TRUE if value else _FALSE)
        elif depth == DEPTH_MAX:
            raise ValueError("too deep")
        elif kind in (list, tuple):
            self._list(value, depth + 1)
        elif kind is dict:
            self._dict(value, depth + 1)
        else:
            raise ValueError("not a value of an event")

    def _text(self, text: str) -> None:
        code = CODE_OF_WORD.get(text)
        if code is not None:
            self._coded(_WORD, _INT - _WORD, _FAR_WORD, code)
        elif text in CODE_OF_TYPE:
            self.out.append(_TYPE)
            put_number(self.out, CODE_OF_TYPE[text])
        elif len(text) > _NAME_CHARS_MAX:
            self._once(text)
        else:
            self._coded(0, _WORD, _FAR_NAME, self._names.add(text))

    def _once(self, text: str) -> None:
        raw = text.encode()
        self.out.append(_TEXT)
        put_number(self.out, len(raw))
        self.out += raw

    def _int(self, value: int) -> None:
        if (value if value >= 0 else -1 - value) >> _INT_BITS:
            raise ValueError("too large a number")
        apart_ms = value - self._at_ms
        if value < 0:
            self.out.append(_NEGATIVE)
            put_number(self.out, -1 - value)
        elif value > _FAR_MS and -_FAR_MS < apart_ms < _FAR_MS:
            self.out.append(_TIME)
            put_number(self.out, zigzag(apart_ms))
        else:
            self._coded(_INT, _LIST - _INT, _BIG, value)

    def _list(self, values, depth: int) -> None:
        if len(values) == 2 and values[0] in ("in", "out") and values[1] in _MODES:
            self.out.append(_PAIR + _PAIRS.index(tuple(values)))
        elif len(values) == 3 and isinstance(values[0], str) and is_natural(values[1]) and is_natural(values[2]):
            self.out.append(_EVENT)
            put_number(self.out, self._names.add_origin(values[0], values[1]))
            put_number(self.out, values[2])
        else:
            self._count(_LIST, _LONG_LIST, len(values))
            for value in values:
                self.value(value, depth)

    def _dict(self, values: dict, depth: int) -> None:
        self._count(_DICT, _LONG_DICT, len(values))
        for key in sorted(values):
            self.key(key)
            self.value(values[key], depth)

    def _coded(self, first: int, near: int, far: int, code: int) -> None:
        if code < near:
            self.out.append(first + code)
        else:
            self.out.append(far)
            put_number(self.out, code - near)

    def _count(self, first: int, long: int, count: int) -> None:
        if count < 16:
            self.out.append(first + count)
        else:
            self.out.append(long)
            put_number(self.out, count)


class Reader:
    """Reads values of `data` from `at` on.

    Raises: ValueError or IndexError where there are none.
    """

    def __init__(self, data, at: int, names, at_ms: int):
        self.at = at
        self._data = data
        self._names = names
        self._at_ms = at_ms

    def number(self) -> int:
        value, self.at = number(self._data, self.at)
        return value

    def key(self) -> str:
        tag = self._data[self.at]
        if _WORD <= tag < _NULL:
            self.at += 1
            return WORDS[tag - _WORD]
        key = self.value()
        if not isinstance(key, str):
            raise ValueError("a key is a text")
        return key

    def value(self, depth: int = 0):
        tag = self._data[self.at]
        self.at += 1
        if tag < _WORD:
            return self._names.texts[tag]
        if tag < _LIST:
            return _PLAIN[tag]
        if tag >= _PAIR:
            return list(_PAIRS[tag - _PAIR])
        if tag < _NULL or tag in (_LONG_LIST, _LONG_DICT):
            return self._many(tag, depth + 1)
        return self._other(tag)

    def _many(self, tag: int, depth: int):
        if depth > DEPTH_MAX:
            raise ValueError("too deep")
        count = tag & 15 if tag < _NULL else self.number()
        if count > len(self._data):
            raise ValueError("cut off")
        if tag == _LONG_LIST or tag < _DICT:
            return [self.value(depth) for _ in range(count)]
        made = {}
        for _ in range(count):
            key = self.key()
            made[key] = self.value(depth)
        return made

    def _other(self, tag: int):
        if tag <= _TRUE:
            return (None, False, True)[tag - _NULL]
        code = self.number()
        if tag == _BIG:
            return _LIST - _INT + code
        if tag == _NEGATIVE:
            return -1 - code
        if tag == _TIME:
            return self._at_ms + unzigzag(code)
        if tag == _EVENT:
            return list(self._names.origins[_index(code)]) + [self.number()]
        return self._other_text(tag, code)

    def _other_text(self, tag: int, code: int) -> str:
        if tag == _FAR_NAME:
            return self._names.texts[_index(_WORD + code)]
        if tag == _FAR_WORD:
            return WORDS[_index(_INT - _WORD + code)]
        if tag == _TYPE:
            return TYPES[_index(code)]
        if tag == _TEXT:
            text, self.at = spelled(self._data, self.at, code)
            return text
        raise ValueError("unknown tag")


def _index(code: int) -> int:
    """Return what any list may be asked for: a MicroPython raises OverflowError for more."""
    if code > _INDEX_MAX:
        raise ValueError("nothing there")
    return code
