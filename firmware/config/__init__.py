"""A configuration that comes over the network: checked, kept beside the one in force, switched to.

All of it but this file is loaded when one comes. A Node is handed an `Opener`.
"""

from hashlib import sha256

from firmware.const import const
from firmware.core.throttle import Throttle

KEY_NAME = "\x01config"  # in a part's table of keys: no operator can have this name
# Of heap, free, without which none is taken, and no release: what is short of memory must not be the doors. Some 14 kB of it are
# theirs, for people, commands and checkpoints at once, in a heap in pieces: tests/host/test_shared_heap.py shows how little is enough.
_ROOM_BYTES = const(28_000)
_RELEASE_ROOM_BYTES = const(36_000)
_LITTLE_ROOM_BYTES = const(7_000)  # without which doors do not even pause for one
_UPDATE = const(b'{"t":"update"')
LACK = "not enough memory: it takes %d kB of heap, and %d are free"


class Opener:
    """Opens an Office for a node. `make_files()` and `factory` are those of a config Store, `store` is the one of this start.

    `free_bytes()` tells how much heap is free after a collection. `releases`: a Releases, or None: no release comes over the network,
    and doors do not pause. `missing`: what to say of the memory that was, last.
    """

    def __init__(self, make_files, factory, store, free_bytes, releases=None):
        self.has_news, self.refused = store.news() is not None or releases is not None and releases.has_news, store.refused
        self.releases, self.free_bytes = releases, free_bytes
        self.missing = None
        self._in_force = store.in_force
        self._throttle = Throttle()
        self._make_files, self._factory = make_files, factory

    def knows(self, payload: bytes) -> bool:
        """Say whether a manifest is the one in force: a broker repeats it whenever the link comes up."""
        return self._in_force is not None and sha256(payload).digest() == self._in_force

    def open(self, payload: bytes, *parts):
        """Return an Office for what has come; where there is no room for one what has doors pause for it, or None.

        The first is opened by a start that has news; without room for more it tells these alone.
        """
        is_start, self.has_news = self.has_news, False
        releases, free_bytes = self.releases, self.free_bytes()
        room_bytes = _RELEASE_ROOM_BYTES if payload.startswith(_UPDATE) else _ROOM_BYTES
        if free_bytes >= room_bytes and not (releases and releases.is_short):
            from firmware.config.office import Office

            return Office(self, self._make_files(), self._factory, self._throttle, *parts)
        if is_start:
            from firmware.config.news import opened

            return opened(releases, self._make_files, self._factory, *parts)
        self.missing = LACK % (room_bytes // 1000, free_bytes // 1000)
        if not releases or free_bytes < _LITTLE_ROOM_BYTES:
            return None
        from firmware.update.pausing import Pausing

        return Pausing(self, *parts)
