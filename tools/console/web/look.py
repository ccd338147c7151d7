"""What all open pages show, looked up at most once a second however many there are."""

import threading
import time
from dataclasses import dataclass

from tools.console.clock import unix_ms
from tools.console.history import Trouble
from tools.console.house import House
from tools.console.picture import shown

_FRESH_S = 0.8


@dataclass(frozen=True)
class View:
    """The site at a moment. `trouble`: why some of it may be old, in words, or None."""

    at_ms: int
    areas: tuple[shown.Area, ...] = ()
    violations: tuple[shown.Violation, ...] = ()
    doors: tuple[shown.Door, ...] = ()
    readers: tuple[shown.Reader, ...] = ()
    controllers: tuple[shown.Controller, ...] = ()
    emergency: shown.Emergency | None = None
    outputs: tuple[shown.Output, ...] = ()
    red: int = 0
    trouble: str | None = None


class Look:
    def __init__(self, house: House):
        self._house = house
        self._lock = threading.Lock()
        self._view, self._looked_s = View(0), 0.0

    def take(self) -> View:
        """The newest view. It asks the database: not for the thread that serves pages."""
        with self._lock:
            if time.monotonic() - self._looked_s > _FRESH_S:
                self._view = self._looked()
                self._looked_s = time.monotonic()
            return self._view

    def _looked(self) -> View:
        house, picture = self._house, self._house.picture
        try:
            return View(
                unix_ms(), tuple(picture.areas()), tuple(picture.violations()), house.retained.doors(picture.doors()), tuple(picture.readers()),
                tuple(picture.controllers()), picture.emergency(), house.retained.outputs(picture.outputs()), house.alerts.shown.red(), self._trouble(),
            )  # fmt: skip
        except Trouble as trouble:
            return View(unix_ms(), *_seen(self._view), trouble=f"The console's database cannot be used now: {trouble}")

    def _trouble(self) -> str | None:
        state = self._house.replica.state()
        if not self._house.switchboard.is_up:
            return "No connection to the broker: what is shown is the last that was heard."
        if state.trouble:
            return f"New events wait for the database: {state.trouble}"
        return self._house.file.fault and f"The site file cannot be used as it is now: {self._house.file.fault}"


def _seen(view: View) -> tuple:
    return (view.areas, view.violations, view.doors, view.readers, view.controllers, view.emergency, view.outputs, view.red)
