"""All of core and wire in the heap of a board: 192 kB on the 32-bit MicroPython, with 2,000 people."""
import json
import shutil
import struct
import subprocess
import sys

import pytest

from firmware.core.credentials import card_key
from tests import interpreters

FIRMWARE = interpreters.ROOT / "firmware"
PARTS = ("core", "wire")
HEAP = "192k"
PEOPLE = 2000
PAGE_BYTES = 4096
FREE_MIN = 8192


def tables(salt: bytes) -> dict:
    """Records of people with one card each: {table: [record, ..]}."""
    cards = [card_key(salt, f"H10301:1:{no}") + struct.pack("<HBx", no, 1) for no in range(PEOPLE)]
    return {
        "people": [struct.pack("<BHIIH3x", 3, 1, 0, 0xFFFFFFFF, 0xFFFF)] * PEOPLE,
        "ids": [f"person-{no}".encode().ljust(24, b"\0") for no in range(PEOPLE)],
        "cards": sorted(cards),
    }


def write_pages(folder, records: dict) -> None:
    """One file per page: whole records, at most 4 kB."""
    for table, rows in records.items():
        per_page = PAGE_BYTES // len(rows[0])
        for no, start in enumerate(range(0, len(rows), per_page)):
            (folder / f"{table}-{no:04}").write_bytes(b"".join(rows[start:start + per_page]))


def build_rom(folder):
    """The image of a board's ROM file system with core and wire, compiled."""
    tree, image = folder / "rom", folder / "rom.img"
    for part in PARTS:
        shutil.copytree(FIRMWARE / part, tree / "firmware" / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(FIRMWARE / "__init__.py", tree / "firmware")
    subprocess.run([sys.executable, "-m", "mpremote", "romfs", "-o", image, "build", tree], check=True, capture_output=True)
    return image


@pytest.fixture(scope="module")
def stages(tmp_path_factory):
    """{stage: its line} of tests/small_heap.py."""
    micropython = interpreters.find(interpreters.MICROPYTHON32)
    if not micropython and not interpreters.is_required():
        pytest.skip("no 32-bit MicroPython: run `make setup`")
    folder, pages = tmp_path_factory.mktemp("board"), tmp_path_factory.mktemp("pages")
    write_pages(pages, tables(bytes(16)))
    script = interpreters.ROOT / "tests/small_heap.py"
    done = subprocess.run([micropython, "-X", f"heapsize={HEAP}", script, build_rom(folder), pages], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return {line["stage"]: line for line in map(json.loads, done.stdout.splitlines())}


def test_every_module_imports_in_a_small_heap(stages):
    files = [path for part in PARTS for path in (FIRMWARE / part).glob("*.py")]
    assert stages["start"]["free"] < 192 * 1024
    assert stages["modules"]["count"] == len(files)


def test_two_thousand_people_fit_and_are_found(stages):
    assert stages["people"]["count"] == stages["cards"]["count"] == PEOPLE
    print({stage: line["free"] for stage, line in stages.items()})
    assert stages["cards"]["free"] >= FREE_MIN
