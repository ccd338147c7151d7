"""Very many badges, for whoever has minutes: `python -m tests.board.long_traffic FRAMES [ungated] [others] [calm] [seed=N]`.

MicroPython has no `-m`: there `micropython -X heapsize=4m tests/board/long_traffic.py FRAMES …`, from the folder above `tests`.
Prints one JSON line of counts. Exit status 1: a number was wrong.
"""

import json
import sys

sys.path.insert(0, ".")

from tests.board.traffic import CALM_MS, PAUSE_MORE_MS, Traffic  # noqa: E402 where all this is, the line above says

OTHERS_US = 100_000


def main(words):
    seed = [int(word[5:]) for word in words if word.startswith("seed=")]
    others_us = OTHERS_US if "others" in words else None
    more_ms = CALM_MS if "calm" in words else PAUSE_MORE_MS
    traffic = Traffic(seed[0] if seed else 1, "ungated" not in words, others_us, more_ms=more_ms)
    counts = dict(traffic.run(int(words[0])))
    counts["lost"] = counts["sent"] - counts["right"]
    for told in (traffic.stops, {"written": traffic.log.stored, "erased": traffic.log.erases}):
        counts.update(told)
    counts.update({"handlers_lost": traffic.desk.chip.lost, "pulses_merged": traffic.desk.chip.merged})
    print(json.dumps(counts))
    return 1 if counts["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
