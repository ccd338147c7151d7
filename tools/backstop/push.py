"""A compiled site on its way to its controllers: manifests for the broker to keep, and pages to whoever wants them."""

import time
from collections.abc import Iterator
from typing import NamedTuple

from tools.backstop.line import Line
from tools.backstop.pause import FINAL, SHORT, Pause
from tools.site.compiler.publication import Publication
from tools.site.compiler.release import Release

_TURN_S, _PAUSE_TURN_S = 0.5, 0.05  # a board whose doors pause asks by its status, which wakes nobody
APPLIED, REFUSED, OFFLINE, SILENT = "applied", "refused", "offline", "silent"
_MAY_PAUSE = "--pause-doors lets its doors pause for it; or `make deploy` brings it over the cable"


class Result(NamedTuple):
    """What has become of it at one controller. reason: why it was refused. Or how its doors wait or pause for it, which is no end."""

    controller: str
    what: str
    reason: str = ""


class Push:
    """One push over a line that has settled; the line hears `want/+` and `log/+`.

    `may_pause`: doors of a controller that has no memory for it beside them, one controller after the other.
    `results`: {controller: what has become of it}, of those that are through.
    """

    def __init__(self, line: Line, made: Release, console: str, operator: str, may_pause: bool = False):
        self.version = made.version
        self.results: dict[str, Result] = {}
        self._line, self._may_pause = line, may_pause
        self._before = dict(line.status)  # what they said when we came
        self._publications = {name: self._publication(made, name, console, operator) for name in made.parts}
        self._order = lambda name: self._publication(made, name, console, operator, int(time.time()))
        self._short: list[str] = []  # who has no memory for it, and has not had its turn
        self._pause: Pause | None = None  # whose turn it is

    @staticmethod
    def _publication(made: Release, name: str, *words) -> Publication:
        return Publication(made.parts[name], made.keys.configuration_key(name), *words)

    def push(self, seconds: float) -> Iterator[Result]:
        """Serve until every controller is through, or so long; return each as soon as it is, and at the end the others."""
        self._publish()
        end_s = time.monotonic() + seconds
        while len(self.results) < len(self._publications) and time.monotonic() < end_s:
            turn_s = _PAUSE_TURN_S if self._pause else _TURN_S
            for topic, message in self._line.take(min(turn_s, max(0, end_s - time.monotonic()))):
                yield from self._hear(topic, message)
            yield from self._look()
            yield from self._turn()
        yield from [self._end(name) for name in sorted(self._publications) if name not in self.results]

    def _publish(self) -> None:
        for name, publication in self._publications.items():
            self._line.send(f"config/{name}", publication.manifest, True)

    def _hear(self, topic: str, message) -> Iterator[Result]:
        if topic == "link":
            if message:  # a broker that was away may have forgotten
                self._publish()
        elif topic.startswith("want/") and "page" in message:
            answer = self._publications[message["from"]].answer(message)
            if answer:
                self._line.send(f"config/{message['from']}", answer)
        elif topic.startswith("log/"):
            for event in message.get("entries", ()):
                yield from self._note(event)

    def _note(self, event: dict) -> Iterator[Result]:
        """A refusal of a manifest that nobody could read names no version."""
        name, version = event["controller"], event.get("version")
        if event["type"] == "config.refused" and version in (None, self.version) and name not in self.results:
            yield from self._refused(name, version, str(event.get("reason", "")))

    def _refused(self, name: str, version: int | None, reason: str) -> Iterator[Result]:
        """One that names the version could have its doors pause for it."""
        is_short = reason.startswith(SHORT) and version is not None
        if not is_short or not self._may_pause:
            yield self._result(name, REFUSED, f"{reason}. {_MAY_PAUSE}" if is_short else reason)
        elif name not in self._short and (self._pause is None or self._pause.controller != name):
            self._short.append(name)

    def _result(self, name: str, what: str, reason: str = "") -> Result:
        self.results[name] = Result(name, what, reason)
        return self.results[name]

    def _look(self) -> Iterator[Result]:
        """See who says that it is in force there, or that it has no memory. Whoever has refused an earlier try may have it now."""
        for name in self._line.online():
            status, is_new = self._line.status[name], name not in self.results or self.results[name].what == REFUSED
            if is_new and status.get("configuration") == self.version:
                yield self._result(name, APPLIED)
            elif name in self._publications and name not in self.results and status is not self._before.get(name):
                version, reason = status.get("refused", (None, ""))
                if version == self.version and reason.startswith(SHORT):
                    yield from self._refused(name, version, reason)

    def _turn(self) -> Iterator[Result]:
        """Let one controller after the other have its doors pause."""
        if self._pause and self._pause.controller in self.results:
            self._pause = None
        if self._pause is None and self._short:
            self._pause = Pause(self._line, self._order(self._short.pop(0)))
        for what, reason in self._pause.turn() if self._pause else ():
            yield self._result(self._pause.controller, REFUSED, reason) if what == FINAL else Result(self._pause.controller, what)

    def _end(self, name: str) -> Result:
        status = self._line.status.get(name, {"online": False})
        version, reason = status.get("refused", (None, ""))
        is_pausing = self._pause is not None and self._pause.controller == name
        if not status["online"] and not is_pausing:
            return self._result(name, OFFLINE)
        if reason and version in (None, self.version) and not is_pausing:
            return self._result(name, REFUSED, reason)
        return self._result(name, SILENT)
