"""Searches the seed that shows each mutant: `python -m tests.sim.find_mutants [--seeds N] [--jobs J] [WORD…]`."""

import argparse
import os
import sys
from functools import partial

from host_sim.fuzz.fuzz import results
from host_sim.fuzz.seed import live
from tests.sim.mutants import MUTANTS, live_as


def main() -> int:
    """Print a line of the table for each mutant. Returns 1 where one is not found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("words", nargs="*", help="only mutants with one of these words in their name")
    parser.add_argument("--seeds", type=int, default=500)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    wanted = [name for name in MUTANTS if not asked.words or any(word in name for word in asked.words)]
    found = {name: find(name, asked.seeds, asked.jobs) for name in wanted}
    return int(None in found.values())


def find(mutant: str, seeds: int, jobs: int) -> int | None:
    """Return the first seed found that breaks the mutant's own invariant, and nothing without it."""
    others: dict[str, int] = {}
    for result in results(partial(live_as, mutant), range(seeds), jobs):
        if result.invariant == MUTANTS[mutant].invariant and live(result.seed).invariant is None:
            print(f'    "{mutant}": {result.seed},', flush=True)
            return result.seed
        if result.invariant:
            others[result.invariant] = others.get(result.invariant, 0) + 1
    print(f"{mutant}: not found in {seeds} seeds; broke {others}", file=sys.stderr)
    return None


if __name__ == "__main__":
    sys.exit(main())
