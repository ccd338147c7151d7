"""Up to eight OSDP readers on one RS-485 line, of which one at a time is asked. Pure: time and bytes come in, bytes go out.

Whoever waits takes turns: a reader with commands to hear, or one that is silent, keeps nobody from being asked next. Every
other turn is for readers in the midst of their start, which would take 2 s otherwise, of eight at 9600 baud.
An answer begins within 200 ms. While one comes in it is waited for; 20 ms of silence end it, and 40 ms are what a board that
was busy must see of them to be sure: after a pause it feeds first what came meanwhile, and ticks then. A network between us
and the line holds bytes back, in the midst of an answer, too: `delay_ms` is how long.
What comes unasked is nobody's answer, and is thrown away.

Actions: ("send", bytes), ("reader", name, event of firmware.wire.osdp_cp).
"""

from firmware.const import const
from firmware.wire.osdp_frame import FRAME_BYTES_MAX, Frames

_READERS_MAX = const(8)
_REPLY_MS = const(200)
_GAP_MS = const(40)


class OsdpBus:
    """`readers`: {name: OsdpReader}, each with an address of its own. `frames.faults` counts damage on the line."""

    def __init__(self, readers: dict, baud: int = 9600, delay_ms: int = 0):
        assert 0 < len(readers) <= _READERS_MAX
        self.readers = readers
        self.frames = Frames()
        self.unasked = 0
        self._names = sorted(readers)
        self._baud = baud
        self._delay_ms = delay_ms
        self._between_ms, self._longest_ms = self._wire_ms(2), self._wire_ms(FRAME_BYTES_MAX)
        self._turn = self._start_turn = 0
        self._is_for_starts = False
        self._asked = None  # the name of who is asked
        self._reply_by_ms = self._all_by_ms = self._last_ms = self._free_ms = 0

    def feed(self, data: bytes, now_ms: int) -> list:
        """Take bytes from the line."""
        if self._asked is None or not data:
            self.unasked = min(self.unasked + len(data), 0x3FFFFFFF)
            return self.tick(now_ms)
        self.frames.feed(data)
        self._last_ms = now_ms
        return self._hear(False, now_ms) + self.tick(now_ms)

    def tick(self, now_ms: int) -> list:
        """Do what is due by time alone."""
        actions = []
        if self._asked is not None and now_ms >= self._wait_ms():
            actions = self._hear(True, now_ms)  # what began and is not whole is none, but an answer may stand behind it
        if self._asked is not None and now_ms >= self._wait_ms():
            name, self._asked = self._asked, None
            actions += _named(name, self.readers[name].no_answer(now_ms))
        for name in self._names:
            reader = self.readers[name]
            if reader.next_deadline_ms() <= now_ms:
                actions += _named(name, reader.tick(now_ms))
        if self._asked is None and now_ms >= self._free_ms:
            actions += self._ask(now_ms)
        return actions

    def next_deadline_ms(self) -> int:
        """Return when `tick` has something to do."""
        if self._asked is not None:
            return self._wait_ms()
        return max(self._free_ms, min([self.readers[name].next_deadline_ms() for name in self._names]))

    def pair(self, name: str, until_ms: int, new_key, now_ms: int) -> bool:
        """Open a reader's window. Returns: whether the key is fit, and nobody's."""
        return not self._is_used(new_key) and self.readers[name].pair(until_ms, new_key, now_ms)

    def rotate(self, name: str, new_key) -> bool:
        """Give a reader another key. Returns: whether it is fit, and nobody's."""
        return not self._is_used(new_key) and self.readers[name].rotate(new_key)

    def _is_used(self, key) -> bool:
        return bool([name for name in self._names if self.readers[name].keys.holds(key)])

    def _wait_ms(self) -> int:
        """When the silence is long enough: since the question, or in the midst of an answer."""
        return min(self._last_ms + _GAP_MS + self._delay_ms, self._all_by_ms) if self.frames.is_amid() else self._reply_by_ms

    def _hear(self, is_over: bool, now_ms: int) -> list:
        while True:
            frame = self.frames.next(is_over)
            if not frame:
                return []
            events = self.readers[self._asked].answer(frame, now_ms)
            if events is not None:
                name, self._asked = self._asked, None
                self._free_ms = now_ms + self._between_ms
                return _named(name, events)

    def _ask(self, now_ms: int) -> list:
        """Give the turn to the next one who is due: every other time to one in the midst of its start, if there is any."""
        self._is_for_starts = not self._is_for_starts
        at = self._next(self._start_turn, now_ms, True) if self._is_for_starts else None
        if at is not None:
            self._start_turn = at + 1
        else:
            at = self._next(self._turn, now_ms, False)
            if at is None:
                return []
            self._turn = at + 1
        question = self.readers[self._names[at]].question(now_ms)
        if not question:
            return []
        self._asked = self._names[at]
        self.frames.clear()
        self._reply_by_ms = now_ms + self._wire_ms(len(question)) + _REPLY_MS + self._delay_ms
        self._all_by_ms = self._reply_by_ms + self._longest_ms
        return [("send", question)]

    def _next(self, turn: int, now_ms: int, is_start: bool) -> int | None:
        """Return the place of the first reader from this turn on that is due."""
        for place in range(turn, turn + len(self._names)):
            at = place % len(self._names)
            reader = self.readers[self._names[at]]
            if reader.due_ms <= now_ms and (reader.is_starting() or not is_start):
                return at
        return None

    def _wire_ms(self, count: int) -> int:
        return count * 10_000 // self._baud + 1


def _named(name: str, events: list) -> list:
    return [("reader", name, event) for event in events]
