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
Numbers are varints (packed_numbers.py).
"""

from firmware.const import const
from firmware.wire.packed_numbers import INT_BITS, is_natural, number, put_number, spelled, unzigzag, zigzag
from firmware.wire.packed_words import OFTEN_WORDS, ONCE, code_of_type, code_of_word, kind, word

_DEPTH_MAX = const(16)
_INDEX_MAX = const(0xFFFF)
_NAME_CHARS_MAX = const(24)  # what an id may have; longer texts are sentences
_FAR_MS = const(0x400000000)  # half a year: times this near to the stamp are told as a difference

_WORD = const(0x60)
_WORDS = const(64)
_INT = const(0xA0)
_INTS = const(32)
_LIST = const(0xC0)
_DICT = const(0xD0)
_NULL = const(0xE0)
_FALSE = const(0xE1)
_TRUE = const(0xE2)
_FAR_NAME = const(0xE3)
_FAR_WORD = const(0xE4)
_BIG = const(0xE5)
_NEGATIVE = const(0xE6)
_LONG_LIST = const(0xE7)
_LONG_DICT = const(0xE8)
_TEXT = const(0xE9)
_TIME = const(0xEA)
_EVENT = const(0xEB)
_TYPE = const(0xEC)
_PAIR = const(0xF0)

_MODES = const(("off", "soft", "deny", "hard"))


class Writer:
    """Appends values to `out`; what has to be spelled first goes to `names`."""

    def __init__(self, names, at_ms: int):
        self.out = bytearray()
        self._names = names
        self._at_ms = at_ms

    def fields(self, event: dict, keys, depth: int = 0) -> None:
        """Append the values of these fields. Most are names: this is where writing has to be quick."""
        out, indices = self.out, self._names.indices()
        for key in keys:
            value = event[key]
            index = indices.get(value, _WORD) if type(value) is str else _WORD
            if index < _WORD:
                out.append(index)
            elif key in ONCE and type(value) is str:
                if key not in OFTEN_WORDS or not self._coded_word(value):
                    self._once(value)
            else:
                self.value(value, depth)

    def more(self, event: dict, keys: list) -> None:
        """Append a dict of these fields."""
        self._count(_DICT, _LONG_DICT, len(keys))
        for key in sorted(keys):
            self._key(key)
            self.fields(event, (key,), 1)

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
        else:
            self._many(value, kind, depth + 1)

    def _text(self, text: str) -> None:
        index = self._names.find(text)
        if index is not None:
            self._coded(0, _WORD, _FAR_NAME, index)
        elif not self._coded_word(text):
            code = code_of_type(text)
            if code:
                self.out.append(_TYPE)
                put_number(self.out, code)
            elif len(text) > _NAME_CHARS_MAX or self._names.is_full():
                self._once(text)
            else:
                self._coded(0, _WORD, _FAR_NAME, self._names.add(text))

    def _coded_word(self, text: str) -> bool:
        """Append a word; False where it is none."""
        code = code_of_word(text)
        if code is None:
            return False
        self._coded(_WORD, _WORDS, _FAR_WORD, code)
        return True

    def _once(self, text: str) -> None:
        index = self._names.find(text)
        if index is not None:
            self._coded(0, _WORD, _FAR_NAME, index)
            return
        raw = text.encode()
        self.out.append(_TEXT)
        put_number(self.out, len(raw))
        self.out += raw

    def _int(self, value: int) -> None:
        if value >= 0:
            if value > _FAR_MS and -_FAR_MS < value - self._at_ms < _FAR_MS:
                self.out.append(_TIME)
                put_number(self.out, zigzag(value - self._at_ms))
            else:
                _need(value >> INT_BITS == 0)
                self._coded(_INT, _INTS, _BIG, value)
        else:
            _need(-1 - value >> INT_BITS == 0)
            self.out.append(_NEGATIVE)
            put_number(self.out, -1 - value)

    def _many(self, values, kind, depth: int) -> None:
        _need(depth <= _DEPTH_MAX)
        if kind is dict:
            self._dict(values, depth)
            return
        _need(kind is list or kind is tuple)
        if len(values) == 2 and values[0] in ("in", "out") and values[1] in _MODES:
            self.out.append(_PAIR + (values[0] == "out") * 4 + _MODES.index(values[1]))
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
            self._key(key)
            self.value(values[key], depth)

    def _key(self, key) -> None:
        _need(isinstance(key, str))
        code = code_of_word(key) if self._names.find(key) is None else None
        if code is not None and code < 128:
            self.out.append(_WORD + code)
        else:
            self._text(key)

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
        value = self._data[self.at]
        if value < 128:
            self.at += 1
        else:
            value, self.at = number(self._data, self.at)
        return value

    def fields(self, event: dict, keys) -> None:
        """Read the values of these fields. Most are a byte each: this is where reading has to be quick."""
        data, texts, at = self._data, self._names.texts, self.at
        for key in keys:
            tag = data[at]
            at += 1
            if tag < _WORD:
                event[key] = texts[tag]
            elif tag < _INT:
                event[key] = word(tag - _WORD)
            elif tag < _LIST:
                event[key] = tag - _INT
            else:
                self.at = at
                event[key] = self._rest(tag, 0)
                at = self.at
        self.at = at

    def value(self, depth: int = 0):
        tag = self._data[self.at]
        self.at += 1
        if tag < _WORD:
            return self._names.texts[tag]
        if tag < _INT:
            return word(tag - _WORD)
        if tag < _LIST:
            return tag - _INT
        return self._rest(tag, depth)

    def _rest(self, tag: int, depth: int):
        if tag >= _PAIR:
            _need(tag < _PAIR + 8)
            return ["out" if tag & 4 else "in", _MODES[tag & 3]]
        if tag < _DICT:
            return self._list(tag & 15, depth + 1)
        if tag < _NULL:
            return self._dict(tag & 15, depth + 1)
        if tag <= _TRUE:
            return None if tag == _NULL else tag == _TRUE
        return self._numbered(tag, self.number(), depth)

    def _list(self, count: int, depth: int) -> list:
        _need(depth <= _DEPTH_MAX and count <= len(self._data))
        return [self.value(depth) for _ in range(count)]

    def _dict(self, count: int, depth: int) -> dict:
        _need(depth <= _DEPTH_MAX and count <= len(self._data))
        made = {}
        for _ in range(count):
            key = self._key()
            made[key] = self.value(depth)
        return made

    def _key(self) -> str:
        tag = self._data[self.at]
        if tag < _WORD or tag >= _NULL:
            key = self.value()
            _need(isinstance(key, str))
            return key
        self.at += 1
        return word(tag - _WORD)

    def _numbered(self, tag: int, code: int, depth: int):
        if tag == _EVENT:
            controller, inc = self._names.origins[_index(code)]
            return [controller, inc, self.number()]
        if tag == _BIG:
            return _INTS + code
        if tag == _NEGATIVE:
            return -1 - code
        if tag == _TIME:
            return self._at_ms + unzigzag(code)
        if tag == _LONG_LIST:
            return self._list(code, depth + 1)
        if tag == _LONG_DICT:
            return self._dict(code, depth + 1)
        return self._far_text(tag, code)

    def _far_text(self, tag: int, code: int) -> str:
        if tag == _FAR_NAME:
            return self._names.texts[_index(_WORD + code)]
        if tag == _FAR_WORD:
            return word(_index(_WORDS + code))
        if tag == _TYPE:
            return kind(_index(code))[1]
        _need(tag == _TEXT)
        text, self.at = spelled(self._data, self.at, code)
        return text


def _need(is_right: bool) -> None:
    if not is_right:
        raise ValueError("not a value of an event")


def _index(code: int) -> int:
    """Return what any list may be asked for: a MicroPython raises OverflowError for more."""
    _need(code <= _INDEX_MAX)
    return code
