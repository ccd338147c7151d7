"""People in Violation: everyone who is, since when, where and why, and the three ways to end it."""

import csv
import io
from collections.abc import Iterable

from tools.console.history.export import cell
from tools.console.picture.shown import Violation
from tools.console.web import words
from tools.console.web.frame import Frame
from tools.console.web.look import View
from tools.console.web.reason import Act, ReasonForm
from tools.web import edge, parts

_TITLES = ("Person", "Area", "What", "Since", "Until", "")
_EVERYWHERE = {"": "All areas"}


class Violations:
    def __init__(self, frame: Frame):
        self._frame, self._shown = frame, None
        self._text = self._area = ""
        self._view: View | None = None
        self._form = ReasonForm(frame)
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
                offer_endings(self._form, self._frame, violation)

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


def offer_endings(form: ReasonForm, frame: Frame, violation: Violation) -> None:
    """Buttons for one violation, as far as the role goes."""
    where, who = frame.label("areas", violation.area), violation.label
    fields = {"area": violation.area, "user": violation.user}
    if frame.may("clear"):
        form.offer("Clear", Act("clear", fields, f"Clear {who} in {where}"))
    if frame.may("move"):
        for presence in ("in", "out"):
            form.offer(f"Move {presence}", Act("move", fields | {"presence": presence}, f"Move {who} {presence} in {where}"))
    if frame.may("pass"):
        form.offer("Pass", Act("pass", fields, f"Pass for {who} in {where}", "The next badge there is not judged, whatever its direction."))


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
            cell(each.label), cell(frame_label("areas", each.area)), each.kind, each.mode,
            words.iso(each.since_ms, site), words.iso(each.expires_ms, site), each.is_sure, each.is_late,
        ))  # fmt: skip
    return out.getvalue()


def _counted(found: list, view: View) -> str:
    if not view.violations:
        return "Nobody is in violation."
    return f"{len(found)} of {len(view.violations)} shown." if len(found) != len(view.violations) else f"{len(found)} in violation."


def _remarks(violation: Violation) -> list[str]:
    told = [(not violation.is_sure, "not sure yet"), (violation.is_late, "judged late"),
            (violation.is_forgotten, "its boards were replaced and do not know of it")]  # fmt: skip
    return [words for is_so, words in told if is_so]
