"""A site file with other settings for one area, and all else in it as somebody wrote it: comments, order, spaces.

Only the text changes; whoever writes it checks it first (tools.site.check.parse of tools.site.source.parsed).
"""

import json
import re
import tomllib
from pathlib import Path

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Table

from tools.site.errors import Fault, SiteError, key_path

_LONE_LF = re.compile(r"(?<!\r)\n")
_INDENT = re.compile(r"\{\r?\n([ \t]+)")


def amended(path: Path, text: str, area: str, settings: dict) -> str:
    """Return the text of a site file with the settings of an area changed; one that is None is taken out.

    `settings`: keys and values as a site file has them. Raises: SiteError where that cannot be done without touching more.
    """
    amend = _toml if path.suffix.lower() == ".toml" else _json
    return amend(path, text, area, settings)


def _toml(path: Path, text: str, area: str, settings: dict) -> str:
    try:
        document = tomlkit.parse(text)
        _amend(document["areas"][area], settings)
        made = _ended_as(text, tomlkit.dumps(document))
        is_right = tomllib.loads(made) == _wanted(tomllib.loads(text), area, settings)
    except (TOMLKitError, ValueError, KeyError, TypeError) as error:
        raise _refused(path, area, str(error)) from None
    if not is_right:
        raise _refused(path, area, "the file is written in a way that would change more")
    return made


def _amend(table, settings: dict) -> None:
    """Set the keys of a table before the comments at its end: those tell of the table that follows."""
    body = table.value.body if isinstance(table, Table) else []
    count = next((count for count in range(len(body), 0, -1) if body[count - 1][0] is not None), 0)
    tail, body[count:] = body[count:], []
    _set(table, {key: _inline(value) if isinstance(value, dict) else value for key, value in settings.items()})
    body += tail


def _ended_as(text: str, made: str) -> str:
    """Lines that are new end as all others do."""
    return made if "\r" not in text or _LONE_LF.search(text) else _LONE_LF.sub("\r\n", made)


def _inline(value: dict):
    made = tomlkit.inline_table()
    made.update(value)
    return made


def _json(path: Path, text: str, area: str, settings: dict) -> str:
    wanted = _wanted(json.loads(text), area, settings)
    found = _INDENT.search(text)
    made = json.dumps(wanted, indent=found.group(1) if found else None, ensure_ascii=False)
    return made + text[len(text.rstrip()) :]


def _wanted(data: dict, area: str, settings: dict) -> dict:
    _set(data["areas"][area], settings)
    return data


def _set(table, settings: dict) -> None:
    for key in sorted(settings):
        if settings[key] is not None:
            table[key] = settings[key]
        elif key in table:
            del table[key]


def _refused(path: Path, area: str, message: str) -> SiteError:
    return SiteError(str(path), [Fault(key_path(("areas", area)), f"cannot be changed from here: {message}", "Change it with an editor")])
