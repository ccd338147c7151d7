"""Doors, readers and controllers: how each is now."""

from tools.console.picture.shown import Controller, Door
from tools.console.web import words
from tools.console.web.frame import Frame
from tools.console.web.look import View
from tools.web import parts


class Doors:
    def __init__(self, frame: Frame):
        self._frame, self._shown = frame, None
        with parts.panel("Doors", "doors"):
            self._doors = parts.box("div", "rows")
        with parts.panel("Controllers", "controllers"):
            self._controllers = parts.box("div", "rows")

    def update(self, view: View) -> None:
        told = ([self._door(door, view) for door in view.doors], [self._controller(each) for each in view.controllers])
        if told != self._shown:
            self._shown = told
            for box, titles, rows in ((self._doors, ("Door", "Lock", "Leaf", "Since"), told[0]),
                                      (self._controllers, ("Controller", "State", "Clock", "Events"), told[1])):  # fmt: skip
                box.clear()
                with box:
                    parts.columns(*titles)
                    for row in rows:
                        with parts.box("div", "line"):
                            parts.line("span", row[0], "name")
                            for title, cell in zip(titles[1:], row[1:], strict=True):
                                parts.line("span", cell).props["data-title"] = title.lower()

    def _door(self, door: Door, view: View) -> tuple:
        lock = "unknown" if door.is_locked is None else "locked" if door.is_locked else f"unlocked ({door.why})"
        leaf = door.alarm or ("open" if door.is_open else "closed" if door.is_open is not None else self._unknown(door))
        troubles = [f"{each.label} {each.trouble}" for each in view.readers if each.door == door.name and each.trouble]
        locked_down = ["locked down"] if door.is_locked_down else []
        return (door.label, ", ".join([lock, *locked_down]), ", ".join([leaf, *troubles]), words.time_of(door.since_ms, self._frame.site))

    def _unknown(self, door: Door) -> str:
        entry = self._frame.site.doors.get(door.name)
        return "unknown" if entry and entry.sensor else "no sensor"

    def _controller(self, each: Controller) -> tuple:
        state = "retired" if each.is_retired else "offline" if not each.is_online else f"behind by {each.behind}" if each.behind else "in step"
        state += ", two boards under this name" if each.is_doubled else ""
        clock = "not set" if not each.is_clock_trusted else f"± {each.err_ms} ms" if each.err_ms is not None else "–"
        lost = f"{each.lost} lost" if each.lost else "all here"
        return (each.label, state, clock, lost)
