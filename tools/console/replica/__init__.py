"""The console as a replica of a site: it follows everybody, fills its gaps by asking, and owns no events itself.

    taps = Taps(link)
    replica = Replica(site, "console", key, taps.tap("log", "have", "want", "ask", "status"), history, hear)

An event counts as kept, for the boards that may then let go of it, only after the database has committed it.
"""
from tools.console.replica.follower import Follower
from tools.console.replica.peers import Peer
from tools.console.replica.replica import Replica, State
from tools.console.replica.taps import Tap, Taps

__all__ = ["Follower", "Peer", "Replica", "State", "Tap", "Taps"]
