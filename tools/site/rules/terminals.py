"""What hangs at which terminal of a controller.

A door's name stands for its lock's relay, "<door>.sensor" and "<door>.rex" for its contacts; a reader's name for its Wiegand
lines, "<reader>.led" and "<reader>.buzzer" for its light and buzzer; inputs and outputs have a terminal each. An OSDP reader
has none of its own: its `bus` names that of the line.
"""

from collections.abc import Iterator
from typing import NamedTuple

from tools.site import profiles
from tools.site.errors import Fault, key_path, shown, suggestion
from tools.site.model import Site

_KINDS = {
    "relay": "a relay",
    "input": "an input",
    "wiegand": "a Wiegand reader's two lines",
    "signal": "a light's or buzzer's output",
    "rs485": "an RS-485 line",
}


class _Thing(NamedTuple):
    """Something to connect. kind: of the terminal that it needs; of: what it is, for people."""

    name: str
    kind: str
    of: str
    is_needed: bool = True


def faults(site: Site, controller: str) -> Iterator[Fault]:
    """Terminals of things that the controller has not; on a real board also those that are none, wrong or taken."""
    things = {thing.name: thing for thing in _things(site, controller)}
    entry = site.controllers[controller]
    for name in entry.terminals:
        if name not in things:
            yield _strange(site, controller, name, things)
    if profiles.is_real(entry.board):
        yield from _namesakes(site, controller)
        yield from _unfit(controller, entry, things)
        yield from _taken(site, controller)
        yield from _lines(site, controller)
        yield from _uncounted(site, controller)


def missing(site: Site, controller: str) -> Iterator[Fault]:
    """Things of a controller that have no terminal."""
    for thing in sorted(_things(site, controller)):
        if thing.is_needed and thing.name not in site.controllers[controller].terminals:
            remedy = "Write the name printed at its terminal on the board"
            yield Fault(_key(controller, thing.name), f"this has no terminal: {thing.of}", remedy)


def _strange(site: Site, controller: str, name: str, things: dict) -> Fault:
    reader = site.readers.get(name.split(".")[0])
    if reader is not None and reader.protocol == "osdp":
        return Fault(_key(controller, name), "an OSDP reader hangs at its bus and has no other terminal", "Take this line out")
    close = suggestion(name, sorted(things))
    remedy = f"Did you mean {shown(close)}?" if close else "Name a door, reader, input or output of this controller"
    return Fault(_key(controller, name), "this controller has no such thing", remedy)


def _namesakes(site: Site, controller: str) -> Iterator[Fault]:
    """Two things of one name, of which a terminal cannot tell which it is."""
    seen = {}
    for thing in _things(site, controller):
        other = seen.setdefault(thing.name, thing)
        if other is not thing:
            message = f"this may be {other.of} or {thing.of}, and both need a terminal"
            yield Fault(_key(controller, thing.name), message, "Give one of them another name")


def _unfit(controller: str, entry, things: dict) -> Iterator[Fault]:
    """Terminals that the board has not, or that are of another kind than the thing needs."""
    known = profiles.profile(entry.board).TERMINALS
    for name, terminal in entry.terminals.items():
        if terminal not in known:
            yield Fault(_key(controller, name), f"{entry.board} has no terminal {shown(terminal)}", _remedy(terminal, known))
        elif name in things and known[terminal][0] != things[name].kind:
            wanted, found = _KINDS[things[name].kind], _KINDS[known[terminal][0]]
            fitting = [other for other in known if known[other][0] == things[name].kind]
            remedy = f"Use {_listed(fitting)}" if fitting else f"{entry.board} has none: take another board"
            yield Fault(_key(controller, name), f"{things[name].of} needs {wanted}, and {terminal} is {found}", remedy)


def _taken(site: Site, controller: str) -> Iterator[Fault]:
    taken = {}
    for name, terminal in site.controllers[controller].terminals.items():
        other = taken.setdefault(terminal, name)
        if other != name:
            yield Fault(_key(controller, name), f"{shown(other)} hangs at {terminal} already", "Give each thing its own terminal")


def _lines(site: Site, controller: str) -> Iterator[Fault]:
    """OSDP readers, whose bus is a terminal."""
    board = site.controllers[controller].board
    known = profiles.profile(board).TERMINALS
    lines = [name for name in known if known[name][0] == "rs485"]
    for name, reader in site.readers.items():
        is_here = reader.door in site.doors and site.doors[reader.door].controller == controller
        if is_here and reader.protocol == "osdp" and reader.bus is not None and reader.bus not in lines:
            remedy = f"Use {_listed(lines)}" if lines else "Take a Wiegand reader, or another board"
            yield Fault(key_path(("readers", name, "bus")), f"{board} has no RS-485 line {shown(reader.bus)}", remedy)


def _uncounted(site: Site, controller: str) -> Iterator[Fault]:
    """Readers that take frames of any length, beyond those whose pulses are counted: nobody would miss a pulse there."""
    board = site.controllers[controller].board
    count = profiles.counted_readers(board)
    doors = {name for name, door in site.doors.items() if door.controller == controller}
    raw = [name for name, reader in site.readers.items() if _is_raw(reader) and reader.door in doors]
    for name in sorted(raw)[count:]:
        message = f"{board} counts the pulses of {count} readers, without which a broken frame can be a card of RAW"
        yield Fault(key_path(("readers", name, "formats")), message, "Name the formats of its cards, or take an OSDP reader")


def _is_raw(reader) -> bool:
    return reader.protocol == "wiegand" and "RAW" in reader.formats


def _things(site: Site, controller: str) -> list[_Thing]:
    doors = {name: door for name, door in site.doors.items() if door.controller == controller}
    found = []
    for name, door in doors.items():
        found.append(_Thing(name, "relay", "the lock of a door"))
        found.append(_Thing(f"{name}.sensor", "input", "a door position sensor", door.sensor))
        found.append(_Thing(f"{name}.rex", "input", "a request to exit", door.rex != "none"))
    for name, reader in site.readers.items():
        if reader.door in doors and reader.protocol == "wiegand":
            found.append(_Thing(name, "wiegand", "a reader"))
            found.append(_Thing(f"{name}.led", "signal", "a reader's light", False))
            found.append(_Thing(f"{name}.buzzer", "signal", "a reader's buzzer", False))
    found += [_Thing(name, "input", "an input") for name, entry in site.inputs.items() if entry.controller == controller]
    found += [_Thing(name, "relay", "an output") for name, entry in site.outputs.items() if entry.controller == controller]
    return found


def _remedy(terminal: str, known: dict) -> str:
    close = suggestion(terminal, sorted(known))
    return f"Did you mean {shown(close)}?" if close else f"Use {_listed(sorted(known))}"


def _listed(names: list) -> str:
    return " or ".join(names) if len(names) < 3 else ", ".join(names[:-1]) + f" or {names[-1]}"


def _key(controller: str, name: str) -> str:
    return key_path(("controllers", controller, "terminals", name))
