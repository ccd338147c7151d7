"""Searches seeds that show each mutant: `python -m tests.sim.find_mutants [--seeds N] [--jobs J] [WORD…]`.

What it prints belongs into mutant_seeds.py.
"""

import argparse
import os
import sys
from collections import Counter
from functools import partial

from host_sim.fuzz.fuzz import results
from host_sim.fuzz.seed import live
from tests.sim.mutants import MUTANTS, live_as

ENOUGH = 3  # seeds for each: a change of the firmware may make one of them another story


def main() -> int:
    """Print a line of the table for each mutant. Returns 1 where one is not found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("words", nargs="*", help="only mutants with one of these words in their name")
    parser.add_argument("--seeds", type=int, default=500)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    wanted = [name for name in MUTANTS if not asked.words or any(word in name for word in asked.words)]
    return int(not all([find(name, asked.seeds, asked.jobs) for name in wanted]))


def find(mutant: str, seeds: int, jobs: int) -> list[int]:
    """Return some seeds that break the mutant's own invariant, and nothing without it."""
    found, others, lived = [], Counter(), 0
    for result in results(partial(live_as, mutant), range(seeds), jobs):
        lived += 1
        if result.invariant == MUTANTS[mutant].invariant and live(result.seed).invariant is None:
            found.append(result.seed)
            if len(found) >= ENOUGH:
                break
        elif result.invariant:
            others[result.invariant] += 1
    if found:
        print(f'    "{mutant}": {found},  # of {lived} lived', flush=True)
    else:
        print(f"{mutant}: not found in {seeds} seeds; broke {dict(others)}", file=sys.stderr)
    return found


if __name__ == "__main__":
    sys.exit(main())
