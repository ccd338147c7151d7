"""Who may connect to the broker, and what each may publish and read there. Topics are named one by one, none by pattern.

The lists guard the boards of one site from one another. Against everybody else there are the MACs of the messages.
"""

from collections.abc import Iterator
from typing import NamedTuple

from tools.site.compiler.layout import areas_of, controllers_of, owned, readers_of
from tools.site.errors import Fault, SiteError, key_path, shown
from tools.site.model import Site

VIEWER = "viewer"
# Home Assistant's own topics, shared by all that announces itself there.
DISCOVERY = "homeassistant/#"


class Identity(NamedTuple):
    """A name the broker knows. kind: controller, console or viewer; writes, reads: topic filters."""

    name: str
    kind: str
    writes: list[str]
    reads: list[str]


def identities(site: Site, name: str = "site") -> list[Identity]:
    """Controllers, consoles and the viewer of a site; name stands before every fault. Raises: SiteError."""
    faults = list(_faults(site))
    if faults:
        raise SiteError(name, faults)
    found = [_controller(site, controller) for controller in sorted(site.controllers)]
    found += [_console(site, console) for console in sorted(set(site.consoles))]
    return [*found, _viewer(site)]


def _faults(site: Site) -> Iterator[Fault]:
    for name in site.controllers:
        if name == VIEWER:
            yield _taken(("controllers", name), name)
    for index, name in enumerate(site.consoles):
        if name == VIEWER:
            yield _taken(("consoles", index), name)
        elif name in site.controllers:
            message = f"console {shown(name)} has the name of a controller, and the broker could not tell them apart"
            yield Fault(key_path(("consoles", index)), message, "Give the console another name")


def _taken(where: tuple, name: str) -> Fault:
    return Fault(key_path(where), f"{shown(name)} is the broker's name for those who only look", "Use another name")


def _controller(site: Site, name: str) -> Identity:
    doors, outputs, asked = owned(site.doors, name), owned(site.outputs, name), areas_of(site, name)
    own = [area for area in asked if name in controllers_of(site, readers_of(site, [area]))]
    writes = [*_each(("log", "have", "want", "status", "echo"), name), *(f"ask/{area}" for area in asked)]
    writes += [*(f"door/{door}" for door in doors), *(f"output/{output}" for output in outputs)]
    writes += [*(f"area/{area}" for area in own), "reply/+"]
    reads = ["log/+", "have/+", "want/+", "status/+", *(f"ask/{area}" for area in asked)]
    reads += _each(("command", "config", "echo"), name)
    # Whoever publishes the state of a door, an output or an area announces it, too.
    shown_at_home = [DISCOVERY] if site.home_assistant and (doors or outputs) else []
    return Identity(name, "controller", _rooted(site, writes) + shown_at_home, _rooted(site, reads))


def _console(site: Site, name: str) -> Identity:
    # config: manifests, and the pages that they name, in pieces.
    writes = [*_each(("log", "have", "want", "status"), name), "command/+", "config/+"]
    reads = ["log/+", "have/+", "want/+", "status/+", "reply/+", "config/+", "door/+", "output/+", "area/+"]
    return Identity(name, "console", _rooted(site, writes), _rooted(site, reads))


def _viewer(site: Site) -> Identity:
    reads = _rooted(site, ["door/+", "output/+", "area/+", "status/+"])
    return Identity(VIEWER, "viewer", [], reads + [DISCOVERY] * site.home_assistant)


def _each(kinds: tuple, name: str) -> list:
    return [f"{kind}/{name}" for kind in kinds]


def _rooted(site: Site, topics: list) -> list:
    return [f"backstop/v1/{site.site}/{topic}" for topic in topics]
