"""A compiled site on its way to its controllers: manifests for the broker to keep, and pages to whoever wants them."""

import time
from collections.abc import Iterator
from typing import NamedTuple

from tools.backstop.line import Line
from tools.site.compiler.publication import Publication
from tools.site.compiler.release import Release

_TURN_S = 0.5
APPLIED, REFUSED, OFFLINE, SILENT = "applied", "refused", "offline", "silent"


class Result(NamedTuple):
    """What has become of it at one controller. reason: why it was refused."""

    controller: str
    what: str
    reason: str = ""


class Push:
    """One push over a line that has settled; the line hears `want/+` and `log/+`.

    `results`: {controller: what has become of it}, of those that are through.
    """

    def __init__(self, line: Line, made: Release, console: str, operator: str):
        self.version = made.version
        self.results: dict[str, Result] = {}
        self._line = line
        self._publications = {
            name: Publication(part, made.keys.configuration_key(name), console, operator) for name, part in made.parts.items()
        }

    def push(self, seconds: float) -> Iterator[Result]:
        """Serve until every controller is through, or so long; return each as soon as it is, and at the end the others."""
        self._publish()
        end_s = time.monotonic() + seconds
        while len(self.results) < len(self._publications) and time.monotonic() < end_s:
            for topic, message in self._line.take(min(_TURN_S, max(0, end_s - time.monotonic()))):
                yield from self._hear(topic, message)
            yield from self._look()
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
        name = event["controller"]
        if event["type"] == "config.refused" and event.get("version") in (None, self.version) and name not in self.results:
            self.results[name] = Result(name, REFUSED, str(event.get("reason", "")))
            yield self.results[name]

    def _look(self) -> Iterator[Result]:
        """See who says that it is in force there. Whoever has refused an earlier try may have it now."""
        for name in self._line.online():
            is_new = name not in self.results or self.results[name].what == REFUSED
            if is_new and self._line.status[name].get("configuration") == self.version:
                self.results[name] = Result(name, APPLIED)
                yield self.results[name]

    def _end(self, name: str) -> Result:
        status = self._line.status.get(name, {"online": False})
        version, reason = status.get("refused", (None, ""))
        if not status["online"]:
            self.results[name] = Result(name, OFFLINE)
        elif reason and version in (None, self.version):
            self.results[name] = Result(name, REFUSED, reason)
        else:
            self.results[name] = Result(name, SILENT)
        return self.results[name]
