"""Names that are used must be defined."""

from collections.abc import Iterator

from firmware.core.events import types
from tools.site.errors import Fault, key_path, shown, suggestion
from tools.site.model import Site

BUILT_IN = ("always", "never")
_FILTERS = ("doors", "areas", "readers", "controllers")
_ONE = {
    "doors": "door",
    "readers": "reader",
    "areas": "area",
    "controllers": "controller",
    "schedules": "schedule",
    "groups": "group",
    "outputs": "output",
}


class Names:
    """The names a file defines, by section; None for a section that is no table."""

    def __init__(self, sections: dict):
        self.sections = sections

    @classmethod
    def of(cls, data: dict) -> "Names":
        sections = {}
        for section in _ONE:
            table = data.get(section, {})
            sections[section] = {str(name) for name in table} if isinstance(table, dict) else None
        if sections["schedules"] is not None:
            sections["schedules"] |= set(BUILT_IN)
        return cls(sections)

    def lacks(self, section: str, name: str) -> bool:
        known = self.sections[section]
        return known is not None and name not in known


def undefined(site: Site, known: Names) -> Iterator[Fault]:
    """Every name that is used and not defined, and every event type that does not exist."""
    for section, name, *where in _uses(site):
        if known.lacks(section, name):
            yield _unknown(where, _ONE[section], name, known.sections[section], f"define [{section}.…]")
    for where, name in _event_types(site):
        if name not in types():
            yield _unknown(where, "type of event", name, types(), "use one of the vocabulary of events")
    for name in BUILT_IN:
        if name in site.schedules:
            yield Fault(f"schedules.{name}", "this schedule is built in", "Give yours another name")


def _unknown(where, kind: str, name: str, known, otherwise: str) -> Fault:
    close = suggestion(name, sorted(known))
    remedy = f"Did you mean {shown(close)}?" if close else f"Mend the name, or {otherwise}"
    return Fault(key_path(where), f"there is no {kind} {shown(name)}", remedy)


def _uses(site: Site) -> Iterator[tuple]:
    """(section, name, *where it is used)."""
    for name, door in site.doors.items():
        yield "controllers", door.controller, "doors", name, "controller"
        yield "schedules", door.unlock_schedule, "doors", name, "unlock_schedule"
        yield from _list("doors", door.interlock, "doors", name, "interlock")
    for name, reader in site.readers.items():
        yield "doors", reader.door, "readers", name, "door"
    for section in ("inputs", "outputs"):
        for name, terminal in getattr(site, section).items():
            yield "controllers", terminal.controller, section, name, "controller"
    yield from _uses_of_areas(site)
    yield from _uses_of_people(site)
    yield from _uses_of_events(site)


def _uses_of_areas(site: Site) -> Iterator[tuple]:
    for name, area in site.areas.items():
        yield from _list("readers", area.entrances, "areas", name, "entrances")
        yield from _list("readers", area.exits, "areas", name, "exits")
        yield from _list("groups", area.exempt_groups, "areas", name, "exempt_groups")
        yield "schedules", area.schedule, "areas", name, "schedule"
        if area.parent is not None:
            yield "areas", area.parent, "areas", name, "parent"


def _uses_of_people(site: Site) -> Iterator[tuple]:
    for name, group in site.groups.items():
        for index, access in enumerate(group.access):
            where = ("groups", name, "access", index)
            yield from (use for use in _list("doors", access.doors, *where, "doors") if use[1] != "*")
            yield "schedules", access.schedule, *where, "schedule"
    for name, user in site.users.items():
        yield from _list("groups", user.groups, "users", name, "groups")


def _uses_of_events(site: Site) -> Iterator[tuple]:
    for section in ("links", "alerts"):
        for index, entry in enumerate(getattr(site, section)):
            for kind in _FILTERS:
                yield from _list(kind, getattr(entry, kind) or [], section, index, kind)
    for index, link in enumerate(site.links):
        yield "outputs", link.output, "links", index, "output"
    for index, alert in enumerate(site.alerts):
        yield "schedules", alert.schedule, "alerts", index, "schedule"


def _event_types(site: Site) -> Iterator[tuple]:
    for index, link in enumerate(site.links):
        yield ("links", index, "when"), link.when
    for index, alert in enumerate(site.alerts):
        for position, name in enumerate(alert.when):
            yield ("alerts", index, "when", position), name


def _list(section: str, names: list, *where) -> Iterator[tuple]:
    for index, name in enumerate(names):
        yield section, name, *where, index
