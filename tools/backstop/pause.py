"""One controller whose doors are to pause for a configuration: ordered again and again, served, and followed."""

import time
from collections.abc import Iterator

from tools.backstop.line import Line
from tools.site.compiler.publication import Publication

SHORT = "not enough memory"  # the beginning of what a controller says then
WAITING, PAUSING, FINAL = "waits", "pauses", "final"
_AGAIN_S = 4  # it says so at least each half a minute, and a board that starts anew has to hear of it


class Pause:
    """`publication`: signed as an order. `turn` is called again and again, while somebody else takes what the line brings."""

    def __init__(self, line: Line, publication: Publication):
        self.controller, self._line, self._publication = publication.controller, line, publication
        self._seen = line.status.get(self.controller)  # what it says of itself; what it said before is no answer
        self._what = ""
        self._asked_s = self._served_s = 0.0

    def turn(self) -> Iterator[tuple[str, str]]:
        """Return (WAITING or PAUSING, ""), each when it begins; or (FINAL, why they do not pause for it, or it did not help)."""
        now_s = time.monotonic()
        if not self._asked_s or now_s - max(self._asked_s, self._served_s) > _AGAIN_S:
            self._asked_s = now_s
            self._line.send(f"config/{self.controller}", self._publication.manifest)
        status = self._line.status.get(self.controller)
        if status is not None and status is not self._seen:
            self._seen = status
            yield from self._look(status)

    def _look(self, status: dict) -> Iterator[tuple[str, str]]:
        """A board in minimal mode asks by its status: nobody else shall think that it works."""
        answer = self._publication.answer(status["want"]) if "want" in status else None
        if answer:
            self._served_s = time.monotonic()
            self._line.send(f"config/{self.controller}", answer)
        what = (WAITING if status["online"] else PAUSING) if status.get("pause") == self._publication.order else ""
        if what and what != self._what:
            yield what, ""
        self._what = what
        version, reason = status.get("refused", (None, ""))
        if version == self._publication.version and not reason.startswith(SHORT):
            yield FINAL, reason
