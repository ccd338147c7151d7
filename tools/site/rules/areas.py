"""Areas: their readers, their settings, and areas inside areas."""

from collections.abc import Iterator

from tools.site.errors import Fault, key_path, shown
from tools.site.model import Area, Site


def has_an_entrance(site: Site) -> Iterator[Fault]:
    for name, area in site.areas.items():
        if not area.entrances:
            yield _fault(name, "entrances", "an area needs at least one entrance", 'Write `entrances = ["…"]`')


def readers_have_one_direction(site: Site) -> Iterator[Fault]:
    for name, area in site.areas.items():
        for reader in sorted(set(area.entrances) & set(area.exits)):
            message = f"reader {shown(reader)} is an entrance of this area, too"
            yield _fault(name, "exits", message, "Put it into `entrances` or into `exits`, not into both")
        for key in ("entrances", "exits"):
            readers = getattr(area, key)
            for reader in sorted({reader for reader in readers if readers.count(reader) > 1}):
                yield _fault(name, key, f"reader {shown(reader)} stands here twice", "Name it once")


def nobody_is_locked_out(site: Site) -> Iterator[Fault]:
    for name, area in site.areas.items():
        mode = area.anti_passback.entrances
        has_way_back = area.exits or area.presence_timeout_s or area.reset_at
        if mode in ("deny", "hard") and not has_way_back:
            message = f'with "{mode}" at the entrances and no exits, everyone is locked out after one entry'
            yield _fault(name, "anti_passback", message, "Add `exits`, `presence_timeout_s` or `reset_at`")


def moves_on_entry_needs_sensors(site: Site) -> Iterator[Fault]:
    for name, area in site.areas.items():
        for door in _doors(site, area) if area.moves_on == "entry" else ():
            if not site.doors[door].sensor:
                message = f'"entry" needs a sensor at every door of the area, and door {shown(door)} has none'
                yield _fault(
                    name, "moves_on", message, f'Write sensor = true at door {shown(door)}, or moves_on = "grant"'
                )


def capacity_can_be_counted(site: Site) -> Iterator[Fault]:
    for name, area in site.areas.items():
        if area.capacity and area.presence_timeout_s:
            message = "people whose presence times out cannot be counted"
            yield _fault(name, "capacity", message, "Leave out `capacity` or `presence_timeout_s`")
        if area.capacity and area.minimum and area.capacity < area.minimum:
            message = f"a capacity of {area.capacity} is below the minimum of {area.minimum}"
            yield _fault(name, "capacity", message, "Raise `capacity` or lower `minimum`")


def _doors(site: Site, area: Area) -> list:
    readers = [site.readers[name] for name in area.entrances + area.exits if name in site.readers]
    return sorted({reader.door for reader in readers if reader.door in site.doors})


def _fault(area: str, key: str, message: str, remedy: str) -> Fault:
    return Fault(key_path(("areas", area, key)), message, remedy)


RULES = (
    has_an_entrance,
    readers_have_one_direction,
    nobody_is_locked_out,
    moves_on_entry_needs_sensors,
    capacity_can_be_counted,
)
