"""Contacts, looked at every few milliseconds. Each change is told, also while it bounces: others know what to make of it."""

from firmware.const import const
from firmware.hal.moments import NOTHING

POLL_MS = const(5)


class Contacts:
    """Events are (kind, name, level), as firmware.node wants them; kinds: leaf, rex, input."""

    def __init__(self):
        self._contacts = []
        self._levels = []  # as they were told
        self._due_ms = 0

    def add(self, kind: str, name: str, contact, active_closed: bool) -> bool:
        """Look at a contact from now on; `active_closed`: closed is the level True. Returns its level now."""
        level = contact.is_closed() == active_closed
        self._contacts.append((kind, name, contact, active_closed))
        self._levels.append(level)
        return level

    def take(self, now_ms: int):
        """Return the events of what has changed. Where nothing has, it takes no heap."""
        if now_ms < self._due_ms:
            return NOTHING
        self._due_ms = now_ms + POLL_MS
        found = NOTHING
        for place in range(len(self._levels)):
            kind, name, contact, active_closed = self._contacts[place]
            level = contact.is_closed() == active_closed
            if level != self._levels[place]:
                self._levels[place] = level
                found = found or []
                found.append((kind, name, level))
        return found

    def pressed(self) -> list:
        """Return the events of each REX that is pressed: whoever starts hears of it."""
        rows = zip(self._contacts, self._levels)
        return [(kind, name, True) for (kind, name, _, _), level in rows if level and kind == "rex"]

    def next_ms(self) -> int | None:
        """Return when it is time to look again."""
        return self._due_ms if self._contacts else None
