"""People on the plan: one chip each, walking from room to room."""

from collections.abc import Callable

from host_sim.bench.names import Names
from host_sim.bench.plan import svg
from host_sim.bench.plan.rooms import CHIP_H, CHIP_W, Room
from host_sim.bench.view import View

CHIPS_MAX = 200  # a larger crowd is counted, not drawn
HUES = 8


def hue(names: Names, user: str) -> str:
    """Give everybody one of a few colours, the same all over the page."""
    return f"hue-{list(names.site['users']).index(user) % HUES}"


def initials(name: str) -> str:
    """Shorten a name to one or two capitals."""
    return "".join(word[0] for word in name.split()[:2]).upper()


class Crowd:
    """Everybody's chip, and one note per room for those who do not fit."""

    def __init__(self, rooms: list[Room], names: Names, pick: Callable) -> None:
        self.spots = {room.name: room.spots for room in rooms}
        self.chips = {u: _Chip(u, names, pick) for u in list(names.site["users"])[:CHIPS_MAX]}
        self.more = {name: svg.words("", "more", x=spots[-1][0] + 10, y=spots[-1][1] + 20)
                     for name, spots in self.spots.items() if spots}

    def update(self, view: View, picked: str | None) -> None:
        """Stand everybody where they are; keep places so that only walkers move."""
        for room, spots in self.spots.items():
            here = [u for u in view.people if view.people[u].place == room]
            shown = [u for u in here if u in self.chips]
            room_for = len(spots) if len(here) <= len(spots) else max(0, len(spots) - 1)
            for place, user in enumerate(shown):
                self.chips[user].stand(spots[place] if place < room_for else None)
            hidden = len(here) - min(len(shown), room_for)
            if room in self.more:
                self.more[room].set_text(f"+{hidden}" if hidden else "")
        for user, chip in self.chips.items():
            chip.update(view, picked == user)


class _Chip:
    """One person. The mouse may pick it; the keyboard has the people's list."""

    def __init__(self, user: str, names: Names, pick: Callable) -> None:
        self.user = user
        name = names.person(user)
        self.hue = hue(names, user)
        self.is_shown = True
        self.group = svg.shape("g", f"chip {self.hue}", aria_hidden="true", data_user=user)
        self.group.on("click", lambda: pick(user), [])
        with self.group:
            svg.shape("rect", width=CHIP_W - 8, height=CHIP_H - 6, rx=(CHIP_H - 6) / 2)
            svg.shape("circle", "avatar", cx=14, cy=14, r=10)
            svg.words(initials(name), "initials", x=14, y=17.5, text_anchor="middle")
            svg.words(_short(name), "chip-name", x=29, y=19)

    def stand(self, spot: tuple[float, float] | None) -> None:
        """Walk to a spot, or out of sight."""
        self.is_shown = spot is not None
        if spot:
            place = f"translate({spot[0]:.0f}px,{spot[1]:.0f}px)"
            if self.group.style.get("transform") != place:
                self.group.style(f"transform:{place}")

    def update(self, view: View, is_picked: bool) -> None:
        """Show whether picked, in trouble, unknown, or seen differently by two controllers."""
        standing = view.people[self.user]
        marks = [word for word, is_so in (
            ("is-picked", is_picked), ("is-troubled", view.in_trouble(self.user)),
            ("is-unknown", not standing.is_known), ("is-disputed", standing.is_disputed),
            ("is-hidden", not self.is_shown)) if is_so]
        svg.wear(self.group, " ".join(["chip", self.hue, *marks]))


def _short(name: str) -> str:
    first = name.split()[0]
    return first if len(first) <= 7 else first[:6] + "…"
