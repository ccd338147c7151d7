"""What people want of a reader, one after the other. Pure, and runs on MicroPython.

A command waits until the reader is online and done with the one before: what is piped in is there long before the reader has
proved itself. After ten seconds in which nothing moved it is too late.
"""

from tools.osdp.orders import parse

_PATIENCE_MS = 10_000
_LEN_MAX = 256


class Desk:
    """The commands that wait."""

    def __init__(self):
        self._waiting = []  # (line, what parse made of it, when it came)
        self._moved_ms = 0

    def take(self, line: str, now_ms: int) -> str:
        """Take a line of text. Returns: why not, or nothing."""
        what = parse(line)
        if what[0] == "error":
            return what[1]
        if len(self._waiting) == _LEN_MAX:
            return "%d commands wait already" % _LEN_MAX
        self._waiting.append((line, what, now_ms))
        return ""

    def moved(self, now_ms: int) -> None:
        """Be patient anew."""
        self._moved_ms = now_ms

    def next(self, is_free: bool, is_online: bool, now_ms: int) -> tuple | None:
        """Return the next (line, what, whether it is its turn), or None as long as it can wait. A `quit` needs no reader."""
        if not self._waiting:
            return None
        line, what, _ = self._waiting[0]
        is_turn = is_free and (is_online or what[0] == "quit")
        if not is_turn and now_ms < self.next_deadline_ms():
            return None
        self._waiting.pop(0)
        return line, what, is_turn

    def next_deadline_ms(self) -> int | None:
        """Return when the first one has waited too long."""
        return max(self._waiting[0][2], self._moved_ms) + _PATIENCE_MS if self._waiting else None
