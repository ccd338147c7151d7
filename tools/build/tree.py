"""The modules that go onto a board: the joined one, those beside it, and how a line of the joined one is found again."""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from tools.build.joining.joining import JOINED, join
from tools.build.joining.source import Source

LINES = "lines.json"
# What a start loads, with all that it imports. The network's parts are loaded by every board that has one.
_ROOTS = ("firmware.wiring", "firmware.hal.mqtt_thread", "firmware.hal.net", "firmware.hal.time_server")
_PLACE = re.compile(rf'File "{re.escape(JOINED)}", line (\d+)')


class Tree(NamedTuple):
    """texts: {path of a module: its text}. lines: [(first line in the joined module, path of the module there)]."""

    texts: dict[Path, str]
    lines: list[tuple[int, str]]


def tree(root: Path, paths: Iterable[Path], roots: Iterable[str] = _ROOTS, doors: Iterable[str] = _ROOTS[:1], said: Iterable[str] = ()) -> Tree:
    """Make the tree of some modules, by their paths below the root. `doors`: joined modules that others find by their names, too; `said`: names that others
    use.

    Raises: SyntaxError, OSError.
    """
    sources = {dotted(path): Source(dotted(path), (root / path).read_text(), path) for path in paths}
    roots = [name for name in roots if name in sources]
    folders = {name for name in sources if sources[name].path.name == "__init__.py"} - {"firmware.config", "firmware.update"}
    joined = join(list(sources.values()), roots, folders, [name for name in doors if name in roots], set(said))
    texts = {sources[name].path: text for name, text in joined.others.items()}
    if roots:
        texts[Path(*JOINED.split(".")).with_suffix(".py")] = joined.text
    return Tree(texts, [(line, sources[name].path.as_posix()) for line, name in joined.lines])


def dotted(path: Path) -> str:
    """Return the name of a module."""
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def write_lines(lines: list[tuple[int, str]], folder: Path) -> None:
    (folder / LINES).write_text(json.dumps(lines) + "\n")


def read_lines(folder: Path) -> list[tuple[int, str]]:
    """Raises: OSError, ValueError."""
    return [(line, path) for line, path in json.loads((folder / LINES).read_text())]


def located(text: str, lines: list[tuple[int, str]]) -> str:
    """Return what a board printed with places in the joined module as places in the sources."""

    def place(match: re.Match) -> str:
        number = int(match[1])
        first, path = max((row for row in lines if row[0] <= number), default=(number, JOINED))
        return f'File "{path}", line {number - first + 1}'

    return _PLACE.sub(place, text)
