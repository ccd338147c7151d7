"""What `micropython.mem_info(1)` prints of a heap."""

import re
from typing import NamedTuple

BLOCK_BYTES = 16
_LINE = re.compile(r"^[0-9a-f]{5,}: (.*)$")
_FREE = re.compile(r"^\s*\((\d+) lines all free\)$")
_LINE_BLOCKS = 64


class Run(NamedTuple):
    """Blocks in use that were asked for in one piece."""

    at: int
    size: int


def runs(text: str, longer_than: int) -> list[Run]:
    """Read the map: a letter is where a run begins, each "=" one block more of it, a point a free block."""
    blocks = ""
    for line in text.splitlines():
        if found := _LINE.match(line):
            blocks += found[1]
        elif found := _FREE.match(line):
            blocks += "." * int(found[1]) * _LINE_BLOCKS
    found = [Run(match.start() * BLOCK_BYTES, len(match[0]) * BLOCK_BYTES) for match in re.finditer(r"[^.=]=*", blocks)]
    return [run for run in found if run.size > longer_than]
