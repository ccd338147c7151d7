"""Measure all of it in real time, in the interpreter that has libosdp, and print it as JSON.

Arguments: how many seconds are waited for a panel, libosdp's stays away for 300; "faults" for these alone, of ours alone.
"""

import json
import sys
import time

from tools.bench.osdp import peer
from tools.bench.osdp.ours import Ours
from tools.bench.osdp.repeating import Repeating
from tools.bench.osdp.run import Run

_PANELS, _READERS = (Ours, peer.Panel), (peer.Reader, Repeating)


def main(wait_s: float, is_ours_alone: bool) -> None:
    run, wait_us = Run(lambda: time.monotonic_ns() // 1000, lambda: time.sleep(0.001)), int(wait_s * 1_000_000)
    if is_ours_alone:
        found = {"faults": run.faults((Ours,), _READERS, wait_us)}
    else:
        found = {"power": run.power(_PANELS, _READERS), "cycles": run.cycles(_PANELS, peer.Reader)}
        found["faults"] = run.faults(_PANELS, _READERS, wait_us)
    json.dump(found | {"wait_s": wait_s, "pause_ms": run.pause_us / 1000}, sys.stdout)


if __name__ == "__main__":
    main(float(sys.argv[1]), sys.argv[2:] == ["faults"])
