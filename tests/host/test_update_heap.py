"""A release is fetched in the heap of a board: 32-bit MicroPython, code in a ROM file system, cards in flash, four doors."""

import json
import shutil

import pytest

from firmware.config.manifest import PIECE_BYTES
from tests import roms
from tests.config.desk import RELEASE_ROOM_BYTES, ROOM_BYTES
from tests.host import test_small_heap as site
from tests.update.desk import INSTALLED, NEW, NOW_S, Shipper, content

HEAP, SECTORS, PEOPLE = "204k", 128, 500  # 9 kB of it may be for names: the tests have some, too
IMAGE_BYTES = 20_000
NEEDED = ("small_heap_board.py", "small_heap_config.py", "small_heap_release.py")
HEAP_OF_DOORS = "168k"  # of which what drives it takes 8 kB more than a board that has 160


def write_release(folder) -> None:
    """What a console serves."""
    shipper = Shipper({"rom.z": content(IMAGE_BYTES)}, rom=2 * IMAGE_BYTES, pause=True)
    (folder / "release").mkdir()
    (folder / "release/manifest").write_bytes(shipper.manifest)
    pages = {"list": shipper.list, **shipper.tables}
    for table, number in [(table, number) for table in pages for number in range(len(pages[table]))]:
        for offset in range(0, len(pages[table][number]), PIECE_BYTES):
            piece = shipper.piece({"page": [table, number], "offset": offset, "size": PIECE_BYTES})
            (folder / f"release/{table}-{number}-{offset}").write_bytes(piece)


@pytest.fixture
def place(tmp_path):
    """The folder of a board with four doors, and of a console that has a release for it."""
    write_board(tmp_path)
    return tmp_path


def write_board(folder) -> None:
    site.write_pages(folder, site.tables(bytes(16), PEOPLE))
    site.write_settings(folder, 1)
    site.write_frames(folder, PEOPLE)
    write_release(folder)
    (folder / "flash/update").mkdir(parents=True)
    (folder / "flash/installed.json").write_text(json.dumps(INSTALLED))


@pytest.fixture(scope="module")
def rom(tmp_path_factory):
    return roms.board(tmp_path_factory.mktemp("rom"), NEEDED)


@pytest.mark.slow
def test_a_release_is_staged_where_there_is_room_for_it_beside_the_doors(rom, place):
    stages = site.stages(rom, place, "release", HEAP, SECTORS)
    assert stages["staged"]["count"] > IMAGE_BYTES // PIECE_BYTES and stages["badge"]["count"] == 1
    assert json.loads((place / "flash/trial.json").read_text())["tree"] == NEW


@pytest.mark.slow
def test_in_no_more_than_doors_need_they_pause_for_it(rom, place):
    stages = site.stages(rom, place, "release", HEAP_OF_DOORS, SECTORS)
    assert stages["node"]["free"] < RELEASE_ROOM_BYTES, "else nobody has to pause"
    assert stages["staged"]["count"] == 0 and stages["badge"]["count"] == 1 and not (place / "flash/trial.json").exists()
    assert json.loads((place / "flash/paused.json").read_text())["version"] == NOW_S


@pytest.mark.slow
def test_and_for_a_configuration(rom, place):
    shutil.rmtree(place / "release")
    site.write_news(place / "release", pause=NOW_S)
    stages = site.stages(rom, place, "release", HEAP_OF_DOORS, SECTORS)
    assert stages["node"]["free"] < ROOM_BYTES and stages["staged"]["count"] == 0 and stages["badge"]["count"] == 1
    assert json.loads((place / "flash/paused.json").read_text()) == {"config": NOW_S, "for": "config"}


@pytest.mark.slow
def test_in_no_more_than_doors_need_it_proves_itself(rom, place):
    (place / "flash/tried.json").write_text(json.dumps(INSTALLED | {"before": "fw-00000000", "firmware": "0.2.0", "version": NOW_S}))
    stages = site.stages(rom, place, "prove", HEAP_OF_DOORS, SECTORS)
    assert stages["node"]["count"] and stages["node"]["free"] < RELEASE_ROOM_BYTES and stages["badge"]["count"] == 1
    assert stages["end"]["count"] < 60_000 and not (place / "flash/tried.json").exists()
