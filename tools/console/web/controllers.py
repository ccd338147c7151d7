"""Controllers: is each there, is its clock right, is all of it here; and the end of waiting for one that is gone."""

from collections.abc import Iterator

from tools.console.picture.shown import Controller
from tools.console.web.frame import Frame
from tools.console.web.look import View
from tools.console.web.reason import Act, ReasonForm
from tools.web import parts

_TITLES = ("Controller", "State", "Clock", "Events", "")
_INCS_MAX = 5  # offered of one controller: the newest
_GONE = "The others wait no longer for its answers and its events. For a controller that is gone for good."
_BOARD = "The others wait no longer for what this one of the boards under its name wrote."


class Controllers:
    def __init__(self, frame: Frame, form: ReasonForm):
        self._frame, self._form, self._shown = frame, form, None
        with parts.panel("Controllers", "controllers"):
            self._list = parts.box("div", "rows")

    def update(self, view: View) -> None:
        told = [(row(each), tuple(offers(each))) for each in view.controllers]
        if told != self._shown:
            self._shown = told
            self._list.clear()
            with self._list:
                parts.columns(*_TITLES)
                for cells, acts in told:
                    self._row(cells, acts)

    def _row(self, cells: tuple[str, ...], acts: tuple[tuple[str, Act], ...]) -> None:
        with parts.box("div", "line controller", role="group", aria_label=cells[0]):
            parts.line("span", cells[0], "name")
            for title, cell in zip(_TITLES[1:], cells[1:], strict=False):
                parts.line("span", cell).props["data-title"] = title.lower()
            with parts.box("span", "tools"):
                for text, act in acts:
                    if self._frame.may(act.action):
                        self._form.offer(text, act)


def row(each: Controller) -> tuple[str, ...]:
    """Name, state, clock and events, in words."""
    state = "retired" if each.is_retired else "offline" if not each.is_online else f"behind by {each.behind}" if each.behind else "in step"
    state += f", two boards under this name, {each.inc or 'none'} heard last" if each.is_doubled else ""
    state += "".join(f", board {inc} retired" for inc in each.retired_incs)
    clock = "not set" if not each.is_clock_trusted else f"± {each.err_ms} ms" if each.err_ms is not None else "–"
    return (each.label, state, clock, f"{each.lost} lost" if each.lost else "all here")


def offers(each: Controller) -> Iterator[tuple[str, Act]]:
    """(button, act): retire what is gone, of two boards under one name one of them; and take it back."""
    name = {"controller": each.name}
    if each.is_retired:
        yield "Restore", Act("restore", name, f"Restore {each.label}", "The others wait for it again.")
    elif not each.is_online:
        yield "Retire", Act("retire", name, f"Retire {each.label}", _GONE, f"Yes: retire {each.label}")
    if each.is_doubled:
        for inc in each.incs[:_INCS_MAX]:
            yield f"Retire board {inc}", Act("retire", name | {"inc": inc}, f"Retire board {inc} of {each.label}", _BOARD, f"Yes: retire board {inc}")
    for inc in each.retired_incs:
        yield f"Restore board {inc}", Act("restore", name | {"inc": inc}, f"Restore board {inc} of {each.label}")
