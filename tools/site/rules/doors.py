"""Doors: what needs a sensor, and interlocks."""

from collections.abc import Iterator

from tools.site.errors import Fault, key_path, shown
from tools.site.model import Site
from tools.site.rules.boards import no_egress


def relock_needs_sensor(site: Site) -> Iterator[Fault]:
    for name, door in site.doors.items():
        if door.relock_on != "timer" and not door.sensor:
            message = f"{shown(door.relock_on)} needs a sensor, and this door has none"
            yield Fault(key_path(("doors", name, "relock_on")), message, 'Write sensor = true, or relock_on = "timer"')


def interlock_stays_on_one_controller(site: Site) -> Iterator[Fault]:
    for name, door in site.doors.items():
        for index, other in enumerate(door.interlock):
            key = key_path(("doors", name, "interlock", index))
            if other == name:
                yield Fault(key, "a door cannot be interlocked with itself", "Name the other door")
            elif other in site.doors and site.doors[other].controller != door.controller:
                message = f"door {shown(other)} belongs to controller {shown(site.doors[other].controller)}"
                yield Fault(key, message, f"Interlock only doors of {shown(door.controller)}")


RULES = (relock_needs_sensor, interlock_stays_on_one_controller, no_egress)
