"""Live kept stories again, on any interpreter: `replay.py ROOT TARGET FILE`.

Prints a line for each story whose verdict is not the one that the file tells, and last how many stories there were.
"""

import sys


def differing(target: str, path: str) -> tuple:
    """Return (how many stories a file has, [(number, verdict told, verdict here)] of those that end otherwise here)."""
    from tests.fuzz import story
    if target == "osdp":
        from tests.fuzz.osdp.target import verdict
    elif target == "node":
        from tests.fuzz.node import verdict
    else:
        from tests.fuzz.decoder import verdict
    count, found = 0, []
    for told, kept in story.load(path):
        here = verdict(kept)
        if here != told:
            found.append((count, told, here))
        count += 1
    return count, found


if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])
    count, found = differing(sys.argv[2], sys.argv[3])
    for each in found:
        print("%d: %s, here %s" % each)
    print("%d stories" % count)
