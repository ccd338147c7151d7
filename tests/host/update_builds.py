"""Builds of the firmware: one that is on a board, and others that differ from it in a line or two, whether they work or not."""

import shutil
from pathlib import Path
from typing import NamedTuple

from tools.build import compiling, manifest, rom
from tools.build.joining.joining import JOINED
from tools.build.tree import Tree


class Edit(NamedTuple):
    """path: below the root; line: a part of the first such line there; old, new: what it becomes as it is compiled, where names are short."""

    path: str
    line: str
    old: str
    new: str


GOOD = Edit("firmware/start.py", '"start.py: start"', "start.py: start", "start.py: begin")
# No heap has room for a configuration or a release beside the doors. Which heaps have none: tests/host/test_shared_heap.py.
SHORT = (
    Edit("firmware/config/__init__.py", "_ROOM_BYTES = const(28_000)", "28_000", "1 << 30"),
    Edit("firmware/config/__init__.py", "_RELEASE_ROOM_BYTES = const(36_000)", "36_000", "1 << 30"),
)
# The link's thread is never started.
SILENT = Edit("firmware/app.py", "now_ms >= self._relink_ms:", " >= ", " < ")
# It cannot even be loaded.
CRASHES = Edit("firmware/start.py", "from firmware.restarts import", "from firmware.joined", "from firmware.absent")
# The first event is one too many.
RAISES = Edit("firmware/app.py", "assert len(self._pending) < PENDING_MAX", " < ", " > ")
# Before the firmware has a watchdog, and after 900 turns of the door loop, each of which feeds it.
HANGS_EARLY = Edit("firmware/start.py", '"""Run the controller to its end.', '"""Run the controller to its end.', 'while True: pass  # """')
HANGS = (
    Edit("firmware/wiring.py", '"""The door loop goes on: look', '"""', 'while getattr(self, "count", 0) > 900: pass  # """'),
    Edit("firmware/wiring.py", 'self._watchdog.tick("doors")', "self.", 'self.count = getattr(self, "count", 0) + 1; self.'),
)
# Half a minute after each start: when it cleans up its heap.
DIES_LATER = (
    Edit("firmware/wiring.py", "if self._world.clock.now_ms() >= self._seldom_ms", "if ", "if (now := "),
    Edit("firmware/wiring.py", "if self._world.clock.now_ms() >= self._seldom_ms", " >= ", ") > 30000 and 1 // 0 or now >= "),
)


def build(folder: Path, edits: dict[str, tuple[Edit, ...]]) -> dict[str, Path]:
    """Return {name: folder} of the firmware as it is, "old", and of others; each of these has a version of its own."""
    old = folder / "old"
    made = compiling.planned()
    compiling.write(made, old)
    for number, (name, some) in enumerate(edits.items(), 2):
        version = f"0.{number}.0"
        _build_edited(folder / name, old, made, (*some, Edit("firmware/__init__.py", "VERSION", "0.1.0", version)), version)
    return {path.name: path for path in folder.iterdir()}


def _build_edited(folder: Path, old: Path, made: Tree, edits: tuple[Edit, ...], version: str) -> None:
    shutil.copytree(old, folder)
    texts: dict[Path, list[str]] = {}
    for edit in edits:
        path, number = _place(made, edit)
        lines = texts.setdefault(path, made.texts[path].splitlines())
        assert edit.old in lines[number], (edit, lines[number])
        lines[number] = lines[number].replace(edit.old, edit.new, 1)
    for path, lines in texts.items():
        compiling.compile_text(path, "\n".join(lines) + "\n", (folder / compiling.TREE / path).with_suffix(".mpy"))
    (folder / rom.FILE).write_bytes(rom.packed(folder / compiling.TREE))
    manifest.write(manifest.of(folder)._replace(version=version), folder)


def _place(made: Tree, edit: Edit) -> tuple[Path, int]:
    """Return the compiled module that a line went into, and which line it is there."""
    path = Path(edit.path)
    number = next(number for number, line in enumerate((compiling.ROOT / path).read_text().splitlines()) if edit.line in line)
    joined = {place: first for first, place in made.lines}
    if edit.path not in joined:
        return path, number
    return Path(*JOINED.split(".")).with_suffix(".py"), joined[edit.path] - 1 + number
