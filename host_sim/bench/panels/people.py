"""The people of the site as cards. The one picked is whose badge a tap presents."""

from host_sim.bench.plan.crowd import hue, initials
from host_sim.bench.plan.svg import wear
from host_sim.bench.view import View
from tools.web import edge
from tools.web import parts

CARDS_MAX = 60
SEARCH_FROM = 10
NOBODY = ("This site has no people.", "Nobody found.")


class People:
    """Cards to pick from, and a search where there are many."""

    def __init__(self, page) -> None:
        self.page, self.names = page, page.bench.names
        self.users = list(page.bench.site["users"])
        self.wanted, self.cards = "", {}
        with parts.panel("People", "people"):
            if len(self.users) > SEARCH_FROM:
                parts.field("Find a person", self._search, type="search")
            self.list = parts.box("div", "cards")
            self.more = parts.line("p", "", "quiet")
        self._fill()

    def _search(self, value: object) -> None:
        self.wanted = edge.text(value, self.page.bench.faults).lower()
        self._fill()

    def _fill(self) -> None:
        found = [u for u in self.users if self.wanted in f"{u} {self.names.of('users', u)}".lower()]
        self.list.clear()
        with self.list:
            self.cards = {user: _Card(user, self.page) for user in found[:CARDS_MAX]}
        rest = len(found) - CARDS_MAX
        self.more.set_text(f"{rest} more: type to find them." if rest > 0 else "" if found else NOBODY[bool(self.users)])

    def update(self, view: View) -> None:
        """Show where everybody is and who is picked."""
        for card in self.cards.values():
            card.update(view, self.page.picked == card.user)


class _Card:
    """One person."""

    def __init__(self, user: str, page) -> None:
        self.user, self.names = user, page.bench.names
        spec, name = page.bench.site["users"][user], page.bench.names.person(user)
        self.hue = hue(self.names, user)
        with parts.box("button", f"card {self.hue}", type="button", data_user=user) as self.card:
            parts.line("span", initials(name), "avatar").props["aria-hidden"] = "true"
            with parts.box("span", "who"):
                parts.line("span", name, "name")
                self.where = parts.line("span", "", "where")
        self.note = [*filter(None, [self.names.remark(user)]), *_note(spec)]
        self.card.on("click", lambda: page.pick(user), [])

    def update(self, view: View, is_picked: bool) -> None:
        """Show the place, trouble and choice."""
        standing = view.people[self.user]
        place = self.names.of("areas", standing.place)
        place = f"In {place}" if standing.place else "Outside" if standing.is_known else "Unknown"
        troubled = view.in_trouble(self.user)
        self.where.set_text(" · ".join([place, *(["in violation"] if troubled else []), *self.note]))
        parts.set_pressed(self.card, is_picked)
        wear(self.card, f"card {self.hue}" + (" is-troubled" if troubled else ""))


def _note(spec: dict) -> list[str]:
    """Point out who will not simply be let in."""
    notes = []
    if spec.get("active") is False:
        notes.append("inactive")
    if not spec.get("cards"):
        notes.append("no card")
    if spec.get("pin"):
        notes.append("PIN")
    return notes
