"""Boards that there are, and what a real board must not be without. What hangs at its terminals: see terminals.py."""

from collections.abc import Iterator

from tools.site import profiles
from tools.site.errors import Fault, key_path, shown, suggestion
from tools.site.model import Site
from tools.site.rules import terminals


def faults(site: Site, has_all_things: bool) -> Iterator[Fault]:
    """Boards that do not exist, and terminals that are none or of nothing."""
    for name, controller in site.controllers.items():
        if controller.board not in profiles.NAMES:
            yield _no_board(name, controller.board)
        if has_all_things:
            yield from terminals.faults(site, name)


def _no_board(name: str, board: str) -> Fault:
    close = suggestion(board, profiles.NAMES)
    remedy = f"Did you mean {shown(close)}?" if close else "Use " + " or ".join(map(shown, profiles.NAMES))
    return Fault(key_path(("controllers", name, "board")), f"there is no board {shown(board)}", remedy)


def unsafe(site: Site) -> Iterator[Fault]:
    """Faults on a real board that a simulated one may have: a door without a way out, a thing without a terminal."""
    for warning in no_egress(site):
        _, door, _ = warning.key.split(".")
        if _is_real(site, site.doors[door].controller):
            yield warning._replace(is_warning=False)
    for name in site.controllers:
        if _is_real(site, name):
            yield from terminals.missing(site, name)


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


def _is_real(site: Site, controller: str) -> bool:
    return controller in site.controllers and profiles.is_real(site.controllers[controller].board)
