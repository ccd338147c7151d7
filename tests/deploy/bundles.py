"""Small bundles: two releases that tell which they are, and share some files."""

import json
import random
from pathlib import Path

from firmware.boards import kc868_a2v3
from tests.interpreters import ROOT
from tools.deploy.bundle import Bundle, content_id
from tools.deploy.outputs import outputs

_START = """
import time

def run(machine, installed):
    print("RUNS", {!r}, installed["own"])
    if machine.is_alive:
        with open("/running", "w") as file:
            file.write({!r})
    while machine.is_alive:
        time.sleep_ms(10)
    return True
"""
OUTPUTS = outputs(kc868_a2v3)


def release(name: str, mpy: int = 6, board: str = "kc868-a2v3") -> Bundle:
    """A release of ten files: half of them are the same in every release."""
    tree = {"firmware/__init__.py": b"", "firmware/start.py": _START.format(name, name).encode()}
    for number in range(8):
        draw = random.Random(f"{number}{name if number % 2 else ''}")
        tree[f"firmware/core/deep/m{number}.mpy"] = draw.randbytes(draw.choice([0, 1, 511, 3072, 3073, 7000]))
    own = {"part/settings.0": f"settings of {name}".encode(), "mqtt.json": b'{"host":"x"}'}
    return Bundle("c1", board, mpy, f"fw-{content_id(tree)}", f"own-{content_id(own)}", tree, own, scripts(name))


def scripts(release_name: str) -> dict:
    mark = f"# of release {release_name}\n".encode() * 300  # more than goes over the cable in one piece
    found = {name: Path(ROOT / name).read_bytes() + mark for name in ("boot.py", "main.py")}
    return found | {"outputs.json": json.dumps(OUTPUTS).encode()}
