"""A site file as plain data: TOML or JSON, by file name.

Dates and times that TOML knows become the text that JSON has, so both formats mean the same.
Limits: 16 MiB, values nested 50 deep.
"""

import datetime
import json
import re
import tomllib
from pathlib import Path

from tools.site.errors import Fault, SiteError, shown
from tools.site.shape import DEPTH_MAX

FILE_BYTES_MAX = 16 * 1024 * 1024


def read(path: Path) -> dict:
    """The data of a site file. Raises: SiteError."""
    return parsed(path, text(path))


def text(path: Path) -> str:
    """The text of a site file, lines ended as they are. Raises: SiteError."""
    try:
        if path.is_dir():
            raise _refused(path, "is a folder", "Name the site file in it")
        _parser(path)
        return _text(path)
    except OSError as error:
        fault = Fault("", f"cannot be read: {error.strerror or error}", "Name a site file that exists and is readable")
        raise SiteError(str(path), [fault]) from None


def parsed(path: Path, text: str) -> dict:
    """The data of a site file's text. Raises: SiteError."""
    parse = _parser(path)
    try:
        data = parse(text)
    except RecursionError:
        raise _too_deep(path) from None
    except ValueError as error:
        raise _refused(path, f"is not valid {path.suffix[1:].upper()}: {_why(error)}", _where(error)) from None
    if not isinstance(data, dict):
        raise _refused(path, f"holds {shown(data)} instead of a table of keys", "Write an object")
    return _plain(path, data, 0)


def _parser(path: Path):
    parse = {".toml": _toml, ".json": _json}.get(path.suffix.lower())
    if not parse:
        raise _refused(path, "is neither .toml nor .json", "Give the file the ending of its format")
    return parse


def _text(path: Path) -> str:
    with path.open("rb") as file:
        data = file.read(FILE_BYTES_MAX + 1)
    if len(data) > FILE_BYTES_MAX:
        raise _refused(path, f"is larger than {FILE_BYTES_MAX} bytes", "Is it really a site file?")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _refused(path, f"is not UTF-8 text (line {line})", "Save it as UTF-8") from None


def _toml(text: str) -> dict:
    return tomllib.loads(text)


def _json(text: str) -> dict:
    return json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant)


def _object(pairs: list) -> dict:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {shown(twice)} stands twice in one object")
    return made


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


def _why(error: ValueError) -> str:
    return "a number has far too many digits" if "int_max_str_digits" in str(error) else str(error)


def _where(error: ValueError) -> str:
    if re.search(r"\bline \d+", str(error)):
        return "Mend that line"
    return "Mend the place named"


def _plain(path: Path, value, depth: int):
    if depth > DEPTH_MAX:
        raise _too_deep(path)
    if isinstance(value, dict):
        return {key: _plain(path, item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(path, item, depth + 1) for item in value]
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return value


def _too_deep(path: Path) -> SiteError:
    return _refused(path, f"nests values more than {DEPTH_MAX} deep", "Write it flatter")


def _refused(path: Path, message: str, remedy: str) -> SiteError:
    return SiteError(str(path), [Fault("", message, remedy)])
