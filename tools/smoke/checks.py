"""What is measured, and what was expected of it."""

from typing import NamedTuple

from tools.flash import tables

ISSUED_US = {"call": 12, "lookup": 23, "unpack": 300}  # what the budgets of this project reckon with, on 240 MHz
_WITHIN = 1.25


class Limit(NamedTuple):
    """A row of the table: what, in which unit, and the least and the most it may be. Without either it is told and not judged."""

    what: str
    unit: str = ""
    least: float | None = None
    most: float | None = None


class Check(NamedTuple):
    """A function on the board, and a row for each value that it returns."""

    call: str
    rows: tuple[Limit, ...]
    args: tuple = ()


class Wishes(NamedTuple):
    """What the user allows. loops: (output, input) of each wire; board: for whose relays to click, or None."""

    loops: tuple = ()
    board: str | None = None


CHIP = (
    Check("heap_free", (Limit("heap free, nothing loaded", "B", least=160_000),)),
    Check("has_rom", (Limit("MicroPython knows ROM file systems", "", least=1),)),
    Check("labels", (Limit("partitions"),)),
    Check("witnesses", (Limit("counters of pulses (PCNT)", "", least=4),)),
    Check("call_us", (Limit("a function call", "µs", most=ISSUED_US["call"] * _WITHIN),)),
    Check("lookup_us", (Limit("a look-up in a dict", "µs", most=ISSUED_US["lookup"] * _WITHIN),)),
    Check("unpack_us", (Limit("struct.unpack_from", "µs", most=ISSUED_US["unpack"] * _WITHIN),)),
    Check("collect_ms", (Limit("a collection, heap empty", "ms", most=5),)),
    Check("flash_ms", (Limit("append of 100 bytes to flash", "ms", most=2), Limit("erase of a sector", "ms", most=400))),
    Check("file_ms", (Limit("a durable write to a file", "ms", most=500),)),
)
FIRMWARE = (
    Check("link_s", (Limit("network: until it has a link", "s", most=15),), (30,)),
    Check("broker_ms", (Limit("broker: until it takes a connection", "ms", most=3000), Limit("of which TLS with a pre-shared key", "ms", most=500))),
)
WANTED_LABELS = {row.label for row in tables.TABLES[4 * tables.MB]}
_PULSES, _FRAMES, _PERIODS_US = 1000, 100, (1000, 200)


def badge(folder: str, reader: str, door: str, bits: str) -> Check:
    rows = (
        Limit("a badge, from the end of its frame to the lock: the first", "ms", most=50),
        Limit("a badge, from the end of its frame to the lock: later ones", "ms", most=10),
        Limit("heap left beside a whole node", "B", least=20_000),
    )
    return Check("badge", rows, (folder, reader, door, bits))


def pins(wishes: Wishes) -> tuple[Check, ...]:
    """What needs wires, as far as there are some."""
    found = tuple(_pulses(out, into) for out, into in wishes.loops)
    if len(wishes.loops) == 2:
        found += tuple(_wiegand(wishes.loops, period_us) for period_us in _PERIODS_US)
    if wishes.board:
        found += (Check("relays", (Limit(f"relays of {wishes.board} that clicked, by your eyes", ""),), (wishes.board,)),)
    return found


def _pulses(out: int, into: int) -> Check:
    wire = f"GPIO {out} to {into}, of {_PULSES} pulses"
    rows = (
        Limit(f"{wire}: handled", "", least=_PULSES, most=_PULSES),
        Limit(f"{wire}: counted by PCNT", "", least=_PULSES, most=_PULSES),
        Limit(f"{wire}: to the handler, mean", "µs", most=200),
        Limit(f"{wire}: to the handler, longest", "µs", most=4000),
    )
    return Check("pulses", rows, (out, into, _PULSES))


def _wiegand(loops: tuple, period_us: int) -> Check:
    what = f"Wiegand, {_FRAMES} frames at {period_us} µs a bit"
    rows = (
        Limit(f"{what}: read", "", least=_FRAMES * 3 // 4),
        Limit(f"{what}: given up", ""),
        Limit(f"{what}: WRONG", "", most=0),
        Limit(f"{what}: as it came out", "µs"),
    )
    return Check("wiegand", rows, (loops, _FRAMES, period_us))
