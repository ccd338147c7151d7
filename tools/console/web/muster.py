"""Muster: who is inside which area, for the eye and for paper; in an emergency, who is still missed."""

from nicegui import ui

from tools.console.clock import unix_ms
from tools.console.house import House
from tools.console.picture.shown import Muster, Person, Safe
from tools.console.web import words
from tools.console.web.frame import REFRESH_S, Frame
from tools.console.web.look import View
from tools.site.model import Site
from tools.web import edge, parts

_TURNED = {"on": True, "off": False}


def mustered(house: House) -> tuple[tuple[str, ...], Muster]:
    """(the muster readers of the site, who is where). Raises: Trouble."""
    readers = house.muster_readers.chosen()
    return readers, house.picture.muster(readers)


class MusterList:
    """Asks the picture itself: who is inside is seldom looked at, and then it matters."""

    def __init__(self, frame: Frame, found: tuple[tuple[str, ...], Muster]):
        self._frame, self._shown, self._chosen = frame, None, None
        with parts.panel("Muster", "muster") as head:
            with head:
                parts.button("Print", lambda: ui.run_javascript("window.print()"), "", "Print this list")
            self._state = parts.line("p", "", "quiet")
            self._safe_at = parts.line("p", "", "quiet")
            self._boxes = self._choose() if frame.may("muster_reader") else {}
            self._list = parts.box("div", "cards")
        self._take(found)
        ui.timer(REFRESH_S, self._look_again)

    async def _look_again(self) -> None:
        found = await self._frame.ask(mustered, self._frame.house)
        if found is not None:
            self._take(found)

    def update(self, view: View) -> None:
        """The list is asked for by its own timer."""

    def _take(self, found: tuple[tuple[str, ...], Muster]) -> None:
        self._show_readers(found[0])
        self._fill(found[1])

    # -- muster readers --------------------------------------------------------------------------

    def _choose(self) -> dict[str, ui.element]:
        frame, made = self._frame, {}
        with parts.box("details", "choose"):
            parts.line("summary", "Choose muster readers")
            for name in sorted(frame.site.readers):
                with parts.box("label", "row"):
                    made[name] = parts.checkbox(lambda value, reader=name: self._turn(reader, value))
                    parts.line("span", frame.label("readers", name))
        return made

    def _show_readers(self, chosen: tuple[str, ...]) -> None:
        if chosen == self._chosen:
            return
        self._chosen = chosen
        names = ", ".join(self._frame.label("readers", name) for name in chosen)
        self._safe_at.set_text(f"In an emergency safe is who badges at {names}." if chosen else "No muster reader is chosen: nobody counts as safe by a badge.")
        for name, box in self._boxes.items():
            parts.set_checked(box, name in chosen)

    async def _turn(self, reader: str, value: object) -> None:
        frame, turned = self._frame, edge.choice(value, _TURNED, self._frame.faults)
        if turned and await frame.is_signed_in():
            said = await frame.ask(self._turned, reader, _TURNED[turned])
            if said:
                frame.say(said)
        self._chosen = None  # the box says what was clicked, not what is so
        await self._look_again()

    def _turned(self, reader: str, is_on: bool) -> str:
        refusal = self._frame.house.muster_readers.turn(self._frame.session, reader, is_on)
        return refusal.words if refusal else ""

    # -- the list --------------------------------------------------------------------------------

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
