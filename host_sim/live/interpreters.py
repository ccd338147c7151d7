"""How to start the process of a controller, on CPython or on MicroPython."""

import shutil
import sys
from pathlib import Path

from host_sim.views import WorldError

CPYTHON, MICROPYTHON = "cpython", "micropython"
_ROOT = Path(__file__).resolve().parents[2]
_PROCESS = _ROOT / "host_sim/station/process.py"
_SETUP = _ROOT / ".cache/micropython64/micropython"
_UMQTT = _ROOT / ".cache/umqtt"
_HEAP = "heapsize=8m"


def command(kind: str, config: Path) -> list[str]:
    """Return the command line of a controller's process. Raises: WorldError where an interpreter is missing."""
    return [*_interpreter(kind), str(_PROCESS), str(_ROOT), str(_UMQTT), str(config)]


def _interpreter(kind: str) -> list[str]:
    if kind == CPYTHON:
        return [sys.executable]
    found = str(_SETUP) if _SETUP.exists() else shutil.which("micropython")
    if not found or not _UMQTT.exists():
        raise WorldError("no MicroPython with umqtt.simple: run `make setup`")
    return [found, "-X", _HEAP]
