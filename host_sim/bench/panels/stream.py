"""The event stream: newest first, in sentences; the raw event on demand."""

import json
from collections import deque

from host_sim.bench import words
from tools.web import edge
from tools.web import parts

ROWS_MAX = 80
KINDS = {
    "All": ("",),
    "Access": ("access.", "keypad."),
    "Passback": ("apb.", "area."),
    "Doors": ("door.", "rex.", "output.", "input.", "lockdown.", "emergency."),
    "System": ("controller.", "config.", "clock.", "command.", "reader.", "table.", "log.", "update."),
}


class Stream:
    """The last events that pass the filter."""

    def __init__(self, page) -> None:
        self.page, self.kind, self.wanted = page, "All", ""
        self.rows: deque = deque()
        with parts.panel("Events", "stream"):
            with parts.box("div", "row filters", role="group", aria_label="Kinds of events"):
                self.kinds = {k: parts.button(k, lambda k=k: self._choose(k), "segment") for k in KINDS}
            parts.field("Filter: a name or a word", self._search, type="search")
            self.none = parts.line("p", "Nothing yet.", "quiet")
            with parts.box("div", "events", role="log", aria_label="Events, newest first", tabindex="0"):
                self.list = parts.box("ol")
        self._refill()

    def _choose(self, kind: str) -> None:
        self.kind = kind
        self._refill()

    def _search(self, value: object) -> None:
        self.wanted = edge.text(value, self.page.bench.faults).lower()
        self._refill()

    def _refill(self) -> None:
        self.list.clear()
        self.rows.clear()
        passing = [e for e in self.page.bench.driver.events if self._passes(e)]
        self.add(passing[-ROWS_MAX:])
        for kind, button in self.kinds.items():
            parts.set_pressed(button, kind == self.kind)

    def _passes(self, event: dict) -> bool:
        if not event["type"].startswith(KINDS[self.kind]):
            return False
        return not self.wanted or self.wanted in f"{words.sentence(event, self.page.bench.names)} {event}".lower()

    def add(self, events: list[dict]) -> None:
        """Put new events on top and let the oldest go."""
        for event in [e for e in events if self._passes(e)][-ROWS_MAX:]:
            with self.list:
                row = _row(event, self.page.bench.names)
            row.move(self.list, 0)
            self.rows.append(row)
            if len(self.rows) > ROWS_MAX:
                self.rows.popleft().delete()
        parts.set_shown(self.none, not self.rows)


def _row(event: dict, names):
    """Draw one event; its raw form is made when it is asked for."""
    with parts.box("li", f"event {words.tone(event)}") as row:
        with parts.box("button", "event-line", type="button", aria_expanded="false", title="Show the raw event") as line:
            parts.line("time", names.clock(event["at"]))
            parts.line("span", words.sentence(event, names), "said")
            parts.line("span", str(event["controller"]), "from")
    raw: list = []

    def unfold() -> None:
        if raw:
            raw.pop().delete()
        else:
            with row:
                raw.append(parts.line("pre", json.dumps(event, indent=1, ensure_ascii=False, default=str)))
        line.props["aria-expanded"] = "true" if raw else "false"

    line.on("click", unfold, [])
    return row
