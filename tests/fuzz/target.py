"""One run of the fuzzer: `python -m tests.fuzz.target decoder|node|osdp FOLDER.. [-option=value..]`, libFuzzer's options.

Ends with 77 where something that must hold does not, and leaves the story that shows it.
"""

import random
import sys

import atheris

with atheris.instrument_imports(include=["firmware"]):
    from tests.fuzz import soundness

from tests.fuzz.mutator import Mutator
from tests.fuzz.osdp.mutator import LineMutator

BYTES_MAX = {"decoder": 4200, "node": 12_000, "osdp": 4096}


def _mutators(target: str) -> dict:
    """Return how atheris changes stories: libFuzzer's own way only in parts of them."""

    def mutator(draw, bytes_max):
        return (LineMutator if target == "osdp" else Mutator)(draw, lambda raw: atheris.Mutate(raw, max(min(bytes_max, len(raw) + 64), 1)))

    def changed(data: bytes, bytes_max: int, seed: int) -> bytes:
        made = mutator(random.Random(seed), bytes_max)
        return (made.message if target == "decoder" else made.story)(data)[:bytes_max]

    def mixed(data: bytes, other: bytes, bytes_max: int, seed: int) -> bytes:
        made = mutator(random.Random(seed), bytes_max)
        return (made.message(other) if target == "decoder" else made.mixed(data, other))[:bytes_max]

    return {"custom_mutator": changed, "custom_crossover": mixed}


def main(target: str, options: list) -> None:
    """Fuzz until an option of libFuzzer says stop, or something breaks; does not return."""
    atheris.Setup([sys.argv[0], f"-max_len={BYTES_MAX[target]}", "-mutate_depth=2", *options], soundness.CHECKS[target], **_mutators(target))
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
