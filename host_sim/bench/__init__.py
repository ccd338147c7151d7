"""The bench: a page on which a person uses a simulated site in real time."""

from host_sim.bench.server import serve

__all__ = ["serve"]
