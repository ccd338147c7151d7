"""The floor plan on the page: drawn once, then only what changed is changed."""

from collections.abc import Callable

from host_sim.bench.names import Names
from host_sim.bench.plan import svg
from host_sim.bench.plan.crowd import Crowd
from host_sim.bench.plan.doorways import DoorDrawing, ReaderDrawing
from host_sim.bench.plan.layout import Plan
from host_sim.bench.plan.rooms import Room, count_text
from host_sim.bench.plan.spaces import NO_AREA, OUTSIDE, depth
from host_sim.bench.view import View


class Drawing:
    """One page's floor plan. `tap(reader)`, `push(door)`, `pick(user)` tell what was touched."""

    def __init__(self, plan: Plan, names: Names, tap: Callable, push: Callable, pick: Callable) -> None:
        self.plan, self.names = plan, names
        self.rooms: dict[str, _RoomDrawing] = {}
        box = f"0 0 {plan.w:.0f} {plan.h:.0f}"
        with svg.shape("svg", "plan", viewBox=box, role="group", aria_label="Floor plan"):
            for room in plan.rooms:
                self.rooms[room.name] = _RoomDrawing(room, names)
            self.doors = [DoorDrawing(d, names, push) for d in plan.doorways]
            self.crowd = Crowd(plan.rooms, names, pick)
            self.readers = {r: ReaderDrawing(r, d, names, tap) for d in plan.doorways for r in d.plates}

    def update(self, view: View, picked: str | None) -> None:
        """Show a new view."""
        for drawing in self.rooms.values():
            drawing.update(view)
        for door in self.doors:
            door.update(view)
        for reader in self.readers.values():
            reader.update(view, picked)
        self.crowd.update(view, picked)

    def place_of(self, reader: str) -> tuple[float, float]:
        """Give a reader's place as shares of the plan's width and height."""
        x, y = next(d.plates[reader] for d in self.plan.doorways if reader in d.plates)
        return x / self.plan.w, y / self.plan.h


class _RoomDrawing:
    """One room: its walls, its name, how many are in."""

    def __init__(self, room: Room, names: Names) -> None:
        self.name = room.name
        spec = names.site["areas"].get(room.name, {})
        self.level = min(depth(names.site["areas"], room.name), 3) if room.name != NO_AREA else 1
        self.box = svg.shape("rect", x=room.x, y=room.y, width=room.w, height=room.h, rx=3)
        self.title = svg.words(self._title(names), "room-title", x=room.x + 16, y=_title_y(room))
        self.spec = spec
        self.count = svg.words("", "room-count", x=room.x + room.w - 14, y=_title_y(room), text_anchor="end")

    def _title(self, names: Names) -> str:
        if self.name == OUTSIDE:
            return "Outside"
        return "Without an area" if self.name == NO_AREA else names.of("areas", self.name)

    def update(self, view: View) -> None:
        """Show how many are in, and whether any controller with power watches."""
        if self.name in (OUTSIDE, NO_AREA):
            svg.wear(self.box, "street" if self.name == OUTSIDE else "room level-1")
            return
        self.count.set_text(count_text(self.spec, len(view.inside(self.name))))
        svg.wear(self.box, f"room level-{self.level}" + ("" if view.holders[self.name] else " is-dark"))


def _title_y(room: Room) -> float:
    return room.y + (room.h - 14 if room.name == OUTSIDE else 25)
