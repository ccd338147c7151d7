"""The story of one seed: what was done, what happened; and what is told of it when something breaks."""

import json
from collections import deque

_LAST = 30


class Broken(Exception):
    """An invariant does not hold."""

    def __init__(self, invariant: str, text: str):
        super().__init__(f"{invariant}: {text}")
        self.invariant, self.text = invariant, text


class Story:
    """Lines as they come: the last ones, and all of them if somebody wants the whole story."""

    def __init__(self, keeps_all: bool = False):
        self._lines: deque = deque(maxlen=None if keeps_all else 4 * _LAST)

    def tell(self, at_ms: int, what: str, fields) -> None:
        """Take an act, a fault or an event."""
        self._lines.append((at_ms, what, fields))

    def lines(self) -> list[str]:
        return [_line(*told) for told in self._lines]

    def last_events(self) -> list[str]:
        """Return the last events, with what was done between them."""
        lines, events = [], 0
        for told in reversed(self._lines):
            events += told[1] == "event"
            if events > _LAST:
                break
            lines.append(_line(*told))
        return lines[::-1]


def _line(at_ms: int, what: str, fields) -> str:
    return f"{at_ms / 1000:11.3f} {what:6} {json.dumps(fields, default=lambda value: type(value).__name__)}"
