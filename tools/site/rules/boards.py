"""Boards and their terminals, and what a real board must not be without."""

from collections.abc import Iterator

from tools.site.errors import Fault, key_path, shown, suggestion
from tools.site.model import Site

# Profiles of real boards join this list with their files.
BOARDS = ("sim",)
_KINDS = ("doors", "readers", "inputs", "outputs")


def faults(site: Site) -> Iterator[Fault]:
    """Boards that do not exist and terminals of nothing."""
    for name, controller in site.controllers.items():
        if controller.board not in BOARDS:
            close = suggestion(controller.board, BOARDS)
            remedy = f"Did you mean {shown(close)}?" if close else "Use " + " or ".join(map(shown, BOARDS))
            yield Fault(
                key_path(("controllers", name, "board")), f"there is no board {shown(controller.board)}", remedy
            )
        if site.doors or site.inputs or site.outputs:
            yield from _strange_terminals(site, name)


def unsafe(site: Site) -> Iterator[Fault]:
    """Faults on a real board that a simulated one may have: a door without a way out, a thing without a terminal."""
    for warning in no_egress(site):
        _, door, _ = warning.key.split(".")
        if _is_real(site, site.doors[door].controller):
            yield warning._replace(is_warning=False)
    for name, controller in site.controllers.items():
        if _is_real(site, name):
            for thing in sorted(_things(site, name) - set(controller.terminals)):
                where = key_path(("controllers", name, "terminals", thing))
                yield Fault(where, "this has no terminal", "Write the name printed at its terminal on the board")


def no_egress(site: Site) -> Iterator[Fault]:
    """Doors of areas that deny, without a way out in hardware."""
    for door, area in sorted(_denying(site).items()):
        if site.doors[door].egress == "none":
            message = f"the door belongs to area {shown(area)}, which can deny, and has no way out in hardware"
            remedy = 'Fit one and write egress = "mechanical" or "break_glass"'
            yield Fault(key_path(("doors", door, "egress")), message, remedy, is_warning=True)


def _denying(site: Site) -> dict:
    """The doors of areas with deny or hard, each with such an area."""
    found = {}
    for name, area in sorted(site.areas.items(), reverse=True):
        if {area.anti_passback.entrances, area.anti_passback.exits} & {"deny", "hard"}:
            readers = [site.readers[reader] for reader in area.entrances + area.exits if reader in site.readers]
            found.update({reader.door: name for reader in readers if reader.door in site.doors})
    return found


def _strange_terminals(site: Site, name: str) -> Iterator[Fault]:
    things = _things(site, name)
    for thing in site.controllers[name].terminals:
        if thing not in things:
            close = suggestion(thing, sorted(things))
            remedy = (
                f"Did you mean {shown(close)}?" if close else "Name a door, reader, input or output of this controller"
            )
            yield Fault(
                key_path(("controllers", name, "terminals", thing)), "this controller has no such thing", remedy
            )


def _things(site: Site, name: str) -> set:
    own = {
        thing
        for kind in ("doors", "inputs", "outputs")
        for thing, entry in getattr(site, kind).items()
        if entry.controller == name
    }
    return own | {reader for reader, entry in site.readers.items() if entry.door in own and entry.door in site.doors}


def _is_real(site: Site, controller: str) -> bool:
    return controller in site.controllers and site.controllers[controller].board != "sim"
