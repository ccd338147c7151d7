"""The console as a replica of a site: it follows everybody, fills its gaps by asking, and owns no events itself.

    replica = Replica(site, "console", key, switchboard.end(*KINDS), history, hear)

An event counts as kept, for the boards that may then let go of it, only after the database has committed it.
"""
from tools.console.replica.follower import KINDS, Follower
from tools.console.replica.peers import Peer
from tools.console.replica.replica import Replica, State

__all__ = ["KINDS", "Follower", "Peer", "Replica", "State"]
