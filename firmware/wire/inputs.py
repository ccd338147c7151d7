"""What is wired to a board: reader lines and contacts, from edges to frames and debounced levels.

Results: ("frame", reader, what the line heard), ("level", kind, name, level).
"""

from firmware.const import const
from firmware.core.debounce import Debounce
from firmware.wire.wiegand import FRAME_GAP_MS, Line

_NEVER = const(1 << 60)


class Inputs:
    """`levels`: {door or input: is open or active} at the start. Kinds of contacts: leaf, rex, input."""

    def __init__(self, settings: dict, levels: dict):
        self._lines = {
            name: Line(reader["formats"], reader["parity"], reader["keypad"])
            for name, reader in settings["readers"].items()
            if reader["protocol"] == "wiegand"
        }
        self._contacts = {("leaf", name): Debounce(levels.get(name, False)) for name in settings["doors"]}
        for name in settings["inputs"]:
            self._contacts[("input", name)] = Debounce(levels.get(name, False))
        for name in settings["doors"]:
            self._contacts[("rex", name)] = Debounce(False)
        self._bouncing = []  # (kind, name) of contacts
        self._due_ms = _NEVER  # nothing is due before

    def bit(self, reader: str, bit: int, now_ms: int) -> list:
        """Take a pulse on D0 or D1."""
        self._expect(now_ms + FRAME_GAP_MS)
        return _frames(reader, self._lines[reader].edge(bit, now_ms))

    def spoil(self, reader: str, why: str, now_ms: int) -> list:
        """Take that pulses were lost or mixed up."""
        self._expect(now_ms + FRAME_GAP_MS)
        return _frames(reader, self._lines[reader].spoil(why, now_ms))

    def contact(self, kind: str, name: str, level: bool, now_ms: int) -> list:
        """Take an edge of a contact."""
        results = _levels(kind, name, self._contacts[(kind, name)].edge(level, now_ms))
        self._await_rest(kind, name)
        return results

    def tick(self, now_ms: int) -> list:
        """Do what is due by time alone."""
        if now_ms < self._due_ms:
            return []
        self._due_ms, results = _NEVER, []
        for reader, line in self._lines.items():
            if line.last_ms is not None:
                results += _frames(reader, line.tick(now_ms))
                self._expect(line.next_deadline_ms())
        bouncing, self._bouncing = self._bouncing, []
        for kind, name in bouncing:
            results += _levels(kind, name, self._contacts[(kind, name)].tick(now_ms))
            self._await_rest(kind, name)
        results.sort()  # dicts are in no order
        return results

    def next_deadline_ms(self) -> int:
        """Return a moment before which `tick` has nothing to do; a far one for never."""
        return self._due_ms

    def _await_rest(self, kind: str, name: str) -> None:
        """Look at a contact again when it has stopped bouncing."""
        due_ms = self._contacts[(kind, name)].next_deadline_ms()
        if due_ms is not None and (kind, name) not in self._bouncing:
            self._bouncing.append((kind, name))
        self._expect(due_ms)

    def _expect(self, due_ms: int | None) -> None:
        if due_ms is not None and due_ms < self._due_ms:
            self._due_ms = due_ms


def _frames(reader: str, heard: list) -> list:
    return [("frame", reader, heard)] if heard else []


def _levels(kind: str, name: str, level: bool | None) -> list:
    return [] if level is None else [("level", kind, name, level)]
