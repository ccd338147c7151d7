"""Doors and readers on the plan: the leaf swings, the bolt slides, the light blinks."""

from collections.abc import Callable

from host_sim.bench.names import Names
from host_sim.bench.plan import svg
from host_sim.bench.plan.layout import Doorway
from host_sim.bench.plan.rooms import GAP, PLATE, tag, tag_width
from host_sim.bench.plan.spaces import NO_AREA
from host_sim.bench.view import View

PLATE_H = 38
NAME_LEN_MAX = 10
SIGNAL_MS_MAX = 8000  # no signal is shown longer: the reader has gone on waiting


class DoorDrawing:
    """One doorway, drawn along its wall: inner space above, hinge at the left."""

    def __init__(self, way: Doorway, names: Names, push: Callable) -> None:
        self.way, self.door = way, way.joint.door
        self.label = names.of("doors", self.door)
        # For the mouse only: the list of doors has the same for the keyboard, and readers come first.
        self.group = svg.shape("g", "door", data_door=self.door, aria_hidden="true")
        self.group.on("click", lambda: push(self.door), [])
        with self.group:
            with svg.shape("g", transform=f"translate({way.x:.1f} {way.y:.1f}) rotate({way.angle})"):
                self._draw_leaf()
            self._draw_words(names)

    def _draw_leaf(self) -> None:
        svg.shape("rect", "hit", x=-8, y=-GAP - 4, width=GAP + 16, height=GAP + 26)
        svg.shape("rect", "doorway", x=0, y=-4, width=GAP, height=8)
        svg.shape("path", "swing", d=f"M {GAP} 0 A {GAP} {GAP} 0 0 0 0 {-GAP}")
        svg.shape("rect", "post", x=-4, y=-6, width=4, height=12)
        svg.shape("rect", "post", x=GAP, y=-6, width=4, height=12)
        svg.shape("rect", "leaf", x=0, y=-3, width=GAP - 1, height=6, rx=2)
        svg.shape("rect", "bolt", x=GAP - 8, y=-3.5, width=14, height=7, rx=3)

    def _draw_words(self, names: Names) -> None:
        way = self.way
        side = way.angle == 90
        x, y, anchor = (way.x - 14, way.y + 14, "end") if side else (way.x - 14, way.y + 22, "start")
        note = [f"from {names.of('areas', way.note)}"] if way.note not in ("", NO_AREA) else []
        for part in _two_lines(self.label) + note:
            svg.words(part, "door-name", x=x, y=y, text_anchor=anchor)
            y += 15
        self.state = svg.words("", "door-state", x=x, y=y, text_anchor=anchor)

    def update(self, view: View) -> None:
        """Show the lock and the leaf as they are."""
        door = view.doors[self.door]
        lock = "locked" if door["locked"] else "unlocked"
        self.state.set_text("open" if door["open"] else lock)
        leaf = "open" if door["open"] else "closed"
        svg.wear(self.group, f"door is-{leaf} " + ("is-locked" if door["locked"] else "is-free"))


def _two_lines(name: str) -> list[str]:
    """Break a door's name so that it fits under its doorway."""
    if len(name) <= NAME_LEN_MAX:
        return [name]
    words = name.split()
    first = words[0][:NAME_LEN_MAX]
    while len(words) > 1 and len(f"{first} {words[1]}") <= NAME_LEN_MAX:
        first += f" {words.pop(1)}"
    rest = " ".join(words[1:])
    return [first] + ([rest if len(rest) <= NAME_LEN_MAX else rest[: NAME_LEN_MAX - 1] + "…"] if rest else [])


class ReaderDrawing:
    """One reader's plate with its light; a press is a badge."""

    def __init__(self, reader: str, way: Doorway, names: Names, tap: Callable) -> None:
        self.reader, self.way, self.names = reader, way, names
        spec = names.site["readers"][reader]
        self.tag = tag(reader, way.joint.door)
        self.has_keys = spec.get("mode", "card") != "card"
        x, y = way.plates[reader]
        self.group = svg.shape("g", "reader", transform=f"translate({x:.1f} {y:.1f})", data_reader=reader)
        svg.press(self.group, lambda: tap(reader))
        is_left = way.angle == 90 and x < way.x
        with self.group:
            self._draw(is_left)
        self.light, self.turn, self.since = None, False, None

    def _draw(self, is_left: bool) -> None:
        label_x, anchor = (-6, "end") if is_left else (PLATE + 6, "start")
        wide = tag_width(self.reader, self.way.joint.door)
        svg.shape("rect", "hit", x=PLATE - wide + 3 if is_left else -5, y=-5, width=wide + 2, height=PLATE_H + 10, rx=6)
        svg.shape("rect", "plate", width=PLATE, height=PLATE_H, rx=5)
        self.lamp = svg.shape("rect", "lamp", x=5, y=5, width=PLATE - 10, height=5, rx=2.5)
        if self.has_keys:
            for key in range(6):
                svg.shape("circle", "key", cx=7 + key % 3 * 6, cy=20 + key // 3 * 7, r=1.9)
        else:
            svg.shape("path", "waves", d="M8 27 a7 7 0 0 0 0 -7 M12 29.5 a12 12 0 0 0 0 -12 M16 32 a17 17 0 0 0 0 -17")
        svg.words(self.tag, "reader-name", x=label_x, y=25, text_anchor=anchor)

    def update(self, view: View, picked: str | None) -> None:
        """Show the signal; the same signal again starts again."""
        pattern, since = view.signals[self.reader]
        if view.now_ms - since > SIGNAL_MS_MAX:
            pattern = "none"
        if (pattern, since) != (self.light, self.since):
            self.light, self.since, self.turn = pattern, since, not self.turn
        door = self.names.site["readers"][self.reader]["door"]
        dark = bool(view.boards[self.names.site["doors"][door]["controller"]].ails)
        beat = "a" if self.turn else "b"
        svg.wear(self.lamp, "lamp is-dark" if dark else f"lamp {signal_class(pattern)} beat-{beat}")
        who = f"Tap {self.names.person(picked)}'s badge at" if picked else "Reader"
        svg.mark(self.group, aria_label=f"{who} {self.reader}")


def signal_class(pattern: object) -> str:
    """Name the lamp's dress for a signal pattern."""
    return "signal-" + str(pattern or "idle").replace("_", "-").replace(".", "-")
