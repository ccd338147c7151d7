"""People in Violation: everyone who is, since when, where and why, and the three ways to end it."""

import csv
import io
from collections.abc import Iterable

from nicegui import ui

from tools.console.picture.shown import Violation
from tools.console.web import words
from tools.console.web.frame import Frame
from tools.console.web.look import View
from tools.web import edge, parts

_TITLES = ("Person", "Area", "What", "Since", "Until", "")
_EVERYWHERE = {"": "All areas"}


class Violations:
    def __init__(self, frame: Frame):
        self._frame, self._shown = frame, None
        self._text = self._area = ""
        self._view: View | None = None
        self.form = ReasonForm(frame)
        with parts.panel("People in violation", "violations") as head:
            with head:
                parts.field("Search", self._search, "short")
                parts.select("Area", _EVERYWHERE | {name: frame.label("areas", name) for name in sorted(frame.site.areas)}, self._choose)
                parts.line("a", "CSV", "btn").props["href"] = "/violations.csv"
            self._count = parts.line("p", "", "quiet")
            self._list = parts.box("div", "rows")

    def update(self, view: View) -> None:
        self._view = view
        found = [each for each in view.violations if self._is_wanted(each)]
        if found != self._shown:
            self._shown = found
            self._count.set_text(_counted(found, view))
            self._list.clear()
            with self._list:
                if found:
                    parts.columns(*_TITLES)
                for violation in found:
                    self._row(violation)

    def _row(self, violation: Violation) -> None:
        frame = self._frame
        area, user = frame.label("areas", violation.area), violation.label
        with parts.box("div", "line violation", role="group", aria_label=f"{user} in {area}"):
            parts.line("span", user, "name")
            parts.line("span", area)
            with parts.box("span", "what"):
                parts.line("span", f"{words.KINDS.get(violation.kind, violation.kind)} · {violation.mode}")
                for remark in _remarks(violation):
                    parts.line("span", remark, "tag")
            until = words.time_of(violation.expires_ms, frame.site) if violation.expires_ms else "somebody clears it"
            for title, told in (("since", words.time_of(violation.since_ms, frame.site)), ("until", until)):
                parts.line("span", told).props["data-title"] = title
            with parts.box("span", "tools"):
                review = parts.line("a", "Review", "btn")
                review.props["href"] = review_path(violation)
                review.props["aria-label"] = f"Review {user} in {area}"
                self.form.offer(violation)

    def _is_wanted(self, violation: Violation) -> bool:
        told = f"{violation.label} {violation.user}".casefold()
        return self._text.casefold() in told and self._area in ("", violation.area)

    def _search(self, value: object) -> None:
        self._text = edge.text(value, self._frame.faults)
        self.update(self._view)

    def _choose(self, value: object) -> None:
        chosen = edge.choice(value, _EVERYWHERE | self._frame.site.areas, self._frame.faults)
        self._area = self._area if chosen is None else chosen
        self.update(self._view)


class ReasonForm:
    """What ends a violation, and why: nobody acts without a reason. One form for the whole page."""

    def __init__(self, frame: Frame):
        self._frame = frame
        self._action, self._fields = "", {}
        with parts.box("form", "panel reason", aria_label="Reason") as self._box:
            self._title = parts.line("h2", "")
            self._field = parts.box("input", "field", aria_label="Reason", placeholder="Reason")
            self._field.props["maxlength"] = edge.TEXT_LEN_MAX
            with parts.box("div", "row"):
                parts.sender("Do it", self._field, self._do, "primary")
                parts.button("Cancel", self._close)
        self._box.props["onsubmit"] = "return false"
        parts.set_shown(self._box, False)

    def offer(self, violation: Violation) -> None:
        """Buttons for one violation, as far as the role goes."""
        where, who = self._frame.label("areas", violation.area), violation.label
        fields = {"area": violation.area, "user": violation.user}
        if self._frame.may("clear"):
            parts.button("Clear", lambda: self.open("clear", fields, f"Clear {who} in {where}"), "", f"Clear {who} in {where}")
        if self._frame.may("move"):
            for presence in ("in", "out"):
                title = f"Move {who} {presence} in {where}"
                parts.button(f"Move {presence}", lambda p=presence, t=title: self.open("move", fields | {"presence": p}, t), "", title)
        if self._frame.may("pass"):
            parts.button("Pass", lambda: self.open("pass", fields, f"One free pass for {who} in {where}"), "", f"Pass for {who} in {where}")

    def open(self, action: str, fields: dict, title: str) -> None:
        self._action, self._fields = action, fields
        self._title.set_text(title)
        ui.run_javascript(f"getHtmlElement({self._field.id}).value = ''")  # a reason is for one act
        parts.set_shown(self._box, True)
        self._field.run_method("focus")

    async def _do(self, value: object) -> None:
        reason = edge.text(value, self._frame.faults)
        if not reason:
            self._frame.say("Say why: the reason stays in the history.")
        elif await self._frame.command(self._action, self._fields, reason):
            self._close()

    def _close(self) -> None:
        parts.set_shown(self._box, False)


def review_path(violation: Violation) -> str:
    controller, inc, seq = violation.of
    return f"/review/{violation.area}/{controller}/{inc}/{seq}"


def as_csv(violations: Iterable[Violation], frame_label, site) -> str:
    """The same as a table for a spreadsheet."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(("person", "area", "kind", "mode", "since", "until", "sure", "late"))
    for each in violations:
        table.writerow((
            _cell(each.label), _cell(frame_label("areas", each.area)), each.kind, each.mode,
            words.iso(each.since_ms, site), words.iso(each.expires_ms, site), each.is_sure, each.is_late,
        ))  # fmt: skip
    return out.getvalue()


def _cell(text: str) -> str:
    """A spreadsheet would take what begins so for a formula."""
    return "'" + text if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _counted(found: list, view: View) -> str:
    if not view.violations:
        return "Nobody is in violation."
    return f"{len(found)} of {len(view.violations)} shown." if len(found) != len(view.violations) else f"{len(found)} in violation."


def _remarks(violation: Violation) -> list[str]:
    told = [(not violation.is_sure, "not sure yet"), (violation.is_late, "judged late"),
            (violation.is_forgotten, "its boards were replaced and do not know of it")]  # fmt: skip
    return [words for is_so, words in told if is_so]
