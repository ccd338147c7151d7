"""Which stories are worth keeping: the shortest that together go every way through the firmware that all of them go."""

import sys
from collections import Counter
from collections.abc import Callable

from tests.interpreters import ROOT

_FIRMWARE = str(ROOT / "firmware")


def fewest(stories: list[bytes], live: Callable[[bytes], object], sizes: int) -> list[bytes]:
    """Return the stories without which the others would miss a way, shorter ones first.

    Of `sizes` 1 it does not matter how often a way is gone; of 2 once or more often, of 3 once, up to 3 times or more often, …
    """
    kept, known, ways_of = [], set(), {}
    for told in sorted(set(stories), key=lambda told: (len(told), told)):
        ways = _ways(told, live, sizes)
        if ways - known:
            known |= ways
            kept.append(told)
            ways_of[told] = ways
    return _without_spare(kept, ways_of)


def _without_spare(kept: list[bytes], ways_of: dict[bytes, set]) -> list[bytes]:
    """Let go what later ones made spare."""
    times: dict = {}
    for told in kept:
        for way in ways_of[told]:
            times[way] = times.get(way, 0) + 1
    for told in list(kept):
        if all(times[way] > 1 for way in ways_of[told]):
            kept.remove(told)
            for way in ways_of[told]:
                times[way] -= 1
    return kept


def _ways(told: bytes, live: Callable[[bytes], object], sizes: int) -> set:
    """Return the steps from line to line that the firmware takes, and about how often."""
    ways: Counter = Counter()

    def enter(frame, event, arg):
        if not frame.f_code.co_filename.startswith(_FIRMWARE):
            return None
        last = [0]

        def step(frame, event, arg):
            ways[frame.f_code, last[0], frame.f_lineno, event == "exception"] += 1
            last[0] = frame.f_lineno
            return step

        return step

    sys.settrace(enter)
    try:
        live(told)
    finally:
        sys.settrace(None)
    return {(*way, min(count.bit_length(), sizes)) for way, count in ways.items()}
