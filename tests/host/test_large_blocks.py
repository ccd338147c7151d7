"""Once a board has started, nothing asks for more than 4 kB in one piece: 32-bit MicroPython, its heap in pieces of that size."""

import json
import re
import struct
import subprocess

import pytest

from firmware.wire.part_pages import settings_pages
from tests import interpreters, roms
from tests.brokers import need
from tests.host import heap_map, test_small_heap
from tests.sim.crowded_hour import SECTORS, Hour
from tests.sim.taping import Taping

pytestmark = pytest.mark.slow
PROGRAM = interpreters.ROOT / "tests/board/in_pieces.py"
MODULES = ("app/fakes.py", "board/controller.py", "board/pieces_lives.py", "board/tape_player.py", "board/terminals.py", "core/parts.py",
           "small_heap_config.py", "update/desk.py")  # fmt: skip
HEAP = "600k"  # plenty: only the length of a piece can be too little
PIECE_BYTES = 4096
PEOPLE = 2000
PATIENCE_S = 600
NAMES = """
import micropython, sys
sys.path[:] = ["{tree}", ".frozen"]
import firmware.joined, firmware.wiring, firmware.start
micropython.qstr_info()
from firmware.config import configuring, news, office
from firmware.hal import handshake
from firmware.replica import finding, long_json, sound
from firmware.update import mail, pausing, store, trial, updating
micropython.qstr_info()
"""


@pytest.fixture(scope="module")
def rom(tmp_path_factory):
    return roms.build(tmp_path_factory.mktemp("board"), MODULES)


@pytest.fixture(scope="module")
def hour():
    """(world, {board: its tape})."""
    with Taping(["c1", "c2"]) as tapes:
        made = Hour()
        made.live()
    return made.world, tapes


def write_pages(folder, people: int):
    """A folder of a site's pages."""
    test_small_heap.write_pages(folder, test_small_heap.tables(bytes(16), people))
    test_small_heap.write_settings(folder, 1)
    test_small_heap.write_frames(folder, people)
    return folder


def printed(rom, *words) -> str:
    """What a life prints."""
    return run(PROGRAM, rom, *words)


def run(*words) -> str:
    micropython = interpreters.find(interpreters.MICROPYTHON32)
    if not micropython:
        need(interpreters.ROOT / ".cache/micropython32/micropython", "32-bit MicroPython")
    command = [micropython, "-X", f"heapsize={HEAP}", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    return done.stdout


def told(rom, *words) -> dict:
    """What is to be looked at after a life in pieces."""
    found = json.loads(printed(rom, *words).splitlines()[-1])
    print(found)
    assert PIECE_BYTES <= found["longest"] <= PIECE_BYTES + 4 * heap_map.BLOCK_BYTES, "the heap was not in pieces of this size"
    return found


def write_tape(folder, board, tape) -> None:
    """The pages of its part, one file each, and the calls it got."""
    pages = {table: [bytes(page) for page in board.part.tables[table]] for table in board.part.tables}
    for table, rows in (pages | {"settings": list(settings_pages(board.part.settings))}).items():
        for number, page in enumerate(rows):
            (folder / f"{table}-{number:04}").write_bytes(page)
    lines = [line.encode() for line in tape.lines]
    (folder / "tape").write_bytes(b"".join(struct.pack("<I", len(line)) + line for line in lines))


@pytest.mark.parametrize("name", ["c1", "c2"])
def test_people_commands_splits_and_tables_that_are_given_and_taken(rom, hour, tmp_path, name):
    """c2 sees all of it and gives its table; c1 is the new board that takes it."""
    world, tapes = hour
    write_tape(tmp_path, world.boards[name], tapes[name])
    found, node = told(rom, "tape", tmp_path, str(SECTORS)), world.boards[name].node
    assert found["digests"] == {area: node.controller.presence.digest(area) for area in node.controller.presence.rules}
    assert [tuple(row) for row in found["vector"]] == [tuple(row) for row in node.log.vector()]
    assert found["is_partial"] is (name == "c1") and found["cuts"] and min(found["counts"].values()) > 0


def test_a_new_configuration_that_comes_and_is_begun_with(rom, tmp_path):
    write_pages(tmp_path, test_small_heap.PEOPLE_OF_CHANGE)
    test_small_heap.write_news(tmp_path / "news")
    found = told(rom, "takes", tmp_path)
    assert found["count"] > 10 and found["version"] == 2 and found["granted"] == 1 and found["faults"] == {}


def test_a_new_release_that_comes(rom, tmp_path):
    found = told(rom, "fetches", tmp_path)
    assert found["staged"] and found["asked"] > 10 and found["refusals"] == []


def test_a_controller_on_its_pins_that_begins_anew(rom):
    found = told(rom, "controller")["types"]
    assert {"access.granted", "access.entered", "door.opened", "rex.pressed"} <= set(found), found


def test_an_area_of_which_nothing_is_known(rom, tmp_path):
    assert told(rom, "forgets", write_pages(tmp_path, PEOPLE))["unknown"] == PEOPLE


def test_what_is_longer_is_there_before_a_node_is_made_and_none_comes_with_it(rom, tmp_path):
    """Two: the names of what the joined module has, and the newest part of MicroPython's own table of names."""
    before, after = printed(rom, "lists", write_pages(tmp_path, PEOPLE)).split("NODE\n")
    long = heap_map.runs(before, PIECE_BYTES)
    print(long)
    assert 0 < len(long) <= 2 and heap_map.runs(after, PIECE_BYTES) == long


def test_the_table_of_names_has_room_for_what_is_loaded_later(rom):
    """When it is full, MicroPython makes a part that is twice as long as the one before: nearly 9 kB in one piece."""
    parts = [int(count) for count in re.findall("n_pool=([0-9]+)", run("-c", NAMES.format(tree=rom.parent / "rom")))]
    assert len(parts) == 2 and parts[0] == parts[1]
