"""How much flash a build takes as files, each in blocks of its own."""

from collections import Counter
from typing import NamedTuple

from tools.build.compiling import TREE
from tools.build.manifest import Manifest

BLOCK_BYTES = 4096


class Size(NamedTuple):
    files: int
    bytes: int
    on_flash: int


def parts(made: Manifest) -> dict[str, Size]:
    """The size of each part of the firmware, by its folder; files directly in `firmware` as "firmware"."""
    files, sizes, blocks = Counter(), Counter(), Counter()
    for path, file in made.below(TREE).items():
        part = "/".join(path.split("/")[:-1])
        files[part] += 1
        sizes[part] += file.size
        blocks[part] += on_flash(file.size)
    return {part: Size(files[part], sizes[part], blocks[part]) for part in sorted(files)}


def on_flash(size: int, block_bytes: int = BLOCK_BYTES) -> int:
    """What a file of some bytes takes in littlefs, where whole blocks belong to one file."""
    return max(1, -(-size // block_bytes)) * block_bytes
