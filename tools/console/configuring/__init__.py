"""Configuring: the site file's working copy, changed, compiled, signed, and served to the controllers.

    configuring = Configuring(path, station, end, areas)
    version = configuring.change("ada", "office", {"capacity": 20})
    configuring.state()
"""

from tools.console.configuring.configuring import Configuring
from tools.console.configuring.state import State

__all__ = ["Configuring", "State"]
