"""Memory of a board: what the table of who is where takes, on the 32-bit MicroPython."""
import functools
import json
import subprocess

from tests.interpreters import MICROPYTHON32, ROOT, find
from tools.bench.figure import Figure

PEOPLE, AREAS = 2000, 2
BYTES_PER_ROW, FIXED_BYTES = 8, 6144
FACTS = 512
BYTES_PER_FACT = 32


@functools.cache
def _measured() -> dict:
    """{what: bytes}. Fails where `make setup` has not fetched the interpreter."""
    command = [find(MICROPYTHON32), "-X", "heapsize=2m", "tools/bench/memory_probe.py", str(ROOT), str(PEOPLE)]
    return json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)


def bench_memory_of_table() -> Figure:
    """Rows, side table and digests; 8 bytes per person and area, and a fixed part."""
    goal = BYTES_PER_ROW * PEOPLE * AREAS + FIXED_BYTES
    return Figure("table of 2,000 people in 2 areas", _measured()["table"], goal, "B", less_is_better=True)


def bench_memory_of_journal() -> Figure:
    """The newest 512 facts."""
    return Figure("journal of 512 facts", _measured()["journal"], BYTES_PER_FACT * FACTS, "B", less_is_better=True)
