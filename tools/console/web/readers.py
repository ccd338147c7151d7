"""OSDP readers: how each is now, and the buttons that give it a key."""

from tools.console.picture.shown import Reader
from tools.console.web import words
from tools.console.web.frame import Frame
from tools.console.web.look import View
from tools.console.web.reason import Act, ReasonForm
from tools.web import parts

_PAIR = (
    "For one minute its controller gives a key to a reader that has none: reset the reader as its maker says, then go on. "
    "Whoever can reach the wire meanwhile could read that key."
)
_ROTATE = "It stays online; its controller keeps the old key until the reader has proved the new one."


class Readers:
    def __init__(self, frame: Frame, form: ReasonForm):
        self._frame, self._form, self._rows = frame, form, {}
        with parts.box("div") as self._box, parts.panel("OSDP readers", "osdp-readers"), parts.box("div", "rows") as self._list:
            parts.columns("Reader", "State", "Since", "")

    def update(self, view: View) -> None:
        readers = [each for each in view.readers if self._frame.site.readers[each.name].protocol == "osdp"]
        parts.set_shown(self._box, bool(readers))
        for reader in readers:
            if reader.name not in self._rows:
                with self._list:
                    self._rows[reader.name] = _ReaderRow(self._frame, self._form, reader)
            self._rows[reader.name].update(reader)


class _ReaderRow:
    def __init__(self, frame: Frame, form: ReasonForm, reader: Reader):
        self._frame, fields = frame, {"reader": reader.name}
        with parts.box("div", "line reader", role="group", aria_label=reader.label):
            parts.line("span", reader.label, "name")
            self._state, self._since = parts.line("span"), parts.line("span")
            for cell, title in ((self._state, "state"), (self._since, "since")):
                cell.props["data-title"] = title
            with parts.box("span", "tools"):
                if frame.may("pair"):
                    form.offer("Pair", Act("pair", fields, f"Pair {reader.label}", _PAIR, f"Yes: pair {reader.label}"))
                if frame.may("rotate"):
                    form.offer("New key", Act("rotate", fields, f"New key for {reader.label}", _ROTATE))

    def update(self, reader: Reader) -> None:
        self._state.set_text(state(reader))
        self._since.set_text(words.time_of(reader.since_ms, self._frame.site))


def state(reader: Reader) -> str:
    """How a reader is, in words; one that never told anything is unknown."""
    if reader.since_ms is None:
        return "unknown"
    return {None: "online, encrypted", "tamper": "tampered with"}.get(reader.trouble, reader.trouble)
