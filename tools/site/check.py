"""From a file or a dict to a Site, or to everything that is wrong with it."""

import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import ValidationError

from tools.site import complaints, rules, shape, source
from tools.site.errors import FAULTS_MAX, Fault, SiteError
from tools.site.model import Site

_CONNECTED = ("doors", "readers", "inputs", "outputs")


def load(path: str | Path) -> Site:
    """The site of a TOML or JSON file. Raises: SiteError."""
    return parse(source.read(Path(path)), str(path))


def parse(data: dict, name: str = "site") -> Site:
    """The site of plain data; name stands before every fault. Raises: SiteError."""
    if not isinstance(data, dict):
        raise SiteError(name, [Fault("", "this is no site", "Write a table with the site's keys")])
    shapeless = _first(shape.faults(data))
    if shapeless:
        raise SiteError(name, shapeless)
    try:
        site = Site.model_validate(data)
    except ValidationError as error:
        raise SiteError(name, _all_faults(data, error)) from None
    found = [*_first(rules.undefined(site, rules.Names.of(data))), *rules.faults(site)]
    if not all(fault.is_warning for fault in found):
        raise SiteError(name, _errors(found))
    site.warnings.extend(found)
    return site


def _first(found: Iterator[Fault]) -> list[Fault]:
    """As many as anybody reads; one more, so that it shows that there are more."""
    return list(itertools.islice(found, FAULTS_MAX + 1))


def _errors(found: Iterable[Fault]) -> list[Fault]:
    return [fault for fault in found if not fault.is_warning]


def _all_faults(data: dict, error: ValidationError) -> list[Fault]:
    """What the schema says, then what the rules say of everything that has no such fault itself."""
    found = complaints.faults(error)
    # Names are looked up in broken entries, too; other rules would complain of what the repair will bring.
    named = _sound(data, error, depth=3)
    whole = _sound(data, error, depth=2)
    found += _first(rules.undefined(named, rules.Names.of(data))) if named else []
    found += _errors(rules.faults(whole, _has_all_things(whole, data))) if whole else []
    return found


def _has_all_things(site: Site, data: dict) -> bool:
    """Say whether no entry was left out that may hang at a terminal."""
    tables = [(data.get(section, {}), getattr(site, section)) for section in _CONNECTED]
    return all(isinstance(table, dict) and set(table) == set(found) for table, found in tables)


def _sound(data: dict, error: ValidationError, depth: int) -> Site | None:
    """The site without its errors: without the keys that are wrong (depth 3), then without whole entries (2, 1)."""
    while depth:
        data = _without(data, error, depth)
        try:
            return Site.model_validate(data)
        except ValidationError as left:
            error, depth = left, depth - 1
    return None


def _without(data: dict, error: ValidationError, depth: int) -> dict:
    """The data without the places of errors, as many keys deep at most."""
    sound = _copied(data, depth)
    for found in error.errors(include_url=False, include_input=False):
        table = sound
        *path, last = complaints.place(found)[:depth]
        for part in path:
            deeper = table.get(part)
            if not isinstance(deeper, dict):
                last = part
                break
            table = deeper
        table.pop(last, None)
    return {"site": "site", **sound}


def _copied(value, depth: int):
    if depth and isinstance(value, dict):
        return {key: _copied(item, depth - 1) for key, item in value.items()}
    return value
