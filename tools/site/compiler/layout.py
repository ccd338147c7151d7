"""Who owns what: doors, readers and areas of controllers."""

from collections.abc import Iterable

from tools.site.model import Site
from tools.site.rules.inside import around


def owned(section: dict, controller: str) -> list:
    """The doors, inputs or outputs of a controller."""
    return sorted(name for name, entry in section.items() if entry.controller == controller)


def readers_at(site: Site, doors: Iterable[str]) -> list:
    doors = set(doors)
    return sorted(name for name, reader in site.readers.items() if reader.door in doors)


def readers_of(site: Site, areas: Iterable[str]) -> list:
    """Every reader of some areas."""
    return sorted({reader for area in areas for reader in site.areas[area].entrances + site.areas[area].exits})


def areas_of(site: Site, controller: str) -> list:
    """The areas of a controller's readers and all areas around them."""
    readers = set(readers_at(site, owned(site.doors, controller)))
    own = {name for name in site.areas if readers & set(readers_of(site, [name]))}
    return sorted(own.union(*(around(site, name) for name in own)))


def controllers_of(site: Site, readers: Iterable[str]) -> list:
    """The controllers that own some readers."""
    return sorted({site.doors[site.readers[reader].door].controller for reader in readers})
