"""A command has one effect, however often and wherever it arrives."""

from collections import Counter

from host_sim.fuzz.checkers.checker import Checker


class Once(Checker):
    invariant = "6 one effect"

    def __init__(self, life):
        super().__init__(life)
        self._told: Counter[tuple] = Counter()

    def on_event(self, entry) -> None:
        """A board writes no two events of one kind for one nonce."""
        event = entry.event
        if event.get("nonce") is None or "was" in event:
            return
        self.checked += 1
        # Momentary acts are remembered until the power goes: what was signed for one boot is refused by the next.
        boot = entry.boot if event["stream"] == "notes" else None
        written = (event["controller"], event["nonce"], event["type"], boot)
        lost = self._told[written] and not self._is_kept(written)
        self._told[written] += 1
        if self._told[written] > 1 and not lost:
            self.broken(f"{written} is written twice")

    def _is_kept(self, written: tuple) -> bool:
        """Say whether what was written for a nonce before is still there."""
        entries = self.life.truth.entries.values()
        named = [e for e in entries if (e.event["controller"], e.event.get("nonce"), e.event["type"]) == written[:3]]
        return any(entry.state in ("kept", "fresh") for entry in named[:-1])
