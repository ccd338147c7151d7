"""An event is dated within the error that it names, while no clock is made worse than clocks know."""

from host_sim.fuzz.checkers.checker import Checker


class Clocks(Checker):
    invariant = "clocks know their error"

    def at_end(self) -> None:
        if self.life.doubtful_clocks:
            return
        for entry in self.life.truth.entries.values():
            if entry.is_settled and entry.state == "kept":
                self.checked += 1
                wrong_ms = self.life.claims.misdated_ms(entry)
                if wrong_ms > entry.event["err_ms"] + 2:
                    self.broken(f"dated wrong by {wrong_ms} ms: {entry.event}")
