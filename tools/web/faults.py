"""Counted faults of the bench: what a browser or anybody else sent that made no sense."""

from collections import Counter

TEXT_LEN_MAX = 200
KINDS_MAX = 50  # later kinds are counted as "other"


class Faults:
    """Counts per kind, and the newest text."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.newest = ""

    def count(self, kind: str, text: object) -> None:
        """Count one fault and keep its text for the page's foot."""
        known = kind in self.counts or len(self.counts) < KINDS_MAX
        self.counts[kind if known else "other"] += 1
        self.newest = f"{kind}: {text}"[:TEXT_LEN_MAX]

    @property
    def total(self) -> int:
        """All faults since the start."""
        return self.counts.total()
