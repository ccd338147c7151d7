"""What a benchmark measured, and the table of several."""
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measured value beside its goal, if it has one. `less_is_better`: for times and sizes."""

    name: str
    value: float
    goal: float | None
    unit: str
    less_is_better: bool = False

    @property
    def ratio(self) -> float | None:
        """How far the goal is met: 1 is met exactly, 2 twice as well."""
        if self.goal is None:
            return None
        return self.goal / self.value if self.less_is_better else self.value / self.goal

    def row(self) -> list[str]:
        goal = ["", ""] if self.goal is None else [f"{_number(self.goal)} {self.unit}", f"{self.ratio:.2f}"]
        return [self.name, f"{_number(self.value)} {self.unit}", *goal]


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


HEAD = ["name", "figure", "goal", "ratio"]


def lay_out(rows: list[list[str]]) -> list[str]:
    """Rows as aligned lines, the first column to the left and the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    return ["  ".join([row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:]))]) for row in rows]


def calls_per_second(call, repeat: int = 5, at_least_s: float = 0.1) -> float:
    """The best of some runs: what else the machine does only ever slows it down."""
    return max(_rate(call, at_least_s) for _ in range(repeat))


def _rate(call, at_least_s: float) -> float:
    calls, start = 0, time.process_time()
    while (taken := time.process_time() - start) < at_least_s:
        call()
        calls += 1
    return calls / taken
