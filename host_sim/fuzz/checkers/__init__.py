"""What must hold whatever befalls a site: one class for each invariant, each counting how often it looked."""

from host_sim.fuzz.checkers.crew import Checkers

__all__ = ["Checkers"]
