"""What a board needs whose code lies in files, and so in the heap: the 32-bit MicroPython with a folder in the place of a ROM file system."""

import json
import subprocess
from pathlib import Path

import pytest

from tests import interpreters, roms
from tests.brokers import Mosquitto, need
from tests.host import board_process, test_board_heap, test_small_heap
from tests.host.board_console import Console
from tests.host.board_process import CARDS, Board
from tools.deploy import heap

pytestmark = pytest.mark.slow
# (people, doors, heap): a node, with 8 kB left and its people's tables in the heap, as those of files are.
BUDGETS = ((50, 2, "376k"), (100, 4, "382k"), (500, 4, "406k"), (2000, 4, "504k"))
CONTROLLER_HEAP = "400k"  # of which the fake hardware takes 13 kB
BROKER_HEAP = "452k"  # of which that and what drives it take 34 kB
WITHOUT_PSRAM_BYTES = 160_000  # what such a board has for all
SECTORS = 128
FREE_MIN = 8192


@pytest.fixture(scope="module")
def micropython():
    found = interpreters.find(interpreters.MICROPYTHON32)
    if not found:
        need(interpreters.ROOT / ".cache/micropython32/micropython", "32-bit MicroPython")
    return found


def tree(image: Path) -> Path:
    """The folder that an image was made of."""
    return image.parent / "rom"


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return tree(roms.build(tmp_path_factory.mktemp("board"), ("small_heap_board.py", "small_heap_config.py", *test_board_heap.NEEDED)))


def enough(stages: dict, last: str, people: int) -> None:
    """There is heap left, and what `make deploy` says of boards is no less than what was needed here."""
    assert stages[last]["free"] >= FREE_MIN
    assert heap.needed(people) >= stages["start"]["free"] - stages[last]["free"] + FREE_MIN
    assert WITHOUT_PSRAM_BYTES < heap.CODE_BYTES <= stages["start"]["free"] - stages["firmware"]["free"] + FREE_MIN


@pytest.mark.parametrize(("people", "doors", "heap_size"), BUDGETS)
def test_a_node_of_some_people_and_doors(micropython, files, tmp_path, people, doors, heap_size):
    test_small_heap.write_pages(tmp_path, test_small_heap.tables(bytes(16), people))
    test_small_heap.write_settings(tmp_path, 1, doors)
    test_small_heap.write_frames(tmp_path, people)
    stages = test_small_heap.stages((micropython, files), tmp_path, "held", heap_size, SECTORS)
    assert stages["people"]["count"] == people and stages["badges"]["count"] == min(people, test_small_heap.BADGES)
    enough(stages, "badges", people)


def test_a_whole_controller_on_fake_hardware(micropython, files):
    program = interpreters.ROOT / "tests/board/small_heap.py"
    command = [micropython, "-X", f"heapsize={CONTROLLER_HEAP}", program, files, str(test_board_heap.BADGES)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=test_board_heap.PATIENCE_S)
    assert done.returncode == 0, done.stdout + done.stderr
    stages = {line["stage"]: line for line in map(json.loads, done.stdout.splitlines())}
    assert stages["badges"]["count"] == stages["relay"]["count"] == test_board_heap.BADGES
    assert stages["badges"]["free"] >= FREE_MIN


@pytest.mark.broker
def test_a_whole_controller_at_a_broker(micropython, tmp_path):
    files = tree(board_process.rom(tmp_path))
    with Mosquitto(tmp_path) as broker:
        place = board_process.place(tmp_path, broker.settings)
        with Board(files, place, BROKER_HEAP) as board, Console(place, broker, board) as console:
            console.wait(lambda: console.listener.online() == ["c1"], "c1 is not online")
            console.present("outside", 3, lambda: console.let_in("outside") == ["p3"], "p3 is not let in")
            assert board.reports("end")["free"] >= FREE_MIN
            begun = board.stages()
            own_bytes = begun["start"]["free"] - begun["fakes"]["free"] + begun["code"]["free"] - begun["world"]["free"]
            assert heap.needed(CARDS) >= begun["start"]["free"] - own_bytes - begun["end"]["free"] + FREE_MIN
