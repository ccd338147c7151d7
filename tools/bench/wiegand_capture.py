"""Wiegand: of a thousand badges at the fastest legal timing, at two busy readers of a fake ESP32, how many are read while everything goes on."""
from tests.board.traffic import Traffic
from tools.bench.figure import Figure

FRAMES = 10_000
READ_MIN = 750  # of a thousand: without gates it is below 600


def bench_wiegand_capture() -> list[Figure]:
    """With gates and without; a wrong number ends it."""
    return [_read("gated", True, READ_MIN), _read("ungated", False, None)]


def _read(name: str, is_gated: bool, goal) -> Figure:
    counts = Traffic(1, is_gated).run(FRAMES)
    assert counts["wrong"] == 0, counts
    return Figure(f"wiegand capture {name}", counts["right"] * 1000 / FRAMES, goal, "of 1000 frames")
