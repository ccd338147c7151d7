"""The build: the same sources give the same bytes, and MicroPython runs them."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.brokers import need
from tests.interpreters import MICROPYTHON, MICROPYTHON32, ROOT, find
from tools.build import compiling, manifest, rom, sizes
from tools.build.compiling import BuildError
from tools.flash import tables

pytestmark = pytest.mark.slow

_PROGRAM = "import sys; sys.path[:] = [{!r}, '.frozen']\nimport firmware.joined, firmware.wiring, firmware.start\nprint('loaded', firmware.VERSION)"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("build") / "board"
    compiling.build(out)
    return out


def test_every_module_is_there_and_nothing_else(folder):
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    planned = compiling.planned()
    modules = {f"tree/{path.with_suffix('.mpy').as_posix()}" for path in planned.texts if path not in compiling.PROGRAMS}
    assert files == modules | {"boot.py", "main.py", "rom.z", "manifest.json", "lines.json"}
    assert set(manifest.read(folder).files) == files - {"manifest.json"}
    joined = {Path(path) for _, path in planned.lines}
    assert len(joined) > 100 and joined | {*planned.texts} >= {*compiling.sources()} - {Path("firmware/const.py")}


def test_the_same_sources_give_the_same_bytes_wherever_they_lie(folder, tmp_path):
    root = tmp_path / "elsewhere"
    for path in [*compiling.sources(), *compiling.PROGRAMS, *map(Path, compiling.SCRIPTS)]:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes((ROOT / path).read_bytes())
    made = compiling.build(tmp_path / "board", root)
    assert made == manifest.read(folder)
    (root / "main.py").write_text("pass\n")
    assert compiling.build(tmp_path / "board", root) != made


_IN_PLACE = """
import deflate, io, sys, vfs
with open({!r}, "rb") as file:
    image = deflate.DeflateIO(file, deflate.ZLIB).read()
vfs.mount(vfs.VfsRom(image), "/rom")
sys.path[:] = ["/rom", ".frozen"]
import firmware.joined, firmware.wiring, firmware.start
print("loaded", firmware.VERSION, len(image), firmware.joined.__file__)
"""


@pytest.mark.parametrize("interpreter", [MICROPYTHON, MICROPYTHON32])
def test_what_micropython_unpacks_of_rom_z_it_mounts_and_runs(folder, interpreter):
    need(Path(find(interpreter) or "micropython"), interpreter)
    command = [find(interpreter), "-X", "heapsize=2m", "-c", _IN_PLACE.format(str(folder / "rom.z"))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    size = len(rom.image(folder / "tree"))
    assert f"{size} /rom/firmware/joined.mpy" in done.stdout, done.stdout + done.stderr


def test_rom_z_is_the_image_of_the_tree_and_unpacks_in_a_small_window(folder):
    image, packed = rom.image(folder / "tree"), (folder / "rom.z").read_bytes()
    assert rom.unpacked(packed) == image and image.startswith(b"\xd2\xcd\x31")
    assert packed[0] >> 4 == 12 - 8  # zlib's word for a window of 4 kB
    assert manifest.read(folder).files["rom.z"].size == len(packed) < len(image) * 0.7
    for table in tables.TABLES.values():
        assert tables.part(table, "romfs").size >= len(image) * 1.25 and tables.part(table, "vfs").size >= 4 * len(packed)


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
    assert 0 < len(rom.image(folder / "tree")) < sum(row.on_flash for row in rows.values())


def test_the_manifest_is_json_with_sizes_and_hashes(folder):
    told = json.loads((folder / "manifest.json").read_text())
    row = told["files"]["boot.py"]
    assert row["size"] == (ROOT / "boot.py").stat().st_size and len(row["sha256"]) == 64
