"""Who is in which area, in words, and what an operator may set right."""

from host_sim.bench.view import View
from tools.web import edge
from tools.web import parts

NAMES_MAX = 12


class Areas:
    """One line per area, and the picked person's presence to correct."""

    def __init__(self, page) -> None:
        self.page, self.names = page, page.bench.names
        self.area = next(iter(page.bench.site["areas"]), None)
        with parts.panel("Areas", "areas"):
            with parts.box("ul", "area-list"):
                self.rows = {a: self._row(a) for a in page.bench.site["areas"]}
            if not self.rows:
                parts.line("p", "This site has no areas.", "quiet")
            else:
                self._corrections()

    def _row(self, area: str) -> tuple:
        label = self.names.of("areas", area)
        with parts.box("li", "area"):
            with parts.box("div", "who"):
                parts.line("span", label, "name")
                people = parts.line("span", "", "quiet")
            parts.button("Forgive all", lambda: self.page.command("reset", area=area, reason="forgiven at the bench"),
                         "ghost", f"Forgive everybody in {label}")
        return people, area

    def _corrections(self) -> None:
        with parts.box("details", "correct"):
            self.title = parts.line("summary", "")
            with parts.box("div", "row"):
                options = {a: self.names.of("areas", a) for a in self.rows}
                parts.select("Area", options, lambda value: self._choose(value, options))
                for presence in ("in", "out", "unknown"):
                    parts.button(presence.capitalize(), lambda p=presence: self._move(p), "", f"Set {presence}")
                parts.button("Pass", lambda: self._person("pass"), "", "Give one unjudged badge")

    def _choose(self, value: object, options: dict) -> None:
        self.area = edge.choice(value, options, self.page.bench.faults) or self.area

    def _move(self, presence: str) -> None:
        self._person("move", presence=presence)

    def _person(self, action: str, **fields) -> None:
        if self.page.picked is None:
            self.page.say("Pick a person first.")
        else:
            self.page.command(action, area=self.area, user=self.page.picked, reason="set at the bench", **fields)

    def update(self, view: View) -> None:
        """Show who is in."""
        for people, area in self.rows.values():
            people.set_text(self._inside(view, area))
        if self.rows:
            who = self.names.person(self.page.picked) if self.page.picked else "somebody"
            self.title.set_text(f"Correct where {who} is")

    def _inside(self, view: View, area: str) -> str:
        if not view.holders[area]:
            return "No controller of it is there"
        inside = [self.names.person(u) for u in view.inside(area)]
        more = f" and {len(inside) - NAMES_MAX} more" if len(inside) > NAMES_MAX else ""
        text = ", ".join(inside[:NAMES_MAX]) + more if inside else "Nobody"
        return " · ".join(filter(None, (text, view.remarks.get(("areas", area)))))
