"""Muster: who is inside which area, for the eye and for paper; in an emergency, who is still missed."""

from nicegui import ui

from tools.console.clock import unix_ms
from tools.console.picture.shown import Muster, Person, Safe
from tools.console.web import words
from tools.console.web.frame import REFRESH_S, Frame
from tools.console.web.look import View
from tools.site.model import Site
from tools.web import edge, parts


class MusterList:
    """Asks the picture itself: who is inside is seldom looked at, and then it matters. Muster readers are picked on the page."""

    def __init__(self, frame: Frame, readers: tuple[str, ...], found: Muster):
        self._frame, self._readers, self._shown = frame, readers, None
        with parts.panel("Muster", "muster") as head:
            with head:
                parts.button("Print", lambda: ui.run_javascript("window.print()"), "", "Print this list")
            self._state = parts.line("p", "", "quiet")
            self._choose()
            self._list = parts.box("div", "cards")
        self._fill(found)
        ui.timer(REFRESH_S, self._look_again)

    async def _look_again(self) -> None:
        found = await self._frame.ask(self._frame.house.picture.muster, self._readers)
        if found is not None:
            self._fill(found)

    def update(self, view: View) -> None:
        """The list is asked for by its own timer."""

    def _choose(self) -> None:
        frame = self._frame
        options = {"": "No muster reader"} | {name: frame.label("readers", name) for name in sorted(frame.site.readers)}
        with parts.box("label", "row"):
            parts.line("span", "Safe is who badges at", "quiet")
            parts.select("Muster reader", options, lambda value: self._pick(value, options))

    def _pick(self, value: object, options: dict) -> None:
        chosen = edge.choice(value, options, self._frame.faults)
        self._readers = (chosen,) if chosen else ()

    def _fill(self, found: Muster) -> None:
        now_ms = unix_ms()
        self._state.set_text(state(found, now_ms, self._frame.site))
        rows = [(area.label, area.area, area.people, words.known_until(area.as_of_ms, now_ms, self._frame.site)) for area in found.areas]
        told = (rows, found.safe, found.since_ms)
        if told != self._shown:  # by what is read: how old it is changes with the time alone
            self._shown = told
            self._list.clear()
            with self._list:
                for row in rows:
                    self._area(*row, "Nobody is inside." if found.since_ms is None else "Nobody is missed.")
                if found.safe:
                    self._safe(found.safe)

    def _safe(self, people: tuple[Safe, ...]) -> None:
        with parts.panel(f"Safe: {len(people)}", "area"), parts.box("ul", "people"):
            for each in people:
                with parts.box("li", "line"):
                    parts.line("span", each.label, "name")
                    parts.line("span", f"{self._frame.label('readers', each.reader)}, {words.time_of(each.at_ms, self._frame.site)}", "quiet")

    def _area(self, label: str, area: str, people: tuple[Person, ...], stale: str, empty: str) -> None:
        with parts.panel(f"{label}: {len(people)}", "area"):
            if stale:
                parts.line("p", f"As far as is known: {stale}.", "finding")
            if not people:
                parts.line("p", empty, "quiet")
            with parts.box("ul", "people"):
                for person in people:
                    self._person(area, person)

    def _person(self, area: str, person: Person) -> None:
        frame = self._frame
        with parts.box("li", "line"):
            parts.line("span", person.label, "name")
            where = frame.label("readers", person.reader) if person.reader else "moved by an operator"
            parts.line("span", f"{where}, {words.time_of(person.since_ms, frame.site)}", "quiet")
            if frame.may("tick_off"):
                parts.button("Tick off", lambda: self._tick_off(area, person.user), "", f"Tick off {person.label}")

    async def _tick_off(self, area: str, user: str) -> None:
        if await self._frame.command("move", {"area": area, "user": user, "presence": "out"}, "ticked off at muster"):
            await self._look_again()


def state(found: Muster, now_ms: int, site: Site) -> str:
    """How many are inside; in an emergency, how many are missed."""
    missed = sum(len(area.people) for area in found.areas)
    if found.since_ms is None:
        return f"{missed} inside, {words.time_of(now_ms, site)}."
    return f"Emergency since {words.time_of(found.since_ms, site)}: {missed} missed, {len(found.safe)} safe, {words.time_of(now_ms, site)}."
