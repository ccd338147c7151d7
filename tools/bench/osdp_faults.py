"""OSDP side by side with libosdp's panel: how long both need to be back after a fault, what cards they lose, how often they poll.

`python -m tools.bench.osdp_faults [SECONDS]` prints it for the README. Seconds that are waited for a panel: 30; libosdp's is
away for 300, so that 310 see its return.
"""

import functools
import json
import subprocess
import sys
from pathlib import Path

from tools.bench.figure import Figure

_ROOT = Path(__file__).resolve().parents[2]
_PEER = _ROOT / ".cache/osdp-peer"
_WAIT_S, _MORE_S = 30, 120
_BACK_S_MAX = 2
_CARD_S_MAX = 10  # nobody stands at a door for longer
_COLUMNS = [(reader, panel) for reader in ("libosdp's reader", "a reader that repeats") for panel in ("ours", "libosdp")]


@functools.cache
def measured(wait_s: float = _WAIT_S) -> dict | None:
    """What tools.bench.osdp found. None, with a notice, where there is no libosdp."""
    if not (_PEER / ".ready").exists():
        print("NOTICE: no libosdp, so OSDP is not measured beside it: run `make setup`", file=sys.stderr)
        return None
    command = [str(_PEER / "bin/python"), "-m", "tools.bench.osdp", str(wait_s)]
    done = subprocess.run(command, cwd=_ROOT, stdout=subprocess.PIPE, timeout=wait_s + _MORE_S, check=True)
    return json.loads(done.stdout)


def _of(rows: list[dict], **those) -> list[dict]:
    return [row for row in rows if those.items() <= row.items()]


def _faults(found: dict) -> list[str]:
    return list(dict.fromkeys(row["fault"] for row in found["faults"]))


def _worst(seconds: list, wait_s: float) -> float:
    """The longest; who is not back by then has needed all the time that was waited."""
    return max(wait_s if value is None else value for value in seconds)


def bench_osdp_faults() -> list[Figure]:
    """Ours, with the worse of both readers, and the goal of the site's people: two seconds."""
    found = measured()
    if not found:
        return []
    figures = [("from power", [row["s"] for row in _of(found["power"], panel="ours")])]
    for name in _faults(found):
        figures.append((f"after: {name}", [row["back_s"] for row in _of(found["faults"], fault=name, panel="ours")]))
    return [
        Figure(f"OSDP in Secure Channel {name}", _worst(each, found["wait_s"]), _BACK_S_MAX, "s", less_is_better=True)
        for name, each in figures
    ]


def lost(cards_s: list) -> int:
    """How many cards did not come while anybody waited."""
    return sum(value is None or value > _CARD_S_MAX for value in cards_s)


def _back(value: float | None, wait_s: float) -> str:
    return f"> {wait_s:.0f} s" if value is None else f"{value:.2f} s"


def table(found: dict) -> str:
    """Markdown."""
    head = [f"{reader}: {panel}" for reader, panel in _COLUMNS]
    rows = [["from power", *(_power(found, reader, panel) for reader, panel in _COLUMNS)]]
    rows += [[name, *(_fault(found, name, reader, panel) for reader, panel in _COLUMNS)] for name in _faults(found)]
    cycles = [[f"{row['baud']} baud, {row['count']}", *_cycle(found, row)] for row in _of(found["cycles"], panel="ours")]
    return "\n".join([
        *_lines(["in Secure Channel after (cards lost of two)", *head], rows), "",
        *_lines(["readers", "poll cycle, ours", "libosdp", "all secure from power, ours", "libosdp"], cycles), "",
        f"The longest pause of the measuring process: {found['pause_ms']:.0f} ms.",
    ])  # fmt: skip


def _power(found: dict, reader: str, panel: str) -> str:
    return _back(_of(found["power"], reader=reader, panel=panel)[0]["s"], found["wait_s"])


def _fault(found: dict, name: str, reader: str, panel: str) -> str:
    row = _of(found["faults"], fault=name, reader=reader, panel=panel)[0]
    return f"{_back(row['back_s'], found['wait_s'])} ({lost(row['cards_s'])})"


def _cycle(found: dict, ours: dict) -> list[str]:
    """A row's figures of both panels."""
    both = [ours, _of(found["cycles"], panel="libosdp", baud=ours["baud"], count=ours["count"])[0]]
    return [f"{row['ms']:.0f} ms" for row in both] + [_back(row["start_s"], found["wait_s"]) for row in both]


def _lines(head: list[str], rows: list[list[str]]) -> list[str]:
    return [f"| {' | '.join(cells)} |" for cells in [head, ["---"] * len(head), *rows]]


if __name__ == "__main__":
    seen = measured(float(sys.argv[1]) if len(sys.argv) > 1 else _WAIT_S)
    if not seen:
        sys.exit(1)
    print(table(seen))
