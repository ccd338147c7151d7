"""What is amiss right now: how long all has been well, for all boards or for one."""

from collections import Counter
from collections.abc import Callable

CALM_MS = 60_000


class Weather:
    """Troubles that are on, by a name of their own. `now_ms()` is the true time."""

    def __init__(self, now_ms: Callable[[], int]):
        self._now_ms = now_ms
        self._on: Counter = Counter()  # one trouble may come twice, and then has to go twice
        self.changed_ms = now_ms()

    def begin(self, *trouble) -> None:
        """Take note of a trouble that goes on."""
        self._on[trouble] += 1
        self.stir()

    def end(self, *trouble) -> None:
        self._on[trouble] -= 1
        if self._on[trouble] <= 0:
            del self._on[trouble]
        self.stir()

    def stir(self) -> None:
        """Take note of something that passes by itself."""
        self.changed_ms = self._now_ms()

    def is_on(self, *trouble) -> bool:
        return trouble in self._on

    def is_only(self, kind: str) -> bool:
        """Say whether nothing but one kind of trouble is on."""
        return all(trouble[0] == kind for trouble in self._on)

    def is_calm(self) -> bool:
        """Say whether nothing has been amiss for a while."""
        return not self._on and self._now_ms() - self.changed_ms >= CALM_MS

    def clear(self) -> None:
        """Take note that all is well from now on."""
        self._on.clear()
        self.stir()
