"""From the last bit of a card to the lock: what a controller does in between, counted on the 32-bit MicroPython and on CPython.

Between the two lie 30 ms of silence, which end a frame, and nothing to do. Counted is the turn of the App that takes the last
bit, and the one that finds the frame over, up to the call that drives the lock; the event is written afterwards. On a board
the handler of the last pulse and the hardware layer's part come to it.
"""

import contextlib
import functools
import json
import statistics
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from firmware.core.credentials import card_key
from tests.core import parts
from tests.interpreters import MICROPYTHON32, ROOT, find
from tools.bench import callgrind
from tools.bench.figure import Figure
from tools.bench.programs.badge import MARK

FEW, MANY, MOST = 100, 1000, 10_000
GROWTH_MAX = 1.1  # with a hundred times as many people
MORE_WORK_MAX = 1.1  # a card is found by guessing
GOAL_MS = 10  # on an ESP32 of 240 MHz
LIVELY = " (site with hours, resets, limits)"
HEAP = "64m"  # nothing is tidied up in between
RUNS = 9
_PROGRAM = "tools/bench/programs/badge.py"
_PAGE_BYTES = 4096
_TIMEOUT_S = 300


@contextlib.contextmanager
def site(people: int) -> Iterator[str]:
    """A folder with the tables of a site, person number n having the card H10301:1:n."""
    cards = [card_key(bytes(16), f"H10301:1:{no}") + struct.pack("<HBx", no, 1) for no in range(people)]
    tables = {
        "people": [struct.pack("<BHIIH3x", 3, 1, 0, 0xFFFFFFFF, 0xFFFF)] * people,
        "ids": [f"person-{no}".encode().ljust(24, b"\0") for no in range(people)],
        "cards": sorted(cards),
        "keys": parts.keys("c1"),
    }
    with tempfile.TemporaryDirectory(prefix="backstop-") as folder:
        for table, rows in tables.items():
            size = _PAGE_BYTES // len(rows[0])
            for page in range(0, len(rows), size):
                (Path(folder) / f"{table}-{page // size:04}").write_bytes(b"".join(rows[page : page + size]))
        yield folder


def _words(folder: str, people: int, *which: str) -> tuple[str, ...]:
    return ("-X", f"heapsize={HEAP}", _PROGRAM, str(ROOT), folder, str(people), *which)


@functools.cache
def measured(people: int) -> dict:
    """{"ms": the median of some runs, "bytes": of heap} on the 32-bit MicroPython."""
    with site(people) as folder:
        command = [find(MICROPYTHON32), *_words(folder, people)]
        said = [subprocess.run(command, cwd=ROOT, capture_output=True, check=True, timeout=_TIMEOUT_S) for _ in range(RUNS)]
    found = [json.loads(run.stdout) for run in said]
    assert len({run["bytes"] for run in found}) == 1, "not each run takes the same heap"
    return {"ms": statistics.median([run["us"] for run in found]) / 1000, "bytes": found[0]["bytes"]}


@functools.cache
def instructions(people: int, *which: str) -> int:
    """How many instructions the 32-bit MicroPython executes, at the plain site or the "lively" one."""
    with site(people) as folder:
        return callgrind.between(_words(folder, people, *which), MARK)


@functools.cache
def counted(people: int, *which: str) -> dict:
    """What is called and looked up, counted on CPython, at the plain site or the "lively" one: see programs/badge_strokes.py."""
    with site(people) as folder:
        command = [sys.executable, "-m", "tools.bench.programs.badge_strokes", folder, str(people), *which]
        return json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, check=True, timeout=_TIMEOUT_S).stdout)


def bench_badge_1_instructions() -> list[Figure]:
    if callgrind.lacks():
        print(f"NOTICE: no {callgrind.lacks()}, so instructions are not counted: run `make setup`", file=sys.stderr)
        return []
    goals = {FEW: None, MANY: instructions(FEW) * MORE_WORK_MAX, MOST: instructions(FEW) * MORE_WORK_MAX}
    name = "32-bit MicroPython: instructions from last bit to lock, {:,} people"
    made = [Figure(name.format(people), instructions(people), goal, "", less_is_better=True) for people, goal in goals.items()]
    return [*made, Figure(name.format(MOST) + LIVELY, instructions(MOST, "lively"), None, "")]


def bench_badge_2_heap() -> list[Figure]:
    goals = {FEW: None, MANY: measured(FEW)["bytes"] * GROWTH_MAX, MOST: measured(FEW)["bytes"] * GROWTH_MAX}
    name = "32-bit MicroPython: heap from last bit to lock, {:,} people"
    return [Figure(name.format(people), measured(people)["bytes"], goal, "B", less_is_better=True) for people, goal in goals.items()]


def bench_badge_3_time() -> list[Figure]:
    name = "32-bit MicroPython, here: from last bit to lock, {:,} people"
    return [Figure(name.format(people), measured(people)["ms"], None, "ms") for people in (FEW, MANY, MOST)]


def bench_badge_4_estimate() -> list[Figure]:
    return _estimated("", counted(MOST)) + _estimated(LIVELY, counted(MOST, "lively"))


def _estimated(where: str, found: dict) -> list[Figure]:
    counts = {"calls": "calls", "lookups": "look-ups in dicts", "unpacks": "struct.unpack_from"}
    made = [Figure(f"last bit to lock, 10,000 people{where}: {what}", found[key], None, "") for key, what in counts.items()]
    name = f"ESTIMATE for an ESP32 of 240 MHz, of these alone{where}"
    return [*made, Figure(name, found["estimate_ms"], GOAL_MS, "ms", less_is_better=True)]
