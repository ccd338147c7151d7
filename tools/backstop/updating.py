"""One release on its way to one controller: served piece by piece, followed until the controller says what became of it."""

import time
from collections.abc import Iterator
from typing import NamedTuple

from tools.backstop.line import Line
from tools.site.compiler.publication import Served

_TURN_S = 0.05  # a board in minimal mode asks by its status, which wakes nobody who waits for messages
_AGAIN_S = 4  # a board that has started anew, or has no link, hears of it again
_SILENT_S = 120  # a board that starts needs seconds for its network, and a minute to prove itself
WAITS, PAUSES = "waits", "pauses"
UPDATED, SAME, REFUSED, ROLLED_BACK, SILENT, CUT_OFF, LATE = "updated", "same", "refused", "rolled back", "silent", "cut off", "late"
FAILURES = (REFUSED, ROLLED_BACK, SILENT, CUT_OFF, LATE)
# A controller that has no memory for it tells so of no version, at first also where doors may pause: then it is told again.
_SHORT_S = 20
_SHORT = "not enough memory"
_MAY_PAUSE = "--pause-doors lets its doors pause for it; or `make deploy` brings it over the cable"
_CANNOT_PAUSE = "Its doors cannot pause for it, either: start the controller anew and try again, or bring it over the cable by `make deploy`"
_RUNS_OLD = "It runs what it ran, and what it has fetched stays there for the next try"
_HAS_IT = "It has it, and tries it when nobody needs its doors: `backstop update --status` shows it"
_RUNS_ONE = "It runs the release before, or the new one if that works: `backstop update --status` shows it"


class Step(NamedTuple):
    """Where it is. what: waits or pauses, of its doors, fetching, staged, trial, or how it ended; done: pages of `total` that are through; reason: why it failed."""

    what: str
    done: int = 0
    reason: str = ""


class Update:
    """Over a line that has settled; the line hears `want/+`. `may_pause`: doors, as the manifest says. `total`: pages."""

    def __init__(self, line: Line, served: Served, release: str, may_pause: bool = False):
        self.controller, self.total = served.controller, sum(served.counts.values())
        self._line, self._served, self._release = line, served, release
        self._firsts = {"list": 0, "catalog": 0, "files": served.counts["catalog"]}
        self._is_begun = self._is_staged = self._is_tried = False
        self._may_pause, self._pause = may_pause, None  # waits or pauses, as it says
        self._is_linked = True
        self._before: dict = {}  # what it said when we came
        self._seen: dict | None = None
        self._heard_s = self._asked_s = self._begun_s = 0.0

    def run(self, seconds: float) -> Iterator[Step]:
        """Serve it; the last step says how it ended."""
        self._before = self._status()
        if self._before.get("release") == self._release and not self._before.get("trial"):
            yield Step(SAME)
            return
        self._heard_s = self._begun_s = time.monotonic()
        end_s = self._begun_s + seconds
        while True:
            for step in self._turn():
                yield step
                if step.what in (UPDATED, *FAILURES):
                    return
            over = self._over(end_s)
            if over:
                yield over
                return

    def _over(self, end_s: float) -> Step | None:
        """Say how it ends where there is nothing to wait for any more."""
        now_s = time.monotonic()
        if now_s - self._heard_s > _SILENT_S and not self._is_waiting():
            reason = "" if self._is_begun or not self._is_linked else self._nameless(self._status())
            return Step(REFUSED, reason=reason) if reason else self._ended(SILENT if self._is_linked else CUT_OFF)
        return self._ended(LATE if self._is_linked else CUT_OFF) if now_s > end_s else None

    def _ended(self, what: str) -> Step:
        """It is over, and nobody knows what runs there but as long as it says so itself."""
        status = self._status()
        is_known = self._is_linked and _is_there(status) and status.get("release") != self._release
        return Step(what, reason=_RUNS_ONE if not is_known else _HAS_IT if self._is_staged else _RUNS_OLD)

    def _status(self) -> dict:
        return self._line.status.get(self.controller, {"online": False})

    def _is_waiting(self) -> bool:
        """Whether it says that it is there, and only waits for a moment in which nobody needs its doors."""
        is_ready = self._is_staged or self._pause == WAITS
        return self._is_linked and is_ready and not self._is_tried and _is_there(self._status())

    def _turn(self) -> Iterator[Step]:
        self._ask()
        for topic, message in self._line.take(_TURN_S):
            if topic == "link":
                self._link(message)
            elif topic == f"want/{self.controller}" and "page" in message:
                yield from self._answer(message)
        status = self._status()
        if status is not self._seen:
            self._seen, self._heard_s = status, time.monotonic()
            yield from self._look(status)

    def _link(self, is_up: bool) -> None:
        """The broker is gone, or back: then the controller has to find back, too."""
        if is_up is not self._is_linked:
            self._is_linked, self._heard_s, self._asked_s = is_up, time.monotonic(), 0.0

    def _ask(self) -> None:
        """Tell of it, and again as long as nothing is fetched: a board that starts knows nothing of it."""
        now_s = time.monotonic()
        is_quiet = not self._asked_s or now_s - max(self._asked_s, self._heard_s) > _AGAIN_S
        if self._is_linked and is_quiet and not self._is_staged and not self._is_tried:
            self._asked_s = now_s
            self._line.send(f"config/{self.controller}", self._served.manifest)

    def _answer(self, want: dict) -> Iterator[Step]:
        answer = self._served.answer(want)
        if answer:
            self._heard_s, self._is_begun = time.monotonic(), True
            self._line.send(f"config/{self.controller}", answer)
            table, number = want["page"]
            yield Step("fetching", self._firsts[table] + number)

    def _look(self, status: dict) -> Iterator[Step]:
        """See what the controller says of itself. A board in minimal mode also asks there: nobody else shall think that it works."""
        if "want" in status:
            yield from self._answer(status["want"])
        fault = self._fault(status)
        if fault:
            yield fault
        elif status.get("release") == self._release and status.get("trial"):
            self._is_tried = True
            yield Step("trial")
        elif status.get("release") == self._release and status["online"]:
            yield Step(UPDATED)
        elif _is_there(status):
            yield from self._look_at_doors(status)
            yield from self._look_at_stage(status.get("staged") == self._served.version)

    def _look_at_doors(self, status: dict) -> Iterator[Step]:
        """They are to pause for it, or do."""
        is_meant = status.get("pause") == self._served.version
        found = (WAITS if status["online"] else PAUSES) if is_meant else None
        if found and found != self._pause:
            self._is_begun = True
            yield Step(found)
        self._pause = found

    def _look_at_stage(self, is_staged: bool) -> Iterator[Step]:
        """A board that started anew before its trial has forgotten that it has all of it: it is told again."""
        if is_staged and not self._is_staged:
            self._is_begun = True
            yield Step("staged", self.total)
        self._is_staged = is_staged

    def _fault(self, status: dict) -> Step | None:
        faults = [(REFUSED, "refused_update"), (ROLLED_BACK, "rolled_back")]
        # What was begun here was tried: that it is refused when it comes again is no news.
        for what, field in reversed(faults) if self._is_begun else faults:
            version, reason = status.get(field, (None, ""))
            if version == self._served.version:
                return Step(what, reason=self._in_full(str(reason)))
        is_earlier = self._is_begun or status is self._before or status.get("staged") == self._served.version
        reason = "" if is_earlier else self._nameless(status)
        return Step(REFUSED, reason=reason) if reason else None

    def _nameless(self, status: dict) -> str:
        """Return why a controller did not even read a manifest. It says so of no version, and goes on saying so: this may be of an earlier one."""
        version, reason = status.get("refused", (0, ""))
        if version is None and reason.startswith(_SHORT):
            return "" if self._may_pause and time.monotonic() - self._begun_s < _SHORT_S else self._in_full(reason)
        version, reason = status.get("refused_update", (0, ""))
        return str(reason) if version is None else ""

    def _in_full(self, reason: str) -> str:
        """Say what helps."""
        if not reason.startswith(_SHORT):
            return reason
        return f"{reason}. {_CANNOT_PAUSE if self._may_pause else _MAY_PAUSE}"


def _is_there(status: dict) -> bool:
    return status["online"] or status.get("minimal", False)
