"""What many seeds came to: for the progress line, and for the summary at the end."""

import json
import statistics
import time
from collections import Counter

from host_sim.fuzz.seed import Result

_YEAR_MS = 365.25 * 24 * 3600 * 1000


class Tally:
    """Counts over all seeds so far."""

    def __init__(self):
        self.seeds = self.badges = 0
        self.simulated_ms = 0
        self.cpu_s: list[float] = []
        self.faults: Counter[str] = Counter()
        self.checks: Counter[str] = Counter()
        self.people: Counter[str] = Counter()
        self.failed: list[int] = []
        self._began_s = time.monotonic()

    def add(self, result: Result) -> None:
        self.seeds += 1
        self.badges += result.badges
        self.simulated_ms += result.simulated_ms
        self.cpu_s.append(result.cpu_s)
        for mine, theirs in ((self.faults, result.faults), (self.checks, result.checks), (self.people, result.people)):
            mine.update(theirs)
        if result.invariant:
            self.failed.append(result.seed)

    def progress(self) -> str:
        """Return one line: seeds, years, badges, faults by kind, speed."""
        faults = " ".join(f"{kind}={count}" for kind, count in sorted(self.faults.items()) if count)
        years, rate = self.simulated_ms / _YEAR_MS, self.seeds / max(0.001, self._seconds())
        return f"{self.seeds} seeds, {years:.2f} years, {self.badges} badges, {len(self.failed)} failed, {rate:.1f} seeds/s; {faults}"

    def summary(self) -> str:
        """Return everything as JSON."""
        cpu_s = sorted(self.cpu_s) or [0.0]
        return json.dumps({
            "seeds": self.seeds,
            "failed": self.failed,
            "years": round(self.simulated_ms / _YEAR_MS, 3),
            "badges": self.badges,
            "people": dict(sorted(self.people.items())),
            "faults": dict(sorted(self.faults.items())),
            "checks": dict(sorted(self.checks.items())),
            "cpu_s": {"median": round(statistics.median(cpu_s), 3), "most": round(cpu_s[-1], 3)},
            "seconds": round(self._seconds(), 1),
        })

    def _seconds(self) -> float:
        return time.monotonic() - self._began_s
