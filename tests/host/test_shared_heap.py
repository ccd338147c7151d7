"""Whatever a board takes beside its doors, these go on: a node in heaps of many sizes, its doors in use while something comes."""

import json

import pytest

from tests import roms
from tests.config.desk import RELEASE_ROOM_BYTES, ROOM_BYTES
from tests.host import test_small_heap as site
from tests.host.test_update_heap import write_board
from tests.update.desk import NOW_S

pytestmark = pytest.mark.slow

NEEDED = ("small_heap_board.py", "small_heap_config.py", "small_heap_release.py", "small_heap_shared.py")
SECTORS = 128
# In kB, of which what drives it, and another part of MicroPython's table of names for that, take about 25: from little more than
# doors alone need to what is enough for a release.
HEAPS = (190, 197, 204, 213)
# (what comes, messages between two uses of the doors, what it takes, pieces at least)
KINDS = (("news", 3, ROOM_BYTES, 40), ("release", 8, RELEASE_ROOM_BYTES, 100))


@pytest.fixture
def place(tmp_path):
    """The folder of a board with four doors, and of a console that has a configuration and a release for it."""
    write_board(tmp_path)
    site.write_news(tmp_path / "news")
    return tmp_path


@pytest.fixture(scope="module")
def rom(tmp_path_factory):
    return roms.board(tmp_path_factory.mktemp("rom"), NEEDED)


@pytest.mark.parametrize("heap", HEAPS)
@pytest.mark.parametrize(("kind", "each", "room_bytes", "pieces"), KINDS)
def test_what_is_taken_gets_through_and_what_is_not_is_told_with_numbers(rom, place, kind, each, room_bytes, pieces, heap):
    stages = site.stages(rom, place, f"shared:{kind}:{each}", f"{heap}k", SECTORS)
    free_bytes, told = stages["node"]["free"], stages["told"]
    assert abs(free_bytes - room_bytes) > 1500, "too near to the floor to say what is right"
    if free_bytes > room_bytes:
        assert stages["done"]["count"] > pieces and told["refused"] is None and "pause" not in told["status"]
        return
    assert stages["done"]["count"] == 0
    if kind == "release":  # which may have doors pause
        assert json.loads((place / "flash/paused.json").read_text())["version"] == NOW_S
    else:
        version, reason = told["refused"]
        assert version == 2 and reason.startswith(f"not enough memory: it takes {room_bytes // 1000} kB of heap, and ")
