"""One release on its way to one controller: served piece by piece, followed until the controller says what became of it."""

import time
from collections.abc import Iterator
from typing import NamedTuple

from tools.backstop.line import Line
from tools.site.compiler.publication import Served

_TURN_S = 0.5
_AGAIN_S = 4  # a board that has started anew, or has no link, hears of it again
_SILENT_S = 120  # a board that starts needs seconds for its network, and a minute to prove itself
UPDATED, SAME, REFUSED, ROLLED_BACK, SILENT, LATE = "updated", "same", "refused", "rolled back", "silent", "late"
FAILURES = (REFUSED, ROLLED_BACK, SILENT, LATE)


class Step(NamedTuple):
    """Where it is. what: fetching, staged, trial, or how it ended; done: pages of `total` that are through; reason: why it failed."""

    what: str
    done: int = 0
    reason: str = ""


class Update:
    """Over a line that has settled; the line hears `want/+`. `total`: pages."""

    def __init__(self, line: Line, served: Served, release: str):
        self.controller, self.total = served.controller, sum(served.counts.values())
        self._line, self._served, self._release = line, served, release
        self._firsts = {"list": 0, "catalog": 0, "files": served.counts["catalog"]}
        self._is_staged = self._is_tried = False
        self._seen: dict | None = None
        self._heard_s = self._asked_s = 0.0

    def run(self, seconds: float) -> Iterator[Step]:
        """Serve it; the last step says how it ended."""
        if self._status().get("release") == self._release and not self._status().get("trial"):
            yield Step(SAME)
            return
        self._heard_s, end_s = time.monotonic(), time.monotonic() + seconds
        while True:
            for step in self._turn():
                yield step
                if step.what in (UPDATED, *FAILURES):
                    return
            if time.monotonic() - self._heard_s > _SILENT_S and not self._is_waiting():
                yield Step(SILENT)
                return
            if time.monotonic() > end_s:
                yield Step(LATE)
                return

    def _status(self) -> dict:
        return self._line.status.get(self.controller, {"online": False})

    def _is_waiting(self) -> bool:
        """Whether it says that it is there, and only waits for a moment in which nobody needs its doors."""
        status = self._status()
        return self._is_staged and not self._is_tried and (status["online"] or status.get("minimal", False))

    def _turn(self) -> Iterator[Step]:
        self._ask()
        for topic, message in self._line.take(_TURN_S):
            if topic == f"want/{self.controller}" and "page" in message:
                yield from self._answer(message)
        status = self._status()
        if status is not self._seen:
            self._seen, self._heard_s = status, time.monotonic()
            yield from self._look(status)

    def _ask(self) -> None:
        """Tell of it, and again as long as nothing is fetched: a board that starts knows nothing of it."""
        now_s = time.monotonic()
        if not self._is_staged and now_s - max(self._asked_s, self._heard_s if self._asked_s else 0) > _AGAIN_S:
            self._asked_s = now_s
            self._line.send(f"config/{self.controller}", self._served.manifest)

    def _answer(self, want: dict) -> Iterator[Step]:
        answer = self._served.answer(want)
        if answer:
            self._heard_s = time.monotonic()
            self._line.send(f"config/{self.controller}", answer)
            table, number = want["page"]
            yield Step("fetching", self._firsts[table] + number)

    def _look(self, status: dict) -> Iterator[Step]:
        """See what the controller says of itself. A board in minimal mode also asks there: nobody else shall think that it works."""
        if "want" in status:
            yield from self._answer(status["want"])
        for what, field in ((REFUSED, "refused_update"), (ROLLED_BACK, "rolled_back")):
            version, reason = status.get(field, (None, ""))
            if version == self._served.version:
                yield Step(what, reason=str(reason))
                return
        if status.get("refused") == [None, "not enough memory"]:
            yield Step(REFUSED, reason="not enough memory: start the controller anew and try again")
        elif status.get("release") == self._release and status.get("trial"):
            self._is_tried = True
            yield Step("trial")
        elif status.get("release") == self._release and status["online"]:
            yield Step(UPDATED)
        elif status.get("staged") == self._served.version and not self._is_staged:
            self._is_staged = True
            yield Step("staged", self.total)
