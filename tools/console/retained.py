"""The retained states of doors and outputs, for those of which no event has told yet."""

from collections.abc import Iterable
from dataclasses import replace

from tools.backstop.heard import Heard
from tools.console.picture.shown import Door, Output
from tools.console.switchboard import Switchboard


class Retained:
    """Made before the switchboard starts. `heard`: checks what comes, and keeps the last of each."""

    def __init__(self, switchboard: Switchboard, heard: Heard):
        self._heard = heard
        for kind in ("door", "output"):
            switchboard.listen(kind, lambda event: heard.read(event[1], event[2]))

    def doors(self, doors: Iterable[Door]) -> tuple[Door, ...]:
        """What events told stays; what they did not is what the broker keeps."""
        return tuple(self._door(door) for door in doors)

    def outputs(self, outputs: Iterable[Output]) -> tuple[Output, ...]:
        return tuple(self._output(output) for output in outputs)

    def _door(self, door: Door) -> Door:
        state = self._heard.states.get(f"door/{door.name}")
        if state is None:
            return door
        lock = {"is_locked": state.locked} if door.is_locked is None else {}
        leaf = {"is_open": state.open, "alarm": state.alarm} if door.is_open is None and door.alarm is None else {}
        return replace(door, **lock, **leaf)

    def _output(self, output: Output) -> Output:
        state = self._heard.states.get(f"output/{output.name}")
        return replace(output, is_on=state.active) if state and output.is_on is None else output
