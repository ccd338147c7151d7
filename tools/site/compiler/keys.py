"""The secrets of a site: its event key, one secret for each operator, and one for the configurations of its boards.

They lie beside the site file as <site>.keys, readable by its owner only, and belong into no version control. Boards get
none but the event key: only the keys that come of the others and their own name.
"""

import json
import secrets
import stat
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from firmware.config import KEY_NAME
from firmware.wire.part_pages import record_pages
from firmware.wire.seal import KEY_BYTES, hmac, key_for
from tools.site.compiler import disk
from tools.site.errors import Fault, SiteError, shown
from tools.site.model import Site

_RECORD_BYTES = 24 + KEY_BYTES
_RESTORE = "Restore it from your backup, or draw new keys for every board and operator with --new-keys"
_DRAWN_AT = "Restore it from your backup. A site that was never compiled gets it by: python -m tools.site compile FILE --out DIR --new-site"
_Secret = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class Keys(BaseModel):
    """What the file holds, in hex."""

    model_config = ConfigDict(extra="forbid", strict=True)

    site: str
    event_key: _Secret
    operators: dict[str, _Secret]
    configurations: _Secret | None = None
    """None of a file that is older than this, or of one for somebody who may not change anything."""

    def table(self, controller: str) -> list:
        """Return the pages of what one controller gets: firmware.wire.seal says how they look."""
        records = [bytes(24) + bytes.fromhex(self.event_key)]
        for name in sorted(self.operators):
            records.append(_name(name) + self.key_for(name, controller))
        if self.configurations:
            records.append(_name(KEY_NAME) + self.configuration_key(controller))
        return record_pages(records, _RECORD_BYTES)

    def key_for(self, operator: str, controller: str) -> bytes:
        """Return the key with which an operator signs for a controller."""
        return key_for(bytes.fromhex(self.operators[operator]), controller)

    def configuration_key(self, controller: str) -> bytes:
        """Return the key with which a configuration for a controller is signed."""
        assert self.configurations, "asked for before"
        return key_for(bytes.fromhex(self.configurations), controller)


def _name(text: str) -> bytes:
    return text.encode().ljust(24, b"\0")


def beside(site_file: Path, site: Site) -> Path:
    return site_file.parent / f"{site.site}.keys"


def opened(path: Path, site: Site, is_new: bool) -> Keys:
    """The keys of a site, or new ones. Raises: SiteError, OSError."""
    if is_new:
        return Keys(site=site.site, event_key=_drawn(), operators={}, configurations=_drawn())
    if not path.exists():
        raise _refused(path, "the keys of this site are missing", _RESTORE if path.with_suffix(".ids").exists() else _DRAWN_AT)
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise _refused(path, "others than its owner may use this file", f"chmod 600 {path.name}")
    try:
        keys = Keys.model_validate_json(path.read_bytes())
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)[0]
        raise _refused(path, f"the keys are damaged: {found['msg']}", _RESTORE) from None
    if keys.site != site.site:
        raise _refused(path, f"these are the keys of site {shown(keys.site)}", _RESTORE)
    return keys


def extended(keys: Keys, site: Site) -> Keys:
    """The keys of just the operators that the site has: who comes back gets a new secret. None is missing then."""
    operators = {name: keys.operators.get(name) or _drawn() for name in sorted(site.operators)}
    return keys.model_copy(update={"operators": operators, "configurations": keys.configurations or _drawn()})


def made_up(site: Site, seed: int = 0) -> Keys:
    """Keys that are no secret: the same for every simulation of one seed."""

    def secret(name: str) -> str:
        return hmac(b"simulated", f"{seed}:{site.site}:{name}".encode()).hex()

    operators = {name: secret(name) for name in sorted(site.operators)}
    return Keys(site=site.site, event_key=secret(""), operators=operators, configurations=secret(KEY_NAME))


def write(path: Path, keys: Keys) -> None:
    """Replace the file as a whole. Raises: OSError."""
    disk.replace(path, json.dumps(keys.model_dump(), indent=1, sort_keys=True) + "\n", 0o600)


def _drawn() -> str:
    return secrets.token_hex(KEY_BYTES)


def _refused(path: Path, message: str, remedy: str) -> SiteError:
    return SiteError(str(path), [Fault("", message, remedy)])
