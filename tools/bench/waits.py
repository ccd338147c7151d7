"""What a badge may have to wait for: the longest pieces of a board's other work, estimated for an ESP32 by counts on CPython.

The door itself always comes first, and between any two pieces whoever has presented a card is served.
"""

import functools
import json
import subprocess
import sys

from tests.interpreters import ROOT
from tools.bench.figure import Figure

PIECES = {
    "message have": "a heartbeat is heard",
    "message log": "a message with events is heard, and the first of them judged",
    "next event": "another event of it is judged",
    "tick": "what is due: also a slice of eight events is served",
    "chore": "a piece of a checkpoint, or a sector is erased",
    "store": "an event goes into the flash",
}
_TIMEOUT_S = 900


@functools.cache
def pieces() -> dict[str, list[float]]:
    """{piece: [ms, in rising order]}: see programs/waits.py."""
    command = [sys.executable, "-m", "tools.bench.programs.waits"]
    return json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, check=True, timeout=_TIMEOUT_S).stdout)


def bench_waits() -> list[Figure]:
    made = []
    for piece, words in PIECES.items():
        found = pieces()[piece]
        for share, name in ((0.5, "half take less than"), (0.99, "99 of 100 take less than"), (1, "the longest")):
            value = found[min(int(len(found) * share), len(found) - 1)]
            made.append(Figure(f"ESTIMATE for an ESP32 of 240 MHz: {words}: {name}", value, None, "ms"))
    return made
