"""A configuration that comes over the network: checked, kept beside the one in force, switched to.

All of it but this file is loaded when one comes. A Node is handed an `Opener`.
"""

from hashlib import sha256

from firmware.core.throttle import Throttle

KEY_NAME = "\x01config"  # in a part's table of keys: no operator can have this name
ROOM_BYTES = 16_000  # of heap, free, without which none is taken: what is short of memory must not be the doors


class Opener:
    """Opens an Office for a node. `make_files()` and `factory` are those of a config Store, `store` is the one of this start.

    `free_bytes()` tells how much heap is free after a collection. `releases`: a Releases, or None: no release comes over the network.
    """

    def __init__(self, make_files, factory, store, free_bytes, releases=None):
        self.has_news, self.refused = store.news() is not None or releases is not None and releases.has_news, store.refused
        self.releases = releases
        self._in_force = store.in_force
        self._throttle = Throttle()
        self._make_files, self._factory, self._free_bytes = make_files, factory, free_bytes

    def knows(self, payload: bytes) -> bool:
        """Say whether a manifest is the one in force: a broker repeats it whenever the link comes up."""
        return self._in_force is not None and sha256(payload).digest() == self._in_force

    def open(self, *parts):
        """Return an Office, or None where there is no room for one."""
        if self._free_bytes() < ROOM_BYTES:
            return None
        from firmware.config.office import Office

        return Office(self._make_files(), self._factory, self._throttle, self.releases, *parts)
