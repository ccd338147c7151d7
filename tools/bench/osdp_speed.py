"""OSDP: frames and polls in Secure Channel on every interpreter, beside PyPI's osdp; and what a poll costs a small processor.

A poll is the question, its answer and all that the panel makes of it. PyPI's osdp is a panel, too, with the same messages, key
and random number, and asks the same bytes: that is checked.
"""

import contextlib
import functools
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator

from tests.interpreters import MICROPYTHON, MICROPYTHON32, ROOT, find
from tools.bench import callgrind
from tools.bench.figure import Figure
from tools.bench.osdp_messages import messages, polls

RIVAL = ROOT / ".cache/osdp-rival"
WHAT = {"encoded": "frames encoded", "decoded": "frames decoded", "polls": "polls in Secure Channel", "cards": "polls answered by a card"}
# Of a bus of four readers, each asked 20 times a second.
INSTRUCTIONS_MAX, BYTES_MAX = 350_000, 3000
POLLS, MORE_POLLS = 300, 500
HEAP = "64m"  # nothing is tidied up in between
_TIMEOUT_S = 120


@contextlib.contextmanager
def _written(value) -> Iterator[str]:
    """The path of a file with a value as JSON."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(value, file)
        file.flush()
        yield file.name


def _said(command: list[str]) -> dict:
    """Return what a program prints as JSON."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=_TIMEOUT_S)
    return json.loads(done.stdout)


@functools.cache
def rates() -> dict[str, dict]:
    """{who: {what: how often a second, "asked": questions}} of all that are here."""
    interpreters = {"CPython": sys.executable, "MicroPython": find(MICROPYTHON), "32-bit MicroPython": find(MICROPYTHON32)}
    with _written(messages()) as path:
        probe = ["tools/bench/programs/osdp_probe.py", str(ROOT), path]
        found = {name: _said([interpreter, *probe]) for name, interpreter in interpreters.items() if interpreter}
        if (RIVAL / ".ready").exists():
            found["osdp"] = _said([str(RIVAL / "bin/python"), "tools/bench/programs/osdp_rival.py", path])
        else:
            print("NOTICE: no osdp of PyPI, so there is nothing to measure OSDP against: run `make setup`", file=sys.stderr)
    assert len({tuple(each["asked"]) for each in found.values()}) == 1, "not everybody asks the same"
    return found


def bench_osdp_frames() -> list[Figure]:
    """CPython's goal is PyPI's osdp 1.6 in the same run."""
    made = []
    for name, measured in rates().items():
        for key, what in WHAT.items():
            goal = rates()["osdp"][key] if name == "CPython" and "osdp" in rates() else None
            made.append(Figure(f"OSDP, {'PyPI osdp' if name == 'osdp' else name}: {what}", measured[key], goal, "1/s"))
    return made


def poll_bytes() -> float:
    """Return the bytes of heap that a poll takes, most of which nobody needs when it is over."""
    return _polled(lambda path, count: _said([find(MICROPYTHON32), *_lived(path, count)])["bytes"])


def poll_instructions() -> float:
    """Return the instructions of a poll."""
    return _polled(lambda path, count: callgrind.instructions(*_lived(path, count)))


def _polled(cost) -> float:
    """Return the cost of one poll: what some more cost than some, so that all before them falls out."""
    with _written(polls(MORE_POLLS)) as path:
        return (cost(path, MORE_POLLS) - cost(path, POLLS)) / (MORE_POLLS - POLLS)


def _lived(path: str, count: int) -> list[str]:
    return ["-X", f"heapsize={HEAP}", "tools/bench/programs/osdp_polls.py", str(ROOT), path, str(count)]


def bench_osdp_poll_bytes() -> Figure:
    return Figure("OSDP, 32-bit MicroPython: heap of a poll, 4 readers", poll_bytes(), BYTES_MAX, "B", less_is_better=True)


def bench_osdp_poll_instructions() -> list[Figure]:
    if callgrind.lacks():
        print(f"NOTICE: no {callgrind.lacks()}, so instructions are not counted: run `make setup`", file=sys.stderr)
        return []
    name = "OSDP, 32-bit MicroPython: instructions of a poll, 4 readers"
    return [Figure(name, poll_instructions(), INSTRUCTIONS_MAX, "", less_is_better=True)]
