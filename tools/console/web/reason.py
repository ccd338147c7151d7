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
        self._act, self._reason = Act("", {}, ""), ""
        with parts.box("form", "panel reason", aria_label=_FIELD) as self._box:
            self._title = parts.line("h2")
            self._words = parts.line("p")
            with parts.box("div") as self._first:
                self._field = parts.box("input", "field", aria_label=_FIELD, placeholder=_FIELD)
                self._field.props["maxlength"] = edge.TEXT_LEN_MAX
                with parts.box("div", "row"):
                    parts.sender("Do it", self._field, self._do, "primary")
                    parts.button("Cancel", self._close)
            # Where "Do it" was stands "Cancel": a double click does nothing that was not read.
            with parts.box("div", "row", role="alert") as self._second:
                self._stay = parts.button("Cancel", self._close)
                self._sure = parts.button("", self._give, "danger")
        self._box.props["onsubmit"] = "return false"
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
        ui.run_javascript(f"getHtmlElement({self._field.id}).value = ''")  # a reason is for one act
        parts.set_shown(self._words, bool(act.words))
        self._ask_again(False)
        parts.set_shown(self._box, True)
        self._field.run_method("focus")

    async def _do(self, value: object) -> None:
        self._reason = edge.text(value, self._frame.faults)
        if not self._reason:
            self._frame.say("Say why: the reason stays in the history.")
        elif self._act.sure:
            self._ask_again(True)
            self._stay.run_method("focus")
        else:
            await self._give()

    async def _give(self) -> None:
        if self._reason and await self._frame.command(self._act.action, self._act.fields, self._reason):
            self._close()

    def _ask_again(self, is_second: bool) -> None:
        self._reason = self._reason if is_second else ""
        parts.set_shown(self._first, not is_second)
        parts.set_shown(self._second, is_second)

    def _close(self) -> None:
        parts.set_shown(self._box, False)
