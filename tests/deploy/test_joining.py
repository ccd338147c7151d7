"""Joining modules: what they compute stays the same, whatever names they use. Each case runs as modules and joined."""

import importlib
import sys

import pytest

from tools.build import compiling, tree

_CONST = "def const(value):\n    return value\n"
CASES = {
    "a local hides another module's global": {
        "a": "from firmware import b\n\ndef run():\n    order = [3]\n    return b.order(order), [order for order in (1, 2)], order\n",
        "b": "def order(items):\n    return sorted(items) + [order.__class__ is type(order)]\n",
    },
    "two modules have the same names": {
        "a": "from firmware.b import run as other\n\n_SIZE = 3\n\ndef _size():\n    return _SIZE\n\ndef run():\n    return _size(), other()\n",
        "b": "_SIZE = 4\n\ndef _size():\n    return _SIZE * 2\n\ndef run():\n    return _size()\n",
    },
    "arguments in lambdas, defaults, nested functions and comprehensions": {
        "a": "def run(first=1, *rest, last=(lambda x, first: x + first)(2, 3), **more):\n"
        "    def inner(value, first=first):\n        return [value + first for value in (value, last)]\n"
        "    return inner(5), (lambda first: first)(9), {first: rest for first in 'ab'}, sorted(more)\n",
    },
    "arguments that are handed over by name": {
        "a": "from firmware.b import scaled\n\ndef run():\n    return scaled(2, factor=4), scaled(value=3)\n",
        "b": "def scaled(value, factor=1):\n    return value * factor\n",
    },
    "private attributes along a class and its base in another module": {
        "a": "from firmware.b import Base\n\nclass Own(Base):\n    def __init__(self):\n        Base.__init__(self)\n        self._own = 1\n\n"
        "    def _told(self):\n        return self._own, self._base, self._also\n\ndef run():\n    return Own().tell()\n",
        "b": "class Base:\n    _also = 7\n\n    def __init__(self):\n        self._base = 2\n\n    def tell(self):\n        return self._told()\n",
    },
    "private attributes along a class and the base of its base": {
        "a": "from firmware.b import Middle\n\nclass Own(Middle):\n    def _zlast(self):\n        return 5\n\n"
        "    def told(self):\n        return self._zlast(), self.tell()\n\ndef run():\n    return Own().told()\n",
        "b": "from firmware.c import Base\n\nclass Middle(Base):\n    pass\n",
        "c": "class Base:\n    def __init__(self):\n        self._first = 2\n\n    def tell(self):\n        return self._first\n",
    },
    "a class's own names, and the same outside": {
        "a": "from firmware.b import limit\n\nclass Box:\n    limit = limit\n    size = 2\n\n    def told(self):\n        return limit, self.limit, size()\n\n"
        "def size():\n    return 5\n\ndef run():\n    return Box().told(), Box.size\n",
        "b": "limit = 3\n",
    },
    "several names at once, and a class's name as a default": {
        "a": "class Box:\n    _low, high = 1, 2\n\n    def told(self, value=high, *, other=_low):\n        return value, other, self._low, self.high\n\n"
        "def run():\n    return Box().told(), Box().told(5)\n",
    },
    "a default that is called like a method": {
        "a": "from firmware.b import limit\n\nclass Box:\n    def resume(self):\n        return 1\n\n    def told(self, value=limit):\n        return value\n\n"
        "def run():\n    box = Box()\n    return box.told(), box.resume(), [box.send()] if hasattr(box, 'send') else 0\n",
        "b": "limit = 3\n",
    },
    "methods that Python asks for": {
        "a": "class Box:\n    def __contains__(self, item):\n        return item == 3\n\n    def __setitem__(self, key, value):\n        self.set = key\n\n"
        "def run():\n    box = Box()\n    box[7] = 1\n    return 3 in box, 4 in box, box.set\n",
    },
    "constants, also those that others use": {
        "a": "from firmware.const import const\nfrom firmware import b\nfrom firmware.b import WORDS\n\n_OWN = const(5)\n\n"
        "def run():\n    return _OWN, b.WIDTH * 2, WORDS, const(3)\n",
        "b": "from firmware.const import const\n\nWIDTH = const(8)\nWORDS = const((1, 'two'))\n",
    },
    "what is loaded only when it is needed": {
        "a": "from firmware import b\n\ndef run():\n    from firmware.seldom import answer\n    from firmware.b import twice\n\n    return answer(3), twice(4), b.twice(5)\n",
        "b": "def twice(value):\n    return value * 2\n",
        "seldom": "from firmware import b\nfrom firmware.b import twice\n\ndef answer(value):\n    twice_it = b.twice\n    return twice_it(value) + twice(1)\n",
    },
    "names that come from elsewhere": {
        "a": "import json\nfrom binascii import crc32 as checked\ntry:\n    from nowhere import missing\nexcept ImportError:\n"
        "    def missing():\n        return 'own'\n\ndef run():\n    try:\n        json.loads('{')\n    except ValueError as error:\n"
        "        return missing(), checked(b'1'), isinstance(error, ValueError)\n",
    },
}


def _run(root, monkeypatch):
    """Call `run` of firmware.a below a folder."""
    for name in [name for name in sys.modules if name.split(".")[0] == "firmware"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(str(root))
    importlib.invalidate_caches()
    return importlib.import_module("firmware.a").run()


def _write(root, modules: dict):
    for name, text in ({"__init__": "", "const": _CONST} | modules).items():
        (root / "firmware").mkdir(parents=True, exist_ok=True)
        (root / f"firmware/{name}.py").write_text(text)


def _joined(root, out):
    made = tree.tree(root, compiling.sources(root), ["firmware.a"], ["firmware.a"])
    _write(out, {})
    for path, text in made.texts.items():
        (out / path).write_text(text)
    (out / "micropython.py").write_text(_CONST)
    return made


@pytest.mark.parametrize("modules", CASES.values(), ids=CASES)
def test_joined_modules_compute_the_same(modules, tmp_path, monkeypatch):
    _write(tmp_path / "one", modules)
    made = _joined(tmp_path / "one", tmp_path / "two")
    assert {path for _, path in made.lines} == {f"firmware/{name}.py" for name in modules if name != "seldom"}
    with monkeypatch.context() as once:
        wanted = _run(tmp_path / "one", once)
    monkeypatch.delitem(sys.modules, "micropython", raising=False)
    assert _run(tmp_path / "two", monkeypatch) == wanted
    assert "from firmware." not in (tmp_path / "two/firmware/joined.py").read_text().replace("from firmware.seldom", "")


def test_a_line_of_the_joined_module_is_found_again(tmp_path):
    _write(tmp_path / "one", CASES["two modules have the same names"])
    made = _joined(tmp_path / "one", tmp_path / "two")
    text = (tmp_path / "two/firmware/joined.py").read_text().splitlines()
    number = next(number for number, line in enumerate(text, 1) if "* 2" in line)
    told = f'  File "firmware.joined", line {number}, in x\n'
    tree.write_lines(made.lines, tmp_path)
    assert tree.located(told, tree.read_lines(tmp_path)) == '  File "firmware/b.py", line 4, in x\n'
    assert tree.located("other lines", made.lines) == "other lines"


def test_what_cannot_be_joined_is_refused(tmp_path):
    refused = {
        "def run(self, word):\n    return getattr(self, '_' + word)\n": "looked up by a name that is put together",
        "from firmware import b\n\ndef run():\n    return b\n": "handed on as a value",
        "def run():\n    global x\n    x = 1\n": "firmware.a",
    }
    for text, why in refused.items():
        _write(tmp_path, {"a": text, "b": ""})
        with pytest.raises(AssertionError, match=why):
            tree.tree(tmp_path, compiling.sources(tmp_path), ["firmware.a"])
