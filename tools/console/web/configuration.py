"""How far the configuration has come: which version is the site file's, and who works with it. Admins send it from here."""

from collections.abc import Callable

from nicegui import ui

from tools.console.configuring import State
from tools.console.configuring.state import Row
from tools.console.web.frame import REFRESH_S, Frame
from tools.web import edge, parts

_FILE_CHANGED = "The site file holds changes that no controller has been sent."


class ConfigurationPanel:
    """Looks by itself: what controllers say of it is no event that a page is told of."""

    def __init__(self, frame: Frame):
        self._frame, self._shown = frame, None
        with parts.panel("Configuration", "configuration"):
            self._told = parts.line("p")
            self._remarks = parts.box("div")
            self._rows = parts.box("div", "rows")
            self._sender()
        self._fill(frame.house.configuring.state())
        ui.timer(REFRESH_S, self._look)

    async def _look(self) -> None:
        state = await self._frame.ask(self._frame.house.configuring.state)
        if state is not None:
            self._fill(state)

    def _sender(self) -> None:
        frame = self._frame
        if frame.may("configure") and frame.house.configuring.trouble() is None:
            with parts.box("div", "row"):
                reason = parts.box("input", "field", aria_label="Reason for sending", placeholder="Reason", maxlength=edge.TEXT_LEN_MAX)
                parts.sender("Send the site file", reason, self._send)

    async def _send(self, value: object) -> None:
        reason = self._frame.reason(value)
        if reason:
            await tell_version(self._frame, self._frame.house.desk.send, reason)

    def _fill(self, state: State) -> None:
        if state == self._shown:
            return
        self._shown = state
        self._told.set_text(told(state))
        for box, fill in ((self._remarks, self._fill_remarks), (self._rows, self._fill_rows)):
            box.clear()
            with box:
                fill(state)

    def _fill_remarks(self, state: State) -> None:
        for text in remarks(state, lambda area: self._frame.label("areas", area)):
            parts.line("p", text, "finding")

    def _fill_rows(self, state: State) -> None:
        for row in state.rows:
            with parts.box("div", "line"):
                parts.line("span", self._frame.label("controllers", row.controller), "name")
                parts.line("span", standing(row, state.version))


def told(state: State) -> str:
    """The whole in a sentence."""
    if state.version is None:
        return "The site file is not compiled as it is now." if state.trouble is None else "Which configuration is the newest is not known here."
    if state.is_everywhere:
        return f"Version {state.version} is in force everywhere."
    return f"Version {state.version} is on its way: {sum(row.in_force == state.version for row in state.rows)} of {len(state.rows)} controllers have it."


def remarks(state: State, label) -> list[str]:
    """What somebody should know before he sends it. `label`: of an area."""
    found = [f"This console cannot send one: {state.trouble.rstrip('.')}."] if state.trouble else [] if state.is_sent else [_FILE_CHANGED]
    if state.strays:
        areas = ", ".join(label(area) for area in state.strays)
        found.append(f"For {areas} the site file says something else than is in force: the next version that is sent puts the file's in force.")
    return found


def standing(row: Row, version: int | None) -> str:
    """One controller in words."""
    if row.in_force is not None and row.in_force == version:
        return f"version {version} in force"
    has = "has not said which it has" if row.in_force is None else f"version {row.in_force} in force"
    if not row.is_online:
        return f"offline, {has}; takes the newest when it is back"
    if row.refused:
        return f"{has}; refused the newest: {row.refused}"
    return has if version is None else f"{has}; takes version {version} in a moment in which nobody needs its doors"


async def tell_version(frame: Frame, verb: Callable, *args) -> None:
    """Let the desk send a configuration, and say which."""
    version = await frame.act(verb, *args)
    if version is not None:
        frame.say(f"Version {version} is signed and on its way.")
