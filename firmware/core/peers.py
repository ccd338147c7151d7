"""The other controllers, as this one sees them: heard of, silent, retired; and whom an area needs."""

from firmware.const import const

_SILENT_MS = const(75000)  # RULES.md, "Numbers": no sign of life for this long counts as offline
_AUTHOR_GONE_MS = const(30000)


def _lacks_nothing() -> bool:
    return False


class Peers:
    """What is known of the others. Everybody counts as there until they fail to answer."""

    def __init__(self, name: str, others: list, retired, now_ms: int = 0):
        self.name = name
        self._heard_ms = {other: now_ms for other in others}
        self._stamps = {other: 0 for other in others}
        self._heard = set()  # since the start
        self._silent_since = {}
        self._gone = set()  # silent for so long that another writes their reports
        self._retired = retired
        self.lacks_own = _lacks_nothing  # says whether facts are missing that boards before this one wrote under its name
        self._is_incomplete = False
        self.changes = 0  # rises when somebody falls silent or is heard again

    def heard(self, other: str, now_ms: int, stamp: int | None = None) -> None:
        """Take a sign of life. `stamp`: every fact of theirs up to it is here."""
        if other not in self._heard_ms:
            return
        self._heard_ms[other] = now_ms
        self._heard.add(other)
        if other in self._silent_since:
            del self._silent_since[other]
            self._gone.discard(other)
            self.changes += 1
        if stamp is not None and stamp > self._stamps[other]:
            self._stamps[other] = stamp

    def missed(self, other: str, now_ms: int) -> None:
        """Take note that somebody does not answer, or is known to be offline."""
        if other in self._heard_ms and other not in self._silent_since:
            self._silent_since[other] = now_ms
            self.changes += 1

    def set_incomplete(self, is_incomplete: bool) -> None:
        """Take note that facts are missing here that only another's table can stand for: until then we are alone."""
        if is_incomplete != self._is_incomplete:
            self._is_incomplete = is_incomplete
            self.changes += 1

    def link_changed(self, now_ms: int) -> None:
        """Take note that our own link went or came: who is silent since then may be there."""
        self._gone = set()
        for other in self._silent_since:
            self._silent_since[other] = now_ms

    def gone(self) -> list:
        """Return who has been silent for so long that it counts as offline, less the retired."""
        return sorted(other for other in self._gone if not self.is_retired(other))

    def tick(self, now_ms: int) -> bool:
        """Let those fall silent who have not been heard of for long. True: an author changed."""
        for other in sorted(self._heard_ms):
            if now_ms - self._heard_ms[other] >= _SILENT_MS:
                self.missed(other, now_ms)
        gone = {other for other, since_ms in self._silent_since.items() if now_ms - since_ms >= _AUTHOR_GONE_MS}
        has_changed = gone != self._gone
        self._gone = gone
        self.changes += has_changed
        return has_changed

    def next_deadline_ms(self) -> int | None:
        due = [at + _SILENT_MS for other, at in self._heard_ms.items() if other not in self._silent_since]
        due += [at + _AUTHOR_GONE_MS for other, at in self._silent_since.items() if other not in self._gone]
        return min(due) if due else None

    def is_online(self, name: str) -> bool:
        """Say whether a controller answers, as far as this one knows. It itself always does."""
        return name == self.name or (name in self._heard_ms and name not in self._silent_since)

    def has_answered(self, name: str) -> bool:
        """Say whether a controller is online for certain: it has been heard since the start, and lately."""
        return name == self.name or (name in self._heard and self.is_online(name))

    def is_retired(self, name: str) -> bool:
        return self._retired.is_on(name)

    def needed(self, controllers: list) -> list:
        """Return those of some controllers that must be asked: the others, less the retired."""
        return [name for name in controllers if name != self.name and not self.is_retired(name)]

    def silent(self, controllers: list) -> list:
        """Return those of some controllers that must be asked and do not answer."""
        return [name for name in self.needed(controllers) if self._is_incomplete or not self.is_online(name)]

    def all_beyond(self, controllers: list, stamp: int) -> bool:
        """Say whether all are heard of up to a stamp, with every fact of theirs, and of our own name's past."""
        if self.name in controllers and self.lacks_own():
            return False
        if self._is_incomplete:
            return False
        return all(self._stamps.get(name, 0) >= stamp for name in self.needed(controllers))

    def not_beyond(self, controllers: list, stamp: int) -> list:
        """Return those not heard of up to a stamp."""
        return [name for name in self.needed(controllers) if self._is_incomplete or self._stamps.get(name, 0) < stamp]

    def author(self, origin: str, controllers: list) -> str:
        """Return who reports on a badge: its origin, or for one long gone the first of the area online."""
        if origin in self._gone or self.is_retired(origin):
            return self.first_online(controllers)
        return origin

    def first_online(self, controllers: list) -> str:
        """Return the first of some controllers, by name, that answers."""
        for name in sorted(controllers):
            if self.is_online(name) and not self.is_retired(name):
                return name
        return self.name
