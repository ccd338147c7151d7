"""The newest facts of this table, briefly: enough to tell whether another one comes late."""

from firmware.core import events

_FACTS_MAX = 512


class Entry:
    """What the journal remembers of one fact."""

    def __init__(self, fact: dict):
        self.order = events.order(fact)
        self.no = fact.get("no")
        self.name = events.name_of(fact)
        self.at_ms = fact["at_ms"]
        self.err_ms = fact["err_ms"]
        self.areas = tuple(sorted(fact["judge"])) if events.is_badge(fact) else ()


class Journal:
    """Facts in stamp order, the newest last; the oldest fall out."""

    def __init__(self):
        self._entries = []
        self._dropped = None  # order of the newest fact that fell out
        self._dropped_ms = 0  # up to when those that fell out may have happened

    def add(self, fact: dict) -> None:
        """Take a folded fact at its place."""
        entry = Entry(fact)
        place = len(self._entries)
        while place and self._entries[place - 1].order > entry.order:
            place -= 1
        self._entries.insert(place, entry)
        if len(self._entries) > _FACTS_MAX:
            self._drop(self._entries.pop(0))

    def renew(self, no: int, facts: list) -> None:
        """Take one person's facts anew: they got other stamps."""
        self._entries = [entry for entry in self._entries if entry.no != no]
        for fact in facts:
            if self._dropped is None or events.order(fact) > self._dropped:
                self.add(fact)

    def may_have_dropped(self, at_ms: int) -> bool:
        """Say whether a fact that fell out may have happened at this time or later."""
        return self._dropped is not None and self._dropped_ms > at_ms

    def is_late(self, fact: dict) -> bool:
        """Say whether a fact of this person with a higher stamp is, or may be, folded already."""
        order = events.order(fact)
        if self._dropped is not None and order < self._dropped:
            return True
        return any(entry.no == fact["no"] and entry.order > order for entry in self._newest_first(order))

    def is_before_any(self, order: tuple) -> bool:
        """Say whether any folded fact comes after this place in the order."""
        return bool(self._entries) and self._entries[-1].order > order

    def newest_badge(self, no: int, area: str) -> Entry | None:
        """Return this person's newest badge in an area, as far back as the journal goes."""
        for place in range(len(self._entries) - 1, -1, -1):
            entry = self._entries[place]
            if entry.no == no and area in entry.areas:
                return entry
        return None

    def _drop(self, entry: Entry) -> None:
        # A late fact may have fallen out at once: the newest that did counts, not the last.
        if self._dropped is None or entry.order > self._dropped:
            self._dropped = entry.order
        self._dropped_ms = max(self._dropped_ms, entry.at_ms + entry.err_ms)

    def _newest_first(self, until: tuple):
        for place in range(len(self._entries) - 1, -1, -1):
            if self._entries[place].order < until:
                return
            yield self._entries[place]
