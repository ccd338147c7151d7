"""Images of a board's ROM file system, for the MicroPythons of a PC."""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.interpreters import ROOT

SIMULATORS = ("part_pages.py", "wiegand_ambiguity.py")  # no board has them
FAKES = ("fakes/chip.py", "fakes/esp32.py", "fakes/machine.py")


def build(folder: Path, tests: tuple[str, ...], *libraries: Path) -> Path:
    """The firmware, the fake hardware and some files of the tests, compiled; folders of libraries beside them."""
    tree, image = folder / "rom", folder / "rom.img"
    shutil.copytree(ROOT / "firmware", tree / "firmware", ignore=shutil.ignore_patterns("__pycache__", *SIMULATORS))
    for library in libraries:
        shutil.copytree(library, tree / library.name)
    for name in ("__init__.py", *FAKES, *tests):
        target = tree / "tests" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "tests" / name, target)
        (target.parent / "__init__.py").touch()
    subprocess.run([sys.executable, "-m", "mpremote", "romfs", "-o", image, "build", tree], check=True, capture_output=True)
    return image
