"""The firmware in the heap of a board, on the 32-bit MicroPython: code in ROM, cards in flash, four doors, many people."""
import json
import struct

import pytest

from firmware.config.manifest import PIECE_BYTES
from firmware.core.credentials import card_key
from firmware.wire.part import Part
from firmware.wire.part_pages import settings_pages
from firmware.wire.wiegand_texts import encode_card
from tests import roms
from tests.config.desk import Console
from tests.core import parts

pytestmark = pytest.mark.slow

HEAP, SECTORS = "164k", 128  # of which what drives and pins the heap takes 10 kB
HEAP_OF_FILES = "169k"  # of which what drives and pins it takes 10 kB
BUDGETS = ((500, 1), (2000, 2), (5000, 2), (10000, 1))  # (people, areas)
HEAP_TO_CHANGE = "184k"  # in which a new configuration can be taken
PEOPLE_OF_CHANGE = 500
PAGE_BYTES = 4096
FREE_MIN = 7168
GROWTH_MAX = 2560  # half a kilobyte of it are pages for the first commands
FULL_HEAP, FULL_PEOPLE, FULL_FREE_MIN = "167k", 400, 6144  # what drives a busy board takes 1 kB more
STANDING_HEAP, STANDING, STANDING_FREE_MIN = "174k", 500, 7168  # people in violation at a time
REMEMBERED = (42, 0, 20, 148)  # commands by the table, by the log, ended violations
BADGES = 200
DOORS = 4


def tables(salt: bytes, people: int) -> dict:
    """Records of people with one card each: {table: [record, ..]}."""
    cards = [card_key(salt, f"H10301:1:{no}") + struct.pack("<HBx", no, 1) for no in range(people)]
    return {
        "people": [struct.pack("<BHIIH3x", 3, 1, 0, 0xFFFFFFFF, 0xFFFF)] * people,
        "ids": [f"person-{no}".encode().ljust(24, b"\0") for no in range(people)],
        "cards": sorted(cards),
        "keys": parts.keys("c1"),
    }


def write_pages(folder, records: dict) -> None:
    """One file per page: whole records, at most 4 kB."""
    for table, rows in records.items():
        per_page = PAGE_BYTES // len(rows[0])
        for no, start in enumerate(range(0, len(rows), per_page)):
            (folder / f"{table}-{no:04}").write_bytes(b"".join(rows[start:start + per_page]))


def write_frames(folder, people: int) -> None:
    """What a reader sends of some people's cards, one frame a line."""
    count = min(BADGES, people)
    write_cards(folder, [no * people // count for no in range(count)])


def write_cards(folder, numbers) -> None:
    (folder / "frames").write_text("".join([encode_card(f"H10301:1:{no}") + "\n" for no in numbers]))


def settings(areas: int = 1, doors: int = DOORS, **changes) -> dict:
    """Doors with two readers each into and out of one area or two."""
    names = [("hall", "lab")[number % areas] for number in range(doors)]
    made = parts.settings(group_sets=[[], ["staff"]], **changes)
    made["doors"] = {f"d{number}": parts.door([f"d{number}_in", f"d{number}_out"]) for number in range(doors)}
    made["lockable"] = dict.fromkeys(made["doors"], True)
    pairs = [(number, way) for number in range(doors) for way in ("in", "out")]
    made["readers"] = {f"d{no}_{way}": parts.reader(at, f"d{no}", {names[no]: way}) for at, (no, way) in enumerate(pairs)}
    made["reader_numbers"] = {name: reader["no"] for name, reader in made["readers"].items()}
    made["areas"] = {name: made["areas"]["hall"] | {"no": no} for no, name in enumerate(sorted(set(names)))}
    made["groups"]["staff"]["access"] = [["*", "always"]]
    return made


def write_settings(folder, areas: int, doors: int = DOORS) -> None:
    for number, page in enumerate(settings_pages(settings(areas, doors))):
        (folder / f"settings-{number:04}").write_bytes(page)


def write_news(folder, **fields) -> None:
    """A new configuration, as a console serves it: of one person another card, and of the hall another mode. `fields`: of its manifest."""
    records = tables(bytes(16), PEOPLE_OF_CHANGE)
    records["cards"] = sorted([card_key(bytes(16), "H10301:2:7") + records["cards"][0][8:], *records["cards"][1:]])
    made = settings(version=2, area={"anti_passback": {"entrances": "soft", "exits": "soft"}})
    console = Console(Part(made, {table: parts.paged(rows) for table, rows in records.items()} | {"pins": []}), **fields)
    folder.mkdir()
    (folder / "manifest").write_bytes(console.manifest)
    for table in ("list", "cards", "settings"):
        for number in range(1 if table == "list" else console.pages.count(table)):
            for offset in range(0, 4096, PIECE_BYTES):
                piece = console.piece({"page": [table, number], "offset": offset, "size": PIECE_BYTES})
                (folder / f"{table}-{number}-{offset}").write_bytes(piece)


@pytest.fixture(scope="module")
def rom(tmp_path_factory):
    """(micropython, ROM image)."""
    return roms.board(tmp_path_factory.mktemp("board"), ("small_heap_board.py", "small_heap_config.py", "small_heap_full.py", "small_heap_stand.py"))


def run(rom, pages, where: str, people: int, areas: int, heap: str, sectors: int) -> dict:
    """{stage: its line} of tests/small_heap.py."""
    pages.mkdir(exist_ok=True)
    write_pages(pages, tables(bytes(16), people))
    write_settings(pages, areas)
    write_frames(pages, people)
    write_news(pages / "news")
    return stages(rom, pages, where, heap, sectors)


def stages(rom, pages, where: str, heap: str, sectors: int) -> dict:
    """The same, of pages that are there."""
    micropython, image = rom
    done = roms.run(micropython, heap, "tests/small_heap.py", image, pages, where, str(sectors))
    assert done.returncode == 0, done.stdout + done.stderr
    found = {line["stage"]: line for line in map(json.loads, done.stdout.splitlines())}
    print(found)
    return found


@pytest.mark.parametrize(("people", "areas"), BUDGETS)
def test_a_node_decides_the_badges_of_many_people_in_a_heap_in_small_pieces(rom, tmp_path, people, areas):
    decides(run(rom, tmp_path, "badges", people, areas, HEAP, SECTORS), people)


def test_it_does_so_where_the_tables_of_people_lie_in_files(rom, tmp_path):
    decides(run(rom, tmp_path, "filed", 10_000, 1, HEAP_OF_FILES, SECTORS), 10_000)


def test_all_that_grows_with_use_fits_in_the_same_heap_and_is_there_after_a_restart(rom, tmp_path):
    write_pages(tmp_path, tables(bytes(16), 10_000))
    write_settings(tmp_path, 1)
    write_cards(tmp_path, range(FULL_PEOPLE))
    first = stages(rom, tmp_path, "full", FULL_HEAP, SECTORS)
    then = stages(rom, tmp_path, "again", FULL_HEAP, SECTORS)
    for place, count in enumerate(REMEMBERED):
        assert first[f"remembered-{place}"]["count"] == then[f"remembered-{place}"]["count"] == count
    assert min(line["free"] for line in [*first.values(), *then.values()]) >= FULL_FREE_MIN and first["end"]["free"] - then["end"]["free"] < GROWTH_MAX
    assert first["checkpoint-2"]["count"] >= 2 and then["checkpoint-3"]["count"] >= 2
    assert then["before"]["count"] == 1 and then["badges"]["count"] == 20
    assert then["facts"]["count"] - first["facts"]["count"] == 1, "nothing is told twice"


def test_very_many_people_in_violation_fit_in_the_same_heap_and_a_reset_ends_all_of_it_bit_by_bit(rom, tmp_path):
    write_pages(tmp_path, tables(bytes(16), 10_000))
    soft = {"anti_passback": {"entrances": "soft", "exits": "soft"}}
    for number, page in enumerate(settings_pages(settings(area=soft))):
        (tmp_path / f"settings-{number:04}").write_bytes(page)
    write_cards(tmp_path, range(0, 10_000, 10_000 // STANDING))
    first = stages(rom, tmp_path, "stand", STANDING_HEAP, 2 * SECTORS)
    assert first["violations"]["count"] == STANDING and first["checkpoint-2"]["count"] >= 2
    then = stages(rom, tmp_path, "stood", STANDING_HEAP, 2 * SECTORS)
    assert then["again"]["count"] == STANDING and then["hour"]["count"] == 0, "nothing is told twice"
    assert then["left"]["count"] == 0 and then["checkpoint-3"]["count"] >= 1
    assert min(line["free"] for line in [*first.values(), *then.values()]) >= STANDING_FREE_MIN


def decides(stages: dict, people: int) -> None:
    assert stages["people"]["count"] == people
    assert stages["badges"]["count"] == BADGES
    assert min(stages[stage]["free"] for stage in ("badges", "checkpoint-3", "people")) >= FREE_MIN
    assert stages["checkpoint-1"]["count"] == 1 and stages["checkpoint-3"]["count"] >= 2
    assert stages["reset"]["count"] == 0, "nobody is in"
    assert stages["seldom"]["count"] >= 1, "what writes a checkpoint"
    # What is there from the start is all there is: a board that has run for an hour will run for years.
    assert stages["badges-50"]["free"] - stages["checkpoint-3"]["free"] < GROWTH_MAX


def test_a_new_configuration_is_taken_in_a_little_more_heap_and_in_less_the_doors_go_on(rom, tmp_path):
    stages = run(rom, tmp_path / "more", "config", PEOPLE_OF_CHANGE, 1, HEAP_TO_CHANGE, 128)
    assert stages["configured"]["count"] > 10 and stages["badge"]["count"] == 1 and stages["told"]["faults"] == {}
    stages = run(rom, tmp_path / "less", "little", PEOPLE_OF_CHANGE, 1, HEAP_TO_CHANGE, 128)
    assert stages["configured"]["count"] == 0 and stages["badge"]["count"] == 1
    assert stages["told"]["refused"][1].startswith("not enough memory: it takes 28 kB of heap, and 2")
    assert stages["told"]["faults"] == {"config.memory": 1}
