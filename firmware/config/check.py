"""What can be known of a new configuration before it is in force, read line by line: a board has no room for a second one.

Whether the whole of it makes a working controller shows when it is started: on trial, see store.py.
"""

import json

from firmware.const import const
from firmware.config import KEY_NAME
from firmware.config.manifest import LIST
from firmware.wire.part import PAGE_BYTES

_LINE_MAX = const(4096)
_NAME_BYTES = const(24)
_RECORDS = {"cards": 12, "ids": 24, "keys": 56, "people": 16, "pins": 12}
# The sections and values without which no controller starts, by what they are.
_OBJECTS = const("areas controller_numbers doors follows groups inputs lockable operators outputs reader_numbers readers schedules")
_LISTS = const("consoles controllers group_sets links zone")
_TEXTS = const("controller salt site")


class Check:
    """Reads one page at a time. `fault`: what is wrong, or None so far."""

    def __init__(self, settings: dict, version: int):
        self.fault = None
        self._is = {"site": settings["site"], "controller": settings["controller"], "version": version}
        self._names = set()  # in the table of keys
        self._seen = {}  # name at the top -> dict, list, str, int or bool

    def page(self, table: str, is_last: bool, blocks) -> None:
        """Read a page, which comes in pieces."""
        if table == "settings":
            self._settings(blocks)
        elif table != LIST:
            self._records(table, is_last, blocks)

    def end(self) -> str | None:
        """Return what is wrong with the whole, or None."""
        if self.fault is None:
            for names, kind in ((_OBJECTS, dict), (_LISTS, list), (_TEXTS, str), ("version", int), ("home_assistant", bool)):
                for name in names.split():
                    if self._seen.get(name) is not kind:
                        self._fail("settings without a right '%s'" % name)
            for name in ("", KEY_NAME):
                if name.encode() not in self._names:
                    self._fail("a key is missing")
        return self.fault

    def _fail(self, fault: str) -> None:
        self.fault = self.fault or fault

    def _records(self, table: str, is_last: bool, blocks) -> None:
        record_bytes, size, start = _RECORDS[table], 0, b""
        for block in blocks:
            size += len(block)
            start += block
            while table == "keys" and len(start) >= record_bytes:
                self._names.add(start[:_NAME_BYTES].rstrip(b"\0"))
                start = start[record_bytes:]
            start = start if table == "keys" else b""
        if size % record_bytes or not is_last and size != PAGE_BYTES - PAGE_BYTES % record_bytes:
            self._fail("table '%s' is no table" % table)

    def _settings(self, blocks) -> None:
        rest = b""
        for block in blocks:
            rest += block
            *lines, rest = rest.split(b"\n")
            for line in lines:
                if line:
                    self._line(line)
            if len(rest) > _LINE_MAX:
                break
        if rest:
            self._fail("settings end in the middle of a line")

    def _line(self, line: bytes) -> None:
        try:
            if line[-1:] != b"]":
                raise ValueError  # a MicroPython is content with less
            section, key, value = json.loads(line)
            top = section.split("/")[0] or key
        except (ValueError, TypeError, AttributeError):
            self._fail("settings that are none")
            return
        kind = dict if section else type(value)
        if self._seen.get(top, kind) is not kind or not isinstance(key, str):
            self._fail("settings that contradict themselves")
        self._seen[top] = kind
        if top in self._is and value != self._is[top]:
            self._fail("it says %s %s" % (top, value))
