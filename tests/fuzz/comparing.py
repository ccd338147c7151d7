"""Changed stories on every interpreter: each must end as on this one."""

import random
import subprocess
import tempfile

from tests import interpreters
from tests.fuzz import kept, story
from tests.fuzz.mutator import Mutator
from tests.fuzz.osdp.mutator import LineMutator

_HERE = ("micropython", "micropython32")
_CHANGES = {"decoder": (1, 1, 2, 3), "node": (1, 2, 4, 8), "osdp": (1, 2, 4, 8)}
TIMEOUT_S = 3600


def changed(target: str, count: int, seed: int) -> list[bytes]:
    """Return stories drawn from the kept ones, each changed some times."""
    draw, begun = random.Random(seed), kept.stories(target)
    mutator = (LineMutator if target == "osdp" else Mutator)(draw, lambda raw: _shaken(draw, raw))
    change, made = mutator.message if target == "decoder" else mutator.story, []
    for _ in range(count):
        told = draw.choice(begun)
        for _ in range(draw.choice(_CHANGES[target])):
            told = change(told)
        made.append(told)
    return made


def differing(interpreter: str, target: str, told: list[tuple[str, bytes]]) -> list[str]:
    """Return a line for each story that ends otherwise on an interpreter."""
    with tempfile.NamedTemporaryFile(suffix=".kept") as file:
        story.save(file.name, told)
        command = [interpreters.find(interpreter), "-X", f"heapsize={interpreters.HEAP}", "tests/fuzz/replay.py", ".", target, file.name]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", cwd=interpreters.ROOT, timeout=TIMEOUT_S)
    lines = done.stdout.splitlines()
    if done.returncode or lines[-1:] != [f"{len(told)} stories"]:
        return [*lines, f"stopped: {done.stderr.strip()[-2000:]}"]
    return lines[:-1]


def compare(target: str, count: int, seed: int) -> int:
    """Say where interpreters differ. Returns 0 where they do not."""
    told = [(kept.checked(target, each), each) for each in changed(target, count, seed)]
    status = 0
    for interpreter in _HERE:
        if not interpreters.find(interpreter):
            print(f"NOTICE: no {interpreter}: not compared")
            continue
        lines = differing(interpreter, target, told)
        print(f"{target}: {count} stories on {interpreter}, {len(lines)} differ")
        for line in lines[:20]:
            print(f"{line}: {told[int(line.split(':')[0])][1]!r}" if line[0].isdigit() else line)
        status = 1 if lines else status
    return status


def _shaken(draw: random.Random, raw: bytes) -> bytes:
    """Change, drop or double some bytes."""
    made = bytearray(raw)
    for _ in range(draw.choice((1, 1, 2, 4)) if made else 0):
        at, chance = draw.randrange(len(made) + 1), draw.random()
        if chance < 0.4:
            made[at : at + 1] = bytes([draw.randrange(256)])
        elif chance < 0.7:
            del made[at : at + draw.choice((1, 1, 2, 8))]
        else:
            made[at:at] = made[at : at + draw.choice((1, 2, 9))]
    return bytes(made)
