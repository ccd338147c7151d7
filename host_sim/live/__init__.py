"""A site of real processes over a real broker, in real time: the verbs of host_sim.world.World, for the same scenarios."""

from host_sim.live.site import LiveSite

__all__ = ["LiveSite"]
