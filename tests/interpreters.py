"""The interpreters that portable tests run on, and their results, one process per file and interpreter."""
import functools
import json
import linecache
import os
import re
import shutil
import subprocess
from pathlib import Path

from tests.micropython_runner import MARK

ROOT = Path(__file__).resolve().parent.parent
RUNNER = ROOT / "tests" / "micropython_runner.py"
CPYTHON, MICROPYTHON, MICROPYTHON32 = "cpython", "micropython", "micropython32"
ALL = (CPYTHON, MICROPYTHON, MICROPYTHON32)
TIMEOUT_S = 240
HEAP = "16m"
_VERSION_MIN = (1, 25)
_SETUP = {MICROPYTHON: ROOT / ".cache/micropython64/micropython", MICROPYTHON32: ROOT / ".cache/micropython32/micropython"}
_PROBE = "import sys; print(sys.implementation[1][0], sys.implementation[1][1])"


@functools.cache
def find(interpreter: str) -> str | None:
    """Path of a MicroPython of 1.25 or later: for 64 bits the one on PATH first, else what `make setup` fetched."""
    on_path = shutil.which("micropython") if interpreter == MICROPYTHON else None
    for path in (on_path, _SETUP[interpreter]):
        if path and _version(path) >= _VERSION_MIN:
            return str(path)
    return None


def _version(path) -> tuple:
    try:
        probe = subprocess.run([path, "-c", _PROBE], capture_output=True, text=True, timeout=20)
        return tuple(map(int, probe.stdout.split()))
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return ()


def is_required() -> bool:
    """A machine that tests for others may not leave an interpreter out."""
    return os.environ.get("CI", "").lower() in ("1", "true", "yes")


class Results:
    """What one interpreter said of the tests of one file."""

    def __init__(self, output: str, errors: str):
        self.errors: dict[str, str | None] = {}
        self.started, self.found = None, None
        self.printed = "\n".join(line for line in output.splitlines() if not line.startswith(MARK)).strip()
        for line in output.splitlines():
            if line.startswith(MARK):
                self._take(json.loads(line[1:]))
        self.stderr = errors.strip()

    def _take(self, line: dict) -> None:
        self.started = line.get("start", self.started)
        self.found = line.get("found", self.found)
        if "test" in line:
            self.errors[line["test"]] = line["error"]

    def fault(self, test: str, expected: set) -> str | None:
        """Why `test` did not pass here, or None. `expected`: the tests CPython finds in the same file."""
        if self.errors.get(test):
            return f"{_with_source(self.errors[test])}\n{self.printed}"
        if self.found is not None and set(self.found) != expected:
            return f"CPython and this interpreter find different tests: {sorted(set(self.found) ^ expected)}"
        if test not in self.errors:
            return f"no result: stopped in {self.started or 'the import'}\n{self.stderr or self.printed}"
        return None


def _with_source(traceback: str) -> str:
    """Put its source under each line of a MicroPython traceback, which has none."""
    lines = []
    for line in traceback.splitlines():
        lines.append(line)
        place = re.match(r'  File "(.+)", line (\d+)', line)
        if place:
            lines.append("    " + linecache.getline(place[1], int(place[2])).strip())
    return "\n".join(lines)


@functools.cache
def results(interpreter: str, path: Path, root: Path, tests: frozenset) -> Results:
    """Run these tests of a file once; later calls read the same results."""
    module = ".".join(path.relative_to(root).with_suffix("").parts)
    command = [find(interpreter), "-X", f"heapsize={HEAP}", str(RUNNER), str(root), module, *sorted(tests)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, cwd=root, errors="replace")
        return Results(done.stdout, done.stderr)
    except subprocess.TimeoutExpired as late:
        return Results((late.stdout or b"").decode(errors="replace"), f"no end within {TIMEOUT_S} s")
