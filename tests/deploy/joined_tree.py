"""A tree as a board gets it, together with tests: these are rewritten as modules beside the joined one are."""

import ast
import re
import shutil
from pathlib import Path

from tests.interpreters import ROOT
from tools.build import compiling, tree

_IMPORT = re.compile(r"^\s*(?:from|import) ((?:host_sim|tools|tests)[\w.]*)(?: import ([\w, ]+))?", re.M)


def make(out: Path, modules: list[Path], beside: list[Path] = ()) -> None:
    """Write the firmware, compiled, and modules of tests with all they import, in a folder. Paths: below the root.

    `beside`: programs that stay as they are, and use these modules.
    """
    needed = _with_imports(modules)
    nodes = [node for path in beside for node in ast.walk(ast.parse((ROOT / path).read_text()))]
    said = {getattr(node, "attr", getattr(node, "name", getattr(node, "arg", None))) for node in nodes} - {None}
    made = tree.tree(ROOT, [*compiling.sources(), *compiling.PROGRAMS, *needed], said=said)
    for path, text in made.texts.items():
        if path.parts[0] == "firmware":
            compiling.compile_text(path, text, (out / path).with_suffix(".mpy"))
        else:
            (out / path).parent.mkdir(parents=True, exist_ok=True)
            (out / path).write_text(text)
    for path in (ROOT / "tests").rglob("*.kept"):
        (out / path.relative_to(ROOT)).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, out / path.relative_to(ROOT))


def _with_imports(modules: list[Path]) -> list[Path]:
    """Add what modules import of ours, besides the firmware."""
    found, waiting = set(), list(modules)
    while waiting:
        path = waiting.pop()
        if path in found or not (ROOT / path).exists():
            continue
        found.add(path)
        for match in _IMPORT.finditer((ROOT / path).read_text()):
            names = [match[1]] + [f"{match[1]}.{word.split()[0]}" for word in (match[2] or "").split(",") if word.strip()]
            places = [Path(*name.split(".")) for name in names]
            waiting += [place.with_suffix(".py") for place in places] + [place / "__init__.py" for place in places]
            waiting += [parent / "__init__.py" for place in places for parent in place.parents if parent.parts]
    return sorted(found)
