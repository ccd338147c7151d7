"""Where an event is: the doors, areas, readers and controllers that it is about. Pure.

A rule that names an area means its doors, too: a forced door names no area, and is one of the area all the same.
"""

from tools.site.compiler.layout import readers_at
from tools.site.model import Site

# What the quiet time is counted for: the first of these that an event names.
_SOURCES = ("area", "reader", "door", "input", "output")


class Places:
    def __init__(self, site: Site):
        self._doors = {name: reader.door for name, reader in site.readers.items()}
        self._owners = {name: door.controller for name, door in site.doors.items()}
        areas = {name: {area for area, entry in site.areas.items() if name in entry.entrances + entry.exits} for name in site.readers}
        self._areas_of_reader = areas
        self._areas_of_door = {name: set().union(*(areas[reader] for reader in readers_at(site, [name]))) for name in site.doors}

    def of(self, event: dict) -> dict[str, set[str]]:
        """{"doors", "areas", "readers", "controllers": names}."""
        readers = _named(event, "reader")
        doors = _named(event, "door") | {self._doors[name] for name in readers if name in self._doors}
        return {"doors": doors, "areas": self._areas(event, readers, doors), "readers": readers, "controllers": self._controllers(event, doors)}

    def _areas(self, event: dict, readers: set[str], doors: set[str]) -> set[str]:
        """The areas that it names; else those of its reader; else those of its doors."""
        named = _named(event, "area") | set(event.get("judge") or ())
        for tables, names in ((self._areas_of_reader, readers), (self._areas_of_door, doors)):
            named = named or set().union(*(tables.get(name, ()) for name in names))
        return named

    def _controllers(self, event: dict, doors: set[str]) -> set[str]:
        """Whom it is about, and who owns its doors."""
        return {_about(event)} | {self._owners[name] for name in doors if name in self._owners}


def source(event: dict) -> str:
    """One word for what has happened where: "door:vault", "controller:c2", "site"."""
    for kind in _SOURCES:
        if isinstance(event.get(kind), str):
            return f"{kind}:{event[kind]}"
    if event.get("stream") == "site" and "peer" not in event:
        return "site"
    return f"controller:{_about(event)}"


def _about(event: dict) -> str:
    """The controller that it is about: of one that somebody tells about another, or of another's events, the other."""
    origin = event.get("origin")
    if isinstance(origin, list) and origin and isinstance(origin[0], str):
        return origin[0]
    return event["peer"] if isinstance(event.get("peer"), str) else event["controller"]


def _named(event: dict, kind: str) -> set[str]:
    one, several = event.get(kind), event.get(f"{kind}s")
    return {name for name in [one, *(several if isinstance(several, list) else ())] if isinstance(name, str)}
