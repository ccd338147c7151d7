"""A release is fetched in the heap of a board: 32-bit MicroPython, code in a ROM file system, cards in flash, four doors."""

import json
import subprocess

import pytest

from firmware.config.manifest import PIECE_BYTES
from tests import interpreters, roms
from tests.host import test_small_heap as site
from tests.update.desk import Shipper, content

HEAP, SECTORS, PEOPLE = "176k", 128, 500  # a release takes about 22 kB of what doors leave
IMAGE_BYTES = 20_000
PATIENCE_S = 120


def write_release(folder) -> None:
    """What a console serves."""
    shipper = Shipper({"rom.z": content(IMAGE_BYTES)}, rom=2 * IMAGE_BYTES)
    (folder / "release").mkdir()
    (folder / "release/manifest").write_bytes(shipper.manifest)
    pages = {"list": shipper.list, **shipper.tables}
    for table, number in [(table, number) for table in pages for number in range(len(pages[table]))]:
        for offset in range(0, len(pages[table][number]), PIECE_BYTES):
            piece = shipper.piece({"page": [table, number], "offset": offset, "size": PIECE_BYTES})
            (folder / f"release/{table}-{number}-{offset}").write_bytes(piece)


@pytest.mark.slow
def test_a_release_is_staged_in_little_more_heap_than_doors_need(tmp_path):
    micropython = interpreters.find(interpreters.MICROPYTHON32)
    if not micropython:
        (pytest.fail if interpreters.is_required() else pytest.skip)("no 32-bit MicroPython: run `make setup`")
    site.write_pages(tmp_path, site.tables(bytes(16), PEOPLE))
    site.write_settings(tmp_path, 1)
    site.write_frames(tmp_path, PEOPLE)
    write_release(tmp_path)
    (tmp_path / "flash/update").mkdir(parents=True)
    (tmp_path / "flash/installed.json").write_text('{"tree": "fw-00000001", "own": "own-1", "board": "test"}')
    image = roms.build(tmp_path, ("small_heap_board.py", "small_heap_config.py", "small_heap_release.py"))
    command = [micropython, "-X", f"heapsize={HEAP}", interpreters.ROOT / "tests/small_heap.py", image, tmp_path, "release", str(SECTORS)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S)
    assert done.returncode == 0, done.stdout + done.stderr
    stages = {line["stage"]: line for line in map(json.loads, done.stdout.splitlines())}
    print(stages)
    assert stages["staged"]["count"] > IMAGE_BYTES // PIECE_BYTES and stages["badge"]["count"] == 1
    assert json.loads((tmp_path / "flash/trial.json").read_text())["tree"] == "fw-00000002"
