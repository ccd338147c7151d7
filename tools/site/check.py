"""From a file or a dict to a Site, or to everything that is wrong with it."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from tools.site import complaints, rules, source
from tools.site.errors import Fault, SiteError
from tools.site.model import Site


def load(path: str | Path) -> Site:
    """The site of a TOML or JSON file. Raises: SiteError."""
    return parse(source.read(Path(path)), str(path))


def parse(data: dict, name: str = "site") -> Site:
    """The site of plain data; name stands before every fault. Raises: SiteError."""
    if not isinstance(data, dict):
        raise SiteError(name, [Fault("", "this is no site", "Write a table with the site's keys")])
    known = rules.Names.of(data)
    try:
        site = Site.model_validate(data)
    except ValidationError as error:
        raise SiteError(name, _all_faults(data, error, known)) from None
    found = list(rules.faults(site, known))
    _raise_errors(name, found)
    site.warnings.extend(found)
    return site


def _raise_errors(name: str, found: list[Fault]) -> None:
    errors = [fault for fault in found if not fault.is_warning]
    if errors:
        raise SiteError(name, errors)


def _all_faults(data: dict, error: ValidationError, known: rules.Names) -> list[Fault]:
    """What the schema says, then what the rules say of everything that has no such fault itself."""
    found = complaints.faults(error)
    try:
        site = Site.model_validate(_sound(data, error))
    except ValidationError:
        return found
    crossed = [fault for fault in rules.faults(site, known) if not fault.is_warning]
    return found + crossed


def _sound(data: dict, error: ValidationError) -> dict:
    """The data without the entries in which an error lies."""
    sound = {key: dict(value) if isinstance(value, Mapping) else value for key, value in data.items()}
    for found in error.errors(include_url=False, include_input=False, include_context=False):
        top, *rest = complaints.place(found["loc"])
        if rest and isinstance(sound.get(top), dict):
            sound[top].pop(rest[0], None)
        else:
            sound.pop(top, None)
    return {"site": "site", **sound}
