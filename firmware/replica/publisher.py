"""Our own events on their way out: written, durable, published; and what we may promise about them.

An event is published once it is durable in its final form, and after every earlier one of its stream. A promise says
that nothing of ours at or below its stamp is unpublished, nor ever will be. It has to hold across a restart: it goes
no further than a stored ceiling, or than our newest event, which is in the flash itself.
"""

from firmware.const import const
from firmware.core.recorder import is_settled

STREAMS = ("facts", "notes", "site")
_AHEAD = const(200 << 16)  # a ceiling is stored that much ahead of need: 200 ms
_SOON = const(20)  # stamps drawn while one message is made: a ceiling must not be passed in the middle of that


class Publisher:
    """`draw_stamp(now_ms)` returns a stamp below which none is drawn any more."""

    def __init__(self, draw_stamp, ceiling: int = 0):
        self.ceiling = ceiling
        self._asked = ceiling  # the highest ceiling asked for
        self._draw_stamp = draw_stamp
        self._pending = {}  # (stream, seq) -> [event, times it is on its way to the flash]
        self.open({stream: 0 for stream in STREAMS}, (), ceiling)

    def open(self, durable: dict, unsettled, ceiling: int) -> None:
        """Begin an incarnation, or go on with one: so much of it is durable; some of that waits for its stamps."""
        self.ceiling = self._asked = ceiling
        self.heads = dict(durable)  # stream -> last seq published
        self._newest = 0  # our newest published stamp
        self._pending = {}
        for event in unsettled:
            stream, seq = event["stream"], event["seq"]
            self._pending[(stream, seq)] = [event, 0]
            self.heads[stream] = min(self.heads[stream], seq - 1)

    # -- events ----------------------------------------------------------------------------------

    def written(self, event: dict) -> None:
        """Take an event of ours that is on its way to the flash, for the first time or with its stamp."""
        key = (event["stream"], event["seq"])
        writes = self._pending[key][1] if key in self._pending else 0
        self._pending[key] = [event, writes + 1]

    def durable(self, stream: str, seq: int) -> None:
        """Take note that one way to the flash has ended."""
        waiting = self._pending.get((stream, seq))
        if waiting and waiting[1] > 0:
            waiting[1] -= 1

    def take_due(self) -> list:
        """Return the events to publish now, in order."""
        due, blocked = [], set()
        for stream, seq in sorted(self._pending):
            event, writes = self._pending[(stream, seq)]
            if writes > 0 or not is_settled(event):
                blocked.add(stream)
            elif stream not in blocked:
                due.append(event)
        for event in due:
            self._publish(event)
        due.sort(key=lambda event: event["stamp"])
        return due

    def _publish(self, event: dict) -> None:
        del self._pending[(event["stream"], event["seq"])]
        self.heads[event["stream"]] = max(self.heads[event["stream"]], event["seq"])
        self._newest = max(self._newest, event["stamp"])

    def is_idle(self) -> bool:
        """Say whether everything of ours is published."""
        return not self._pending

    # -- promises --------------------------------------------------------------------------------

    def said(self) -> int | None:
        """Return the promise that goes without a ceiling: our newest event's stamp."""
        return None if self._pending else self._newest or None

    def promise(self, now_ms: int) -> int | None:
        """Return the furthest promise that may be given now."""
        if self._pending:
            return None
        return min(self._draw_stamp(now_ms), max(self.ceiling, self._newest)) or None

    def lack(self, now_ms: int) -> int | None:
        """Return the ceiling without which no promise reaches up to now, or soon none will; else None."""
        drawn = self._draw_stamp(now_ms)
        return None if drawn + _SOON <= self.ceiling else drawn + _AHEAD

    def reaches(self, now_ms: int) -> bool:
        """Say whether a promise may be given up to now."""
        return self._draw_stamp(now_ms) <= self.ceiling

    def ask(self, ceiling: int) -> bool:
        """Say whether a ceiling must be asked for: none like it is on its way to the flash."""
        if ceiling - _AHEAD + _SOON <= self._asked:
            return False
        self._asked = ceiling
        return True

    def stored(self, ceiling: int) -> None:
        """Take note that a ceiling is in the flash."""
        self.ceiling = max(self.ceiling, ceiling)
        self._asked = max(self._asked, ceiling)
