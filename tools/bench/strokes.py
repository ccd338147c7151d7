"""What a piece of firmware calls and looks up, counted on CPython, and what that would cost an ESP32: an estimate, no measurement.

Calls are those of functions in Python and in C by the firmware's own code. Look-ups are those in dicts: subscripts, `in` and
methods. What attributes, arithmetic and memory cost is in the figure for a call, or in none. struct.unpack_from is counted as
dear as others found it on a board; a MicroPython on a PC has another one.
"""

import ast
import builtins
import importlib.abc
import importlib.machinery
import sys
from collections import Counter
from dataclasses import dataclass, field

FIRMWARE = "/firmware/"
# On an ESP32 of 240 MHz, measured by others.
CALL_US, LOOKUP_US, UNPACK_US = 12, 23, 300
_UNPACK = "unpack_from"
_SEEN = "_seen_by_strokes"


@dataclass
class Strokes:
    """`calls`, `lookups`: {(file, function): how many}."""

    calls: Counter = field(default_factory=Counter)
    lookups: Counter = field(default_factory=Counter)
    unpacks: int = 0

    def estimate_ms(self) -> float:
        us = (self.calls.total() - self.unpacks) * CALL_US + self.lookups.total() * LOOKUP_US + self.unpacks * UNPACK_US
        return us / 1000


class Counting(importlib.abc.MetaPathFinder):
    """Counts what the firmware does; has to be there before it is imported. `count(what)` calls what is to be counted."""

    def __init__(self):
        assert not any(name.startswith("firmware.") for name in sys.modules), "it is there already"
        self._found = None
        setattr(builtins, _SEEN, self._seen)
        sys.meta_path.insert(0, self)

    def find_spec(self, fullname, path, target=None):
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec and fullname.startswith("firmware."):
            spec.loader = _Loader(fullname, spec.origin)
        return spec if fullname.startswith("firmware.") else None

    def count(self, what) -> Strokes:
        self._found = found = Strokes()
        sys.setprofile(self._called)
        try:
            what()
        finally:
            sys.setprofile(None)
            self._found = None
        return found

    def _seen(self, thing):
        """Take what is looked into, or called: of a type that is built in nobody else tells."""
        frame = sys._getframe(1)
        self._look_up(thing, frame)
        if self._found and isinstance(thing, type) and thing.__module__ == "builtins":
            self._found.calls[_place(frame)] += 1
        return thing

    def _look_up(self, thing, frame) -> None:
        if self._found and isinstance(thing, dict):
            self._found.lookups[_place(frame)] += 1

    def _called(self, frame, event: str, called) -> None:
        if event not in ("call", "c_call") or FIRMWARE not in frame.f_code.co_filename:
            return
        self._found.calls[_place(frame)] += 1
        if event == "c_call":
            self._found.unpacks += called.__name__ == _UNPACK
            self._look_up(getattr(called, "__self__", None), frame)


class _Loader(importlib.machinery.SourceFileLoader):
    """Loads a module whose look-ups say what they look into."""

    def get_code(self, fullname):
        tree = _Marked().visit(ast.parse(self.get_source(fullname)))
        return compile(ast.fix_missing_locations(tree), self.path, "exec")


class _Marked(ast.NodeTransformer):
    def visit_Subscript(self, node):
        self.generic_visit(node)
        node.value = _seen(node.value)
        return node

    def visit_Call(self, node):
        self.generic_visit(node)
        node.func = _seen(node.func)
        return node

    def visit_Compare(self, node):
        self.generic_visit(node)
        pairs = zip(node.ops, node.comparators, strict=True)
        node.comparators = [_seen(value) if isinstance(op, ast.In | ast.NotIn) else value for op, value in pairs]
        return node


def _seen(value):
    return ast.Call(ast.Name(_SEEN, ast.Load()), [value], [])


def _place(frame) -> tuple[str, str]:
    return frame.f_code.co_filename.rpartition(FIRMWARE)[2], frame.f_code.co_name
