"""Violation review: what led to one violation and what followed it, this person's events and those of the doors around them."""

from collections.abc import Callable
from dataclasses import dataclass

from nicegui import ui

from tools.console.history import History
from tools.console.history.rows import NUMBER_MAX
from tools.console.picture.shown import Violation
from tools.console.web import words
from tools.console.web.frame import Frame
from tools.console.web.look import View
from tools.console.web.reason import ReasonForm
from tools.console.web.violations import offer_endings
from tools.web import parts

_BEFORE_MS = 12 * 3600 * 1000
_AFTER_MS = 24 * 3600 * 1000
_LOOK_S = 2.0
_BADGES = ("access.granted", "access.denied")


@dataclass(frozen=True)
class Case:
    """One violation as the history has it. `reports`: of the boards, about it; `timeline`: the oldest first."""

    area: str
    badge: dict
    reports: tuple[dict, ...]
    timeline: tuple[dict, ...]

    @property
    def of(self) -> tuple:
        return (self.badge["controller"], self.badge["inc"], self.badge["seq"])

    @property
    def is_late(self) -> bool:
        return any(report["type"] == "apb.violation" and report.get("late") for report in self.reports)

    @property
    def ended(self) -> dict | None:
        """What ended it, as a board told it."""
        return next((report for report in reversed(self.reports) if report["type"] == "apb.cleared"), None)


def case(history: History, area: str, controller: str, inc: int, seq: int) -> Case | None:
    """Look a violation up; None where nobody knows of it. Raises: Trouble."""
    badge = history.event(controller, inc, "facts", seq) if max(inc, seq) <= NUMBER_MAX else None
    if badge is None or badge["type"] not in _BADGES or not badge.get("user"):
        return None
    at_ms = badge["at_ms"]
    found = history.about(badge["user"], None, at_ms - _BEFORE_MS, at_ms + _AFTER_MS)
    of = [controller, inc, seq]
    reports = [event for event in found if event.get("of") == of and event.get("area") == area]
    return Case(area, badge, tuple(reports), tuple(found))


class Review:
    """`look()`: the case as it is now; what follows a violation comes while somebody looks at it."""

    def __init__(self, frame: Frame, found: Case, look: Callable[[], Case | None]):
        self._frame, self._case, self._look, self._shown = frame, found, look, None
        user = frame.label("users", found.badge["user"])
        self._form = ReasonForm(frame)
        with parts.panel(f"{user} in {frame.label('areas', found.area)}", "review"):
            self._why = parts.line("p", "", "why")
            self._state = parts.line("p", "", "quiet")
            self._tools = parts.box("div", "row")
        with parts.panel("What led to it and what followed", "timeline"):
            self._timeline = parts.box("ol", "timeline")
        self._fill()
        ui.timer(_LOOK_S, self._look_again)

    def update(self, view: View) -> None:
        active = next((each for each in view.violations if (each.area, tuple(each.of)) == (self._case.area, self._case.of)), None)
        if self._shown != (active, self._case.reports):
            self._shown = (active, self._case.reports)
            self._state.set_text(self._state_of(active))
            if active:
                self._why.set_text(words.why(active, self._frame.label, self._frame.site) + ".")
            self._tools.clear()
            with self._tools:
                if active:
                    offer_endings(self._form, self._frame, active)

    async def _look_again(self) -> None:
        found = await self._frame.ask(self._look)
        if found is not None and found != self._case:
            self._case = found
            self._fill()

    def _fill(self) -> None:
        self._timeline.clear()
        with self._timeline:
            for event in self._case.timeline:
                self._entry(event, self._frame.site)

    def _state_of(self, active: Violation | None) -> str:
        frame, told = self._frame, []
        if active:
            ends = f"until {words.time_of(active.expires_ms, frame.site)}" if active.expires_ms else "until somebody clears it"
            told.append(f"In violation, {active.mode}, {ends}" if active.is_sure else "A suspicion: not all controllers have answered")
        elif self._case.ended:
            ended = self._case.ended
            by = f" ({frame.label('operators', ended['operator'])}: {ended.get('reason') or 'no reason'})" if ended.get("operator") else ""
            told.append(f"{words.ending(ended.get('by', ''))[:1].upper()}{words.ending(ended.get('by', ''))[1:]}{by}, {words.time_of(ended['at_ms'], frame.site)}")
        else:
            told.append("Not in violation any more")
        if self._case.is_late:
            told.append("judged after the fact")
        return "; ".join(told) + "."

    def _entry(self, event: dict, site) -> None:
        name = (event["controller"], event["inc"], event["seq"])
        is_it = event["stream"] == "facts" and name == self._case.of
        is_about = event.get("of") == list(self._case.of)
        kind = "is-it" if is_it else "is-about" if is_about else "is-door" if event["stream"] == "notes" else ""
        with parts.box("li", f"entry {kind}".strip()):
            parts.line("time", words.time_of(event["at_ms"], site))
            parts.line("span", words.told(event, site))
            if is_it:
                parts.line("span", "the badge that contradicts", "tag")
            if event.get("violates"):
                parts.line("span", ", ".join(words.KINDS.get(kind, kind) for kind in event["violates"].values()), "tag")
