"""Memory of a board: what the table of who is where takes, on the 32-bit MicroPython.

The contract is a sum: 8 bytes for each person and area, and 6 kB. The pages that the rows lie in have heads of their own,
so that the measured slope is a little above 8; that comes out of the 6 kB, of which the fixed part leaves most.
"""
import functools
import json
import subprocess

from tests.interpreters import MICROPYTHON32, ROOT, find
from tools.bench.figure import Figure

FEW, PEOPLE, AREAS = 512, 2048, 2
BYTES_PER_ROW, FIXED_BYTES = 8, 6144
FACTS = 512
BYTES_PER_FACT = 32


@functools.cache
def _measured(people: int) -> dict:
    """{what: bytes}. Fails where `make setup` has not fetched the interpreter."""
    command = [find(MICROPYTHON32), "-X", "heapsize=2m", "tools/bench/memory_probe.py", str(ROOT), str(people)]
    return json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)


def _slope() -> float:
    return (_measured(PEOPLE)["table"] - _measured(FEW)["table"]) / (PEOPLE - FEW) / AREAS


def bench_memory_of_table() -> Figure:
    """Rows, side table and digests, everybody in."""
    goal = BYTES_PER_ROW * PEOPLE * AREAS + FIXED_BYTES
    return Figure("RAM: table of 2,048 people in 2 areas", _measured(PEOPLE)["table"], goal, "B", less_is_better=True)


def bench_memory_of_table_by_row() -> Figure:
    """What one more person in one area takes of that."""
    return Figure("RAM: of that by person and area", _slope(), None, "B")


def bench_memory_of_table_fixed() -> Figure:
    """What it takes without anybody."""
    fixed = _measured(PEOPLE)["table"] - _slope() * PEOPLE * AREAS
    return Figure("RAM: of that fixed", fixed, None, "B")


def bench_memory_of_the_journal() -> Figure:
    """The newest 512 facts."""
    return Figure("RAM: journal of 512 facts", _measured(PEOPLE)["journal"], BYTES_PER_FACT * FACTS, "B", less_is_better=True)
