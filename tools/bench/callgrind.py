"""How many instructions the 32-bit MicroPython executes, counted by valgrind's callgrind, run by run nearly the same.

Its processor is not a board's. What a count is good for is to compare two states of the code, on any machine, whatever its load.
"""

import functools
import re
import subprocess
import tempfile
from pathlib import Path

from tests.interpreters import MICROPYTHON32, ROOT, find

VALGRIND = ROOT / ".cache/valgrind"
TIMEOUT_S = 600
# Padding between functions that this valgrind does not know: an address that is computed and thrown away, with the prefix of
# one segment. With the prefix of another it is the same, and known.
_PADDING = (b"\x8d\xb4\x26\0\0\0\0", b"\x8d\x74\x26\0")
_UNKNOWN, _KNOWN = b"\x2e", b"\x3e"


def lacks() -> str:
    """Return what is not here, or ""."""
    if not VALGRIND.exists():
        return "valgrind"
    return "" if find(MICROPYTHON32) else "32-bit MicroPython"


@functools.cache
def _copy() -> tuple[tempfile.TemporaryDirectory, list[str]]:
    """Return (a folder with a copy of the interpreter whose padding is known, how it is started)."""
    home = Path(find(MICROPYTHON32)).resolve().parent / "root"
    loader = next(home.glob("usr/lib/*/ld-linux*.so.*"))
    folder = tempfile.TemporaryDirectory(prefix="backstop-")
    for path in [home / "usr/bin/micropython", *loader.parent.glob("*.so*")]:
        _lay(path, Path(folder.name) / path.name)
    return folder, [f"{folder.name}/{loader.name}", "--library-path", folder.name, f"{folder.name}/micropython"]


def _lay(source: Path, copy: Path) -> None:
    code = source.read_bytes()
    for rest in _PADDING:
        code = code.replace(_UNKNOWN + rest, _KNOWN + rest)
    copy.write_bytes(code)
    copy.chmod(0o755)


def instructions(*words: str) -> int:
    """Return how many instructions `micropython WORD..` takes, its start included."""
    counted = re.search(r"Collected\s*:\s*(\d+)", _run([], words))
    if not counted:
        raise RuntimeError("callgrind counted nothing")
    return int(counted[1])


def between(words: tuple[str, ...], mark: str) -> int:
    """Return how many a program takes between two calls of a function of the C library's that it has no other use for."""
    folder, _ = _copy()
    _run([f"--dump-before={mark}"], words)
    return int(re.search(r"^totals: (\d+)", Path(f"{folder.name}/out.2").read_text(), re.MULTILINE)[1])


def _run(options: list[str], words: tuple[str, ...]) -> str:
    """Run `micropython WORD..`; return what callgrind says."""
    folder, start = _copy()
    # Debian's is a script that looks for its program beside the name it is called by.
    command = [str(VALGRIND.resolve()), "--tool=callgrind", f"--callgrind-out-file={folder.name}/out", *options, *start, *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=TIMEOUT_S)
    if done.returncode:
        raise RuntimeError(f"callgrind failed:\n{done.stderr[-2000:]}{done.stdout[-500:]}")
    return done.stderr
