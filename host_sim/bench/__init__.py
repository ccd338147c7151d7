"""The bench: a page on which a person uses a site, made of processes and a broker, or simulated in this process."""

from host_sim.bench.server import live_site, serve, simulated_site

__all__ = ["live_site", "serve", "simulated_site"]
