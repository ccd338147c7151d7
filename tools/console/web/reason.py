"""Why: nobody acts without a reason, and what cannot be taken back is asked twice. One form for a whole page."""

from dataclasses import dataclass

from nicegui import ui

from tools.console.web.frame import Frame
from tools.web import edge, parts

_FIELD = "Reason"


@dataclass(frozen=True)
class Act:
    """What somebody is about to do: a command. `title` and `words`: what it is and what will happen.

    `sure`: the name of a second button, for what cannot be taken back.
    """

    action: str
    fields: dict
    title: str
    words: str = ""
    sure: str = ""


class ReasonForm:
    """What is to be done, and why; then whether it is meant. Closed until an act is opened."""

    def __init__(self, frame: Frame):
        self._frame = frame
        self._act, self._reason, self._is_busy = Act("", {}, ""), "", False
        with parts.box("form", "panel reason", aria_label=_FIELD) as self._box:
            self._title = parts.line("h2")
            self._words = parts.line("p")
            self._first = parts.box("div")
            # Where "Do it" was stands "Cancel": a double click does nothing that was not read.
            with parts.box("div", "row", role="alert") as self._second:
                self._stay = parts.button("Cancel", self._close)
                self._sure = parts.button("", self._give, "danger")
        self._box.props["onsubmit"] = "return false"
        self._field = self._fill()
        for part in (self._box, self._second):
            parts.set_shown(part, False)

    def offer(self, text: str, act: Act, classes: str = "") -> ui.element:
        """A button that opens the form for an act."""
        return parts.button(text, lambda: self.open(act), classes, act.title)

    def open(self, act: Act) -> None:
        self._act = act
        self._title.set_text(act.title)
        self._words.set_text(act.words)
        self._sure.set_text(act.sure)
        self._first.clear()
        self._field = self._fill()
        parts.set_shown(self._words, bool(act.words))
        self._ask_again(False)
        parts.set_shown(self._box, True)
        self._field.run_method("focus")

    def _fill(self) -> ui.element:
        """A new field each time: a reason is for one act."""
        with self._first:
            field = parts.box("input", "field", aria_label=_FIELD, placeholder=_FIELD, maxlength=edge.TEXT_LEN_MAX)
            with parts.box("div", "row"):
                parts.sender("Do it", field, self._do, "primary")
                parts.button("Cancel", self._close)
        return field

    async def _do(self, value: object) -> None:
        self._reason = self._frame.reason(value)
        if self._reason and self._act.sure:
            self._ask_again(True)
            self._stay.run_method("focus")
        elif self._reason:
            await self._give()

    async def _give(self) -> None:
        """Once: who clicks twice has not meant it twice."""
        if self._is_busy or not self._reason:
            return
        act, self._is_busy = self._act, True
        try:
            is_done = await self._frame.command(act.action, act.fields, self._reason)
        finally:
            self._is_busy = False
        if is_done and act is self._act:
            self._close()

    def _ask_again(self, is_second: bool) -> None:
        self._reason = self._reason if is_second else ""
        parts.set_shown(self._first, not is_second)
        parts.set_shown(self._second, is_second)

    def _close(self) -> None:
        parts.set_shown(self._box, False)
