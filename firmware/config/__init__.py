"""A configuration that comes over the network: checked, kept beside the one in force, switched to.

All of it but this file is loaded when one comes. A Node is handed an `Opener`.
"""

from hashlib import sha256

from firmware.core.throttle import Throttle

KEY_NAME = "\x01config"  # in a part's table of keys: no operator can have this name
ROOM_BYTES = 16_000  # of heap, free, without which none is taken: what is short of memory must not be the doors
LITTLE_ROOM_BYTES = 7_000  # without which doors do not even pause for a release


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
        """Return an Office; where there is no room for one what sees to a release alone, or None.

        The first is opened by a start that has news.
        """
        is_start, self.has_news = self.has_news, False
        free_bytes, releases = self._free_bytes(), self.releases
        if free_bytes < ROOM_BYTES or releases and releases.is_short:
            if not releases or not (releases.has_news if is_start else free_bytes >= LITTLE_ROOM_BYTES):
                return None
            if is_start:
                from firmware.update.trial import Proving as Little
            else:
                from firmware.update.pausing import Pausing as Little

            releases.is_short = False
            return Little(releases, *parts)
        from firmware.config.office import Office

        return Office(self._make_files(), self._factory, self._throttle, self.releases, *parts)
