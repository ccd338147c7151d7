"""What only the console can see: a controller that is gone with nobody left to tell of it, and that the console itself is deaf. Pure.

Boards tell of one another, but the only board of a site, or all of them behind one dead switch, are told of by nobody.
"""

from collections.abc import Iterable
from typing import NamedTuple

# A board that restarts, and a link that comes back by itself, are no news.
PATIENCE_MS = 90_000
DEAF = "console.deaf"


class Sight(NamedTuple):
    """What a console sees: whether its link to the broker is up, and who is online."""

    is_up: bool
    online: frozenset[str]


class Lookout:
    """`name`: of the console. All controllers count as gone until they are heard.

    `told`: of which controllers, and of DEAF, it was told that they are gone, and they still are; also by an earlier console.
    """

    def __init__(self, name: str, told: Iterable[str] = ()):
        self._name = name
        self._since: dict[str, int] = {}  # controller -> when it was missed first
        self._down_ms: int | None = None
        self._told = set(told)

    @property
    def told(self) -> frozenset[str]:
        return frozenset(self._told)

    def look(self, sight: Sight, controllers: Iterable[str], now_ms: int) -> list[dict]:
        """Return what is to be noticed, each once until it is over."""
        if not sight.is_up:
            return self._deaf(now_ms)
        self._down_ms = None
        here = sight.online
        self._told &= set(controllers)  # what has left the site file is missed by nobody
        for name in here:
            self._since.pop(name, None)
            self._told.discard(name)
        return [event for name in sorted(set(controllers) - here) for event in self._missed(name, now_ms)]

    def take_back(self, events: Iterable[dict]) -> None:
        """What could not be noticed is to be told again."""
        self._told -= {event.get("peer", event["type"]) for event in events}

    def _deaf(self, now_ms: int) -> list[dict]:
        """While it hears nothing it cannot say who is gone."""
        self._since.clear()
        self._down_ms = now_ms if self._down_ms is None else self._down_ms
        return self._tell(DEAF, self._down_ms, now_ms, {"type": DEAF})

    def _missed(self, name: str, now_ms: int) -> list[dict]:
        since_ms = self._since.setdefault(name, now_ms)
        return self._tell(name, since_ms, now_ms, {"type": "controller.offline", "peer": name})

    def _tell(self, what: str, since_ms: int, now_ms: int, event: dict) -> list[dict]:
        if what in self._told or now_ms - since_ms < PATIENCE_MS:
            return []
        self._told.add(what)
        return [{"at_ms": since_ms, "controller": self._name, **event}]
