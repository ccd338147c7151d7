"""Names in the steps of a scenario that its site does not have."""

from difflib import get_close_matches

from host_sim.script.steps import Step

# What a key of an event pattern names. `command.refused` may name what does not exist.
_IN_EVENTS = {
    "controller": "controllers",
    "door": "doors",
    "reader": "readers",
    "area": "areas",
    "user": "users",
    "operator": "operators",
    "output": "outputs",
}
_SINGULAR = {"inputs": "input", "users": "user"} | {v: k for k, v in _IN_EVENTS.items()}


class Names:
    """Collects, for one place in the file after the other, which names are unknown."""

    def __init__(self, site):
        self.site = site
        self.faults = []

    def say(self, where: str, why: str) -> None:
        self.faults.append(f"{where}: {why}")

    def known(self, where: str, table: str, name: str | None) -> bool:
        """Check one name against a table of the site. None stands for no name given."""
        names = getattr(self.site, table)
        if name is None or name in names:
            return name is not None
        near = get_close_matches(name, names, 1)
        hint = f"; did you mean {near[0]!r}?" if near else f"; the site has {_list(names)}"
        self.say(where, f"unknown {_SINGULAR[table]} {name!r}{hint}")
        return False


def _list(names) -> str:
    shown = ", ".join(sorted(names)[:8])
    return "none" if not shown else shown + (", …" if len(names) > 8 else "")


def unknown_names(site, steps: list) -> list:
    """Faults of every step that names what the site does not have. A step that is None is skipped."""
    names = Names(site)
    for index, step in enumerate(steps):
        if step is not None:
            where = f"steps[{index}].{step.action}"
            _CHECKS[step.action](names, where, getattr(step, step.action))
    return names.faults


def _badge(names: Names, where: str, badge) -> None:
    names.known(f"{where}.reader", "readers", badge.reader)
    if badge.user and names.known(f"{where}.user", "users", badge.user):
        if not names.site.users[badge.user].cards:
            names.say(f"{where}.user", f"{badge.user!r} has no card; name the card instead")


def _wiegand(names: Names, where: str, step) -> None:
    if names.known(f"{where}.reader", "readers", step.reader):
        if names.site.readers[step.reader].protocol != "wiegand":
            names.say(f"{where}.reader", f"{step.reader!r} is no Wiegand reader and takes no raw bits")


def _keys(names: Names, where: str, step) -> None:
    names.known(f"{where}.reader", "readers", step.reader)


def _leaf(names: Names, where: str, door: str) -> None:
    names.known(where, "doors", door)


def _rex(names: Names, where: str, step) -> None:
    names.known(f"{where}.door", "doors", step.door)


def _controller(names: Names, where: str, step) -> None:
    names.known(f"{where}.controller", "controllers", step.controller)


def _input(names: Names, where: str, step) -> None:
    names.known(f"{where}.input", "inputs", step.input)


def _reader_fault(names: Names, where: str, step) -> None:
    if names.known(f"{where}.reader", "readers", step.reader):
        if names.site.readers[step.reader].protocol != "osdp":
            names.say(f"{where}.reader", f"{step.reader!r} is no OSDP reader and has no such fault")


def _network(names: Names, where: str, step) -> None:
    for name in step.named:
        names.known(f"{where}.groups", "controllers", name)


def _command(names: Names, where: str, command) -> None:
    names.known(f"{where}.operator", "operators", command.operator)
    names.known(f"{where}.controller", "controllers", command.controller)


def _expect(names: Names, where: str, expectations: list) -> None:
    for index, expectation in enumerate(expectations):
        _expectation(names, f"{where}[{index}]", expectation)


def _expectation(names: Names, where: str, expectation) -> None:
    for key in type(expectation).model_fields:
        value = getattr(expectation, key)
        if key in ("event", "no_event"):
            _pattern(names, f"{where}.{key}", value)
        elif key in _IN_EVENTS:
            names.known(f"{where}.{key}", _IN_EVENTS[key], value)
    if getattr(expectation, "controller", None):
        _holder(names, where, expectation)


def _pattern(names: Names, where: str, pattern: dict) -> None:
    if pattern.get("type") == "command.refused":
        return
    for key in sorted(_IN_EVENTS.keys() & pattern.keys()):
        if isinstance(pattern[key], str):
            names.known(f"{where}.{key}", _IN_EVENTS[key], pattern[key])


def _holder(names: Names, where: str, row) -> None:
    """A controller can only be asked about an area it has a reader of."""
    area = names.site.areas.get(row.area)
    if area is None or row.controller not in names.site.controllers:
        return
    if row.controller not in _controllers_of(names.site, area):
        names.say(f"{where}.controller", f"{row.controller!r} has no reader of {row.area!r}")


def _controllers_of(site, area) -> set:
    doors = (site.readers[reader].door for reader in [*area.entrances, *area.exits])
    return {site.doors[door].controller for door in doors}


_CHECKS = {
    "badge": _badge,
    "bits": _wiegand,
    "keys": _keys,
    "open": _leaf,
    "close": _leaf,
    "rex": _rex,
    "fire": _controller,
    "input": _input,
    "reader": _reader_fault,
    "network": _network,
    "power": _controller,
    "clock": _controller,
    "command": _command,
    "expect": _expect,
}
assert set(_CHECKS) == set(Step.model_fields) - {"at"}
