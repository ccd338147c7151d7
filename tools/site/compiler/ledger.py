"""The ledger of a site: every number ever given to a person, an area, a reader or a controller, and the salt.

It lies beside the site file as <site>.ids and belongs under version control with it. A name keeps its number for
good, also after it has left the site file, so that nobody inherits the presence of somebody else.
"""

import json
import secrets
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tools.site.compiler import disk
from tools.site.compiler.numbers import KINDS, Numbers
from tools.site.errors import Fault, SiteError, shown
from tools.site.model import Site

NUMBER_MAX = 65534
_RESTORE = "Restore it from your backup or version control"


class Ledger(BaseModel):
    """What the file holds. digest: of the last parts, so that version rises only when something changed."""

    model_config = ConfigDict(extra="forbid", strict=True)

    site: str
    salt: Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
    version: Annotated[int, Field(ge=0, lt=2**31)] = 0
    digest: str = ""
    numbers: dict[str, dict[str, Annotated[int, Field(ge=0, le=NUMBER_MAX)]]]


def beside(site_file: Path, site: Site) -> Path:
    return site_file.parent / f"{site.site}.ids"


def opened(path: Path, site: Site, is_new: bool) -> Ledger:
    """The ledger of a site, or an empty one where the site is new. Raises: SiteError, OSError."""
    if is_new:
        if path.exists():
            raise _refused(path, "this site has a ledger already", "Compile without --new-site")
        return Ledger(site=site.site, salt=secrets.token_hex(16), numbers={kind: {} for kind in KINDS})
    if not path.exists():
        remedy = f"{_RESTORE}; a site that never was compiled gets one by: python -m tools.site compile FILE --out DIR --new-site"
        raise _refused(path, "the ledger of numbers is missing", remedy)
    ledger = _parsed(path)
    if ledger.site != site.site:
        raise _refused(path, f"this is the ledger of site {shown(ledger.site)}", _RESTORE)
    return ledger


def extended(ledger: Ledger, site: Site, path: Path) -> Ledger:
    """The ledger with a number for every name of the site. Raises: SiteError."""
    numbers = {}
    for kind, section in KINDS.items():
        numbers[kind] = dict(ledger.numbers[kind])
        free = max(numbers[kind].values(), default=-1) + 1
        for name in sorted(set(getattr(site, section)) - set(numbers[kind])):
            numbers[kind][name] = free
            free += 1
        if free > NUMBER_MAX + 1:
            raise _refused(path, f"all {NUMBER_MAX + 1} numbers of {kind} are given", "Start a new site")
    return ledger.model_copy(update={"numbers": numbers})


def numbers(ledger: Ledger) -> Numbers:
    return Numbers(ledger.numbers, bytes.fromhex(ledger.salt), ledger.version)


def write(path: Path, ledger: Ledger) -> None:
    """Replace the file as a whole: after a power cut there is the old ledger or the new one. Raises: OSError."""
    disk.replace(path, json.dumps(ledger.model_dump(), indent=1, sort_keys=True) + "\n")


def _parsed(path: Path) -> Ledger:
    try:
        ledger = Ledger.model_validate_json(path.read_bytes())
    except ValidationError as error:
        found = error.errors(include_url=False)[0]
        raise _refused(path, f"the ledger is damaged: {found['msg']}", _RESTORE) from None
    if set(ledger.numbers) != set(KINDS):
        raise _refused(path, "the ledger is damaged: it lacks a kind of numbers", _RESTORE)
    for kind, given in ledger.numbers.items():
        if len(set(given.values())) < len(given):
            raise _refused(path, f"the ledger is damaged: two of {kind} have one number", _RESTORE)
    return ledger


def _refused(path: Path, message: str, remedy: str) -> SiteError:
    return SiteError(str(path), [Fault("", message, remedy)])
