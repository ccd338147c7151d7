"""What can be asked of the history, and the page that answers."""
from dataclasses import dataclass, field

from firmware.core import events
from tools.console.history.rows import NUMBER_MAX

LIMIT_MAX = 1000
_TEXT_MAX = 200


class BadQuery(ValueError):
    """What was asked cannot be answered; the words say why."""


@dataclass(frozen=True)
class Query:
    """All that is given must hold. `types`: one of them. `since_ms` <= at_ms < `until_ms`. `after`: `next` of a page."""

    person: str | None = None
    door: str | None = None
    area: str | None = None
    reader: str | None = None
    types: tuple[str, ...] = ()
    controller: str | None = None
    text: str | None = None
    since_ms: int | None = None
    until_ms: int | None = None
    after: str | None = None
    limit: int = 100
    oldest_first: bool = False

    def check(self) -> None:
        """Raises: BadQuery."""
        known = set(events.types())
        for kind in self.types:
            if kind not in known:
                raise BadQuery(f"there is no type of event {kind!r}")
        for name in ("person", "door", "area", "reader", "controller", "text"):
            value = getattr(self, name)
            if value is not None and not (isinstance(value, str) and 0 < len(value) <= _TEXT_MAX):
                raise BadQuery(f"{name}: a text of 1 to {_TEXT_MAX} characters")
        for name in ("since_ms", "until_ms"):
            value = getattr(self, name)
            if value is not None and not (type(value) is int and abs(value) <= NUMBER_MAX):
                raise BadQuery(f"{name}: a time in milliseconds since 1970")
        if type(self.limit) is not int or not 1 <= self.limit <= LIMIT_MAX:
            raise BadQuery(f"limit: 1 to {LIMIT_MAX}")
        self.place()

    def place(self) -> tuple[int, int, int] | None:
        """(at_ms, stamp, id) that a page goes on after. Raises: BadQuery."""
        if self.after is None:
            return None
        parts = self.after.split(".") if isinstance(self.after, str) else []
        if len(parts) != 3 or not all(part.isascii() and part.isdigit() and int(part[:20]) <= NUMBER_MAX and len(part) < 20 for part in parts):
            raise BadQuery("after: this is no place that a page ended with")
        return tuple(map(int, parts))


@dataclass(frozen=True)
class Page:
    """`events` in the order asked for. `next`: where the next page begins; None: there is none.

    `looked_until_ms`: a search for text looks at so many events at a time: up to here it has, and `next` goes on.
    """

    events: list[dict] = field(default_factory=list)
    next: str | None = None
    looked_until_ms: int | None = None
