"""Whom a controller listens to, and the links that fire its outputs."""

import json

from firmware.core.events import stream_of
from tools.site.compiler.layout import areas_of, controllers_of, owned, readers_of
from tools.site.model import Link, Site

_FILTERS = ("doors", "areas", "readers", "controllers")
# What an event of this kind names instead of an area: its filter by areas becomes one by these.
_OF_READERS = ("access.", "reader.", "keypad.")
_OF_DOORS = ("door.", "rex.")
# A link is one line of a part's settings, with room for all four filters.
_LINK_BYTES = 2000


def follows(site: Site, controller: str) -> dict:
    """The other controllers whose facts, notes and site events this one needs."""
    sources = {"facts": set(controllers_of(site, readers_of(site, areas_of(site, controller)))), "notes": set()}
    for link in site.links:
        if site.outputs[link.output].controller == controller and stream_of(link.when) in sources:
            sources[stream_of(link.when)] |= _sources(site, link)
    found = {stream: sorted(names - {controller}) for stream, names in sources.items()}
    return found | {"site": sorted(set(site.controllers) - {controller})}


def links_of(site: Site, controller: str) -> list:
    """The links to a controller's outputs, each small enough for a line."""
    own = owned(site.outputs, controller)
    return [piece for link in site.links if link.output in own for piece in _pieces(_settings(site, link))]


def _sources(site: Site, link: Link) -> set:
    """The controllers whose events can pass the filters of a link."""
    found = set(site.controllers)
    if link.controllers is not None:
        found &= set(link.controllers)
    if link.doors is not None:
        found &= {site.doors[door].controller for door in link.doors}
    if link.readers is not None:
        found &= set(controllers_of(site, link.readers))
    if link.areas is not None:
        found &= set(controllers_of(site, readers_of(site, link.areas)))
    return found


def _settings(site: Site, link: Link) -> dict:
    filters = {kind: _sorted(getattr(link, kind)) for kind in _FILTERS}
    if link.areas is not None:
        _say_without_areas(site, link, filters)
    rest = {"when": link.when, "output": link.output, "action": link.action, "for_s": link.for_s}
    return filters | rest


def _say_without_areas(site: Site, link: Link, filters: dict) -> None:
    """Name the doors or readers of the areas where the event names no area, and a board may not know who is where."""
    readers = set(readers_of(site, link.areas))
    if link.when.startswith(_OF_READERS):
        filters |= {"areas": None, "readers": _both(filters["readers"], readers)}
    elif link.when.startswith(_OF_DOORS):
        doors = {site.readers[reader].door for reader in readers}
        filters |= {"areas": None, "doors": _both(filters["doors"], doors)}


def _both(given: list | None, names: set) -> list:
    return sorted(names if given is None else names & set(given))


def _sorted(names: list | None) -> list | None:
    return None if names is None else sorted(set(names))


def _pieces(link: dict) -> list:
    """The link, or several with shorter filters that mean the same."""
    if len(json.dumps(link)) <= _LINK_BYTES:
        return [link]
    longest = max(_FILTERS, key=lambda kind: len(link[kind] or ()))
    names = link[longest]
    halves = names[: len(names) // 2], names[len(names) // 2 :]
    return [piece for half in halves for piece in _pieces(link | {longest: half})]
