"""Images of a board's ROM file system, for the MicroPythons of a PC."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests import interpreters
from tests.deploy import joined_tree
from tools.build import compiling

PROGRAMS = ("board/rom.py", "board/in_pieces.py", "board/small_heap.py", "board/small_heap_broker.py", "small_heap.py")
FAKES = ("fakes/chip.py", "fakes/esp32.py", "fakes/machine.py")


def build(folder: Path, tests: tuple[str, ...], *libraries: Path) -> Path:
    """The firmware as boards get it, the fake hardware and some files of the tests, compiled; folders of libraries beside them."""
    tree, image = folder / "rom", folder / "rom.img"
    joined_tree.make(tree, [Path("tests", name) for name in (*FAKES, *tests)], [Path("tests", name) for name in PROGRAMS])
    for path in (tree / "tests").rglob("*.py"):
        # Under names that are there anyway: a board has nothing of these, and MicroPython's table of names costs heap.
        compiling.compile_text(path.relative_to(tree), path.read_text(), path.with_suffix(".mpy"))
        path.unlink()
    for library in libraries:
        shutil.copytree(library, tree / library.name)
    subprocess.run([sys.executable, "-m", "mpremote", "romfs", "-o", image, "build", tree], check=True, capture_output=True)
    return image


def board(folder: Path, tests: tuple[str, ...]) -> tuple[Path, Path]:
    """(32-bit MicroPython, image of a board and some files of the tests); without the first a test is skipped, or fails where it must not."""
    micropython = interpreters.find(interpreters.MICROPYTHON32)
    if not micropython:
        (pytest.fail if interpreters.is_required() else pytest.skip)("no 32-bit MicroPython: run `make setup`")
    return micropython, build(folder, tests)


def run(micropython: Path, heap: str, program: str, *args: Path | str, timeout_s: int = 600) -> subprocess.CompletedProcess:
    """Run a program of the tests in a heap. Files are given short names: where they really lie must cost it no heap."""
    with tempfile.TemporaryDirectory() as folder:
        place, words = Path(folder), []
        for path in (Path(program), Path("tests/board/rom.py")):
            shutil.copy(interpreters.ROOT / path, place / path.name)
        for number, arg in enumerate(args):
            words.append(f"{number}" if isinstance(arg, Path) else arg)
            if isinstance(arg, Path):
                (place / words[-1]).symlink_to(arg)
        command = [micropython, "-X", f"heapsize={heap}", Path(program).name, *words]
        return subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=timeout_s)
