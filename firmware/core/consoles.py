"""The consoles that the site names: what one of them has not got may not go unseen, unless it is away for long."""

_AWAY_MS = 30 * 24 * 3600 * 1000  # unseen for 30 days one stops counting


class Consoles:
    """When each was seen last, in Unix milliseconds. `counts`: {name: does it count?}."""

    def __init__(self, names: list):
        self.counts = {name: True for name in names}
        self._seen_ms = {}

    def seen(self, name: str, at_ms: int) -> bool:
        """Take a sign of life. Says whether this one did not count any more."""
        if name not in self.counts:
            return False
        self._seen_ms[name] = at_ms
        was_away, self.counts[name] = not self.counts[name], True
        return was_away

    def tick(self, at_ms: int) -> list:
        """Return who stops counting now. Who was never seen counts from the first time that this is asked."""
        away = []
        for name in sorted(self.counts):
            since_ms = self._seen_ms.setdefault(name, at_ms)
            if self.counts[name] and at_ms - since_ms >= _AWAY_MS:
                self.counts[name] = False
                away.append(name)
        return away

    def next_deadline_at_ms(self) -> int | None:
        due = [self._seen_ms[name] + _AWAY_MS for name in self._seen_ms if self.counts[name]]
        return min(due) if due else None

    def keep(self) -> list:
        """Return what is known, as plain values."""
        return [[name, self._seen_ms[name], self.counts[name]] for name in sorted(self._seen_ms)]

    def restore(self, kept: list) -> None:
        """Take up what `keep` gave."""
        for name, seen_ms, is_counting in kept:
            if name in self.counts:
                self._seen_ms[name], self.counts[name] = seen_ms, is_counting
