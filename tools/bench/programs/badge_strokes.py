"""Counts what a badge calls and looks up: `python -m tools.bench.programs.badge_strokes FOLDER PEOPLE [lively]`. See badge.py.

Prints {"calls", "lookups", "unpacks", "estimate_ms", "most": [[file, function, calls, look-ups], the dearest first]} as JSON.
"""

import json
import sys

from tools.bench.strokes import CALL_US, LOOKUP_US, Counting

MOST = 30


def main(folder: str, people: int, site: str = "") -> None:
    counting = Counting()
    from tools.bench.programs import badge

    stage = badge.Stage(badge.load(folder), people, badge.lively() if site else None)
    stage.present(badge.somebody(people))
    found = counting.count(stage.until_lock)
    cost = {place: found.calls[place] * CALL_US + found.lookups[place] * LOOKUP_US for place in {*found.calls, *found.lookups}}
    most = [[*place, found.calls[place], found.lookups[place]] for place in sorted(cost, key=lambda place: (-cost[place], place))[:MOST]]
    told = {"calls": found.calls.total(), "lookups": found.lookups.total(), "unpacks": found.unpacks}
    print(json.dumps(told | {"estimate_ms": found.estimate_ms(), "most": most}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:])
