"""The emergency of the site: since when, what holds it, and how it begins and ends. Both are asked twice."""

from collections.abc import Callable, Iterable

from tools.console.picture.shown import Area, Emergency
from tools.console.web import words
from tools.console.web.frame import Frame
from tools.console.web.look import View
from tools.console.web.reason import Act, ReasonForm
from tools.site.model import Site
from tools.web import parts

_OF_AN_INPUT = 3  # parts of a source: (controller, input, seq); of an operator's: (operator, nonce)


class EmergencyPanel:
    def __init__(self, frame: Frame, form: ReasonForm):
        self._frame, self._form, self._shown, self._start = frame, form, None, None
        with parts.panel("Emergency", "site-emergency") as head:
            self._state = parts.line("p", "", "quiet")
            self._list = parts.box("div", "rows")
            with head:
                if frame.may("emergency"):
                    self._start = form.offer("Start an emergency", start(frame.site), "danger")

    def update(self, view: View) -> None:
        online = {each.name for each in view.controllers if each.is_online}
        told = (view.emergency, online, forgetting(view.areas))
        if view.emergency and told != self._shown:
            self._shown = told
            is_on = view.emergency.is_active
            self._state.set_text(f"Emergency since {words.time_of(view.emergency.since_ms, self._frame.site)}." if is_on else "There is none.")
            if self._start:  # one that an input started ends with that input, unless an operator holds it, too
                parts.set_shown(self._start, None not in holders(view.emergency))
            self._list.clear()
            with self._list:
                self._sources(view.emergency, online, view.areas)

    def _sources(self, emergency: Emergency, online: set[str], areas: Iterable[Area]) -> None:
        for holder in holders(emergency):
            with parts.box("div", "line source"):
                parts.line("span", self._told(holder, emergency))
                with parts.box("span", "tools"):
                    if holder in online:
                        parts.line("span", "ends at its input", "quiet")
                    elif self._frame.may("end_emergency"):
                        self._form.offer("End the emergency", end(emergency, holder, areas, self._frame.label), "danger")

    def _told(self, holder: str | None, emergency: Emergency) -> str:
        """Input fire of Lobby board, 09:02:11."""
        label, site = self._frame.label, self._frame.site
        told = []
        for source, at_ms in emergency.sources:
            if _holder(source) == holder:
                who = f"Input {label('inputs', source[1])} of {label('controllers', source[0])}" if holder else f"Started by {label('operators', source[0])}"
                told.append(f"{who}, {words.time_of(at_ms, site)}")
        return "; ".join(told)


def holders(emergency: Emergency) -> list[str | None]:
    """Who holds an emergency: None for operators, all of whose sources end together, and controllers with an input."""
    return sorted({_holder(source) for source, _ in emergency.sources}, key=lambda name: name or "")


def _holder(source: tuple) -> str | None:
    return source[0] if len(source) == _OF_AN_INPUT else None


def start(site: Site) -> Act:
    """What it comes to, before it does."""
    told = f"{_unlocking(site)}, until a site admin ends it. Nobody is judged by anti-passback; who is inside is counted at the muster."
    return Act("emergency", {"active": True}, "Start an emergency of the whole site", told, "Yes: start the emergency")


def _unlocking(site: Site) -> str:
    free, count = [door for door in site.doors.values() if door.lock == "fail_safe"], len(site.doors)
    if not free:
        return "No door unlocks by it, because all have fail-secure locks"
    return "Every door of the site unlocks" if len(free) == count else f"{len(free)} of the {count} doors unlock, those with fail-safe locks"


def end(emergency: Emergency, holder: str | None, areas: Iterable[Area], label: Callable) -> Act:
    """The end of what operators started, or of what an input of a controller did that is offline now."""
    who = f"what {label('controllers', holder)} started" if holder else "what operators started"
    others = [other for other in holders(emergency) if other != holder]
    if others:
        names = ", ".join(label("controllers", other) if other else "an operator" for other in others)
        told = f"The emergency goes on, because of {names}."
    else:
        told = f"Locks follow their schedules again. {forgetting(areas)}".strip()
    if holder:
        told += f" {label('controllers', holder)} is offline: make sure that there is no danger there any more."
    fields = {"active": False} | ({"controller": holder} if holder else {})
    return Act("emergency", fields, f"End the emergency: {who}", told, "Yes: end it")


def forgetting(areas: Iterable[Area]) -> str:
    """What the end of an emergency does to areas."""
    names = ", ".join(area.label for area in areas if area.settings["after_emergency"] == "reset")
    return f"Who is inside and who is in violation is forgotten in: {names}." if names else ""
