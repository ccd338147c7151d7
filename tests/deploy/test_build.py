"""The build: the same sources give the same bytes, and MicroPython runs them."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.brokers import need
from tests.interpreters import MICROPYTHON, MICROPYTHON32, ROOT, find
from tools.build import compiling, manifest, sizes, tree
from tools.build.compiling import BuildError

_PROGRAM = "import sys; sys.path[:] = [{!r}, '.frozen']\nimport firmware.joined, firmware.wiring, firmware.start\nprint('loaded', firmware.VERSION)"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("build") / "board"
    compiling.build(out)
    return out


def test_every_module_is_there_and_nothing_else(folder):
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    planned = tree.tree(ROOT, compiling.sources())
    modules = {f"tree/{path.with_suffix('.mpy').as_posix()}" for path in planned.texts}
    assert files == modules | {"boot.py", "main.py", "manifest.json", "lines.json"}
    assert set(manifest.read(folder).files) == files - {"manifest.json"}
    joined = {Path(path) for _, path in planned.lines}
    assert len(joined) > 100 and joined | {*planned.texts} >= {*compiling.sources()} - {Path("firmware/const.py")}


def test_the_same_sources_give_the_same_bytes_wherever_they_lie(folder, tmp_path):
    root = tmp_path / "elsewhere"
    for path in [*compiling.sources(), *map(Path, compiling.SCRIPTS)]:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes((ROOT / path).read_bytes())
    made = compiling.build(tmp_path / "board", root)
    assert made == manifest.read(folder)
    (root / "main.py").write_text("pass\n")
    assert compiling.build(tmp_path / "board", root) != made


@pytest.mark.parametrize("interpreter", [MICROPYTHON, MICROPYTHON32])
def test_micropython_loads_what_was_built(folder, interpreter):
    need(Path(find(interpreter) or "micropython"), interpreter)
    command = [find(interpreter), "-X", "heapsize=1m", "-c", _PROGRAM.format(str(folder / "tree"))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert "loaded" in done.stdout, done.stdout + done.stderr


def test_a_source_that_does_not_compile_leaves_the_earlier_build(folder, tmp_path):
    root, out = tmp_path / "root", tmp_path / "board"
    (root / "firmware").mkdir(parents=True)
    for name in ("boot.py", "main.py", "firmware/a.py"):
        (root / name).write_text("x = 1\n")
    before = compiling.build(out, root)
    (root / "firmware/a.py").write_text("def broken(:\n")
    with pytest.raises(BuildError, match="firmware/a.py:1: invalid syntax"):
        compiling.build(out, root)
    assert manifest.read(out) == before and [path.name for path in out.parent.iterdir()].count("board") == 1


def test_a_file_that_was_changed_after_the_build_is_found(folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "copy")
    (copy / "tree/firmware/joined.mpy").write_bytes(b"M")
    with pytest.raises(ValueError, match="joined.mpy"):
        manifest.read(copy)


def test_sizes_add_up_and_fit_the_flash_twice(folder):
    made = manifest.read(folder)
    rows = sizes.parts(made)
    assert sum(row.bytes for row in rows.values()) == sum(file.size for file in made.below("tree").values())
    assert sizes.on_flash(0) == sizes.on_flash(4096) == 4096 and sizes.on_flash(4097) == 8192
    # MicroPython's own layout of a 4 MB flash leaves 2 MB for files; the old and the new release are there side by side.
    assert 2 * sum(row.on_flash for row in rows.values()) < 2 << 20
    assert 0 < sizes.image_bytes(folder) < sum(row.on_flash for row in rows.values())


def test_the_manifest_is_json_with_sizes_and_hashes(folder):
    told = json.loads((folder / "manifest.json").read_text())
    row = told["files"]["boot.py"]
    assert row["size"] == (ROOT / "boot.py").stat().st_size and len(row["sha256"]) == 64
