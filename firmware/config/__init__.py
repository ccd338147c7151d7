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
_PAGE_ROOM_BYTES = const(14_000)  # without which no page more is fetched: doors may need meanwhile what was free
_LITTLE_ROOM_BYTES = const(7_000)  # without which doors do not even pause for one
_UPDATE = const(b'{"t":"update"')


class Opener:
    """Opens an Office for a node. `make_files()` and `factory` are those of a config Store, `store` is the one of this start.

    `free_bytes()` tells how much heap is free after a collection. `releases`: a Releases, or None: no release comes over the network,
    and doors do not pause. `missing`: what to say of the memory that was, last.
    """

    def __init__(self, make_files, factory, store, free_bytes, releases=None):
        self.has_news, self.refused = store.news() is not None or releases is not None and releases.has_news, store.refused
        self.releases, self._free_bytes = releases, free_bytes
        self.missing = None
        self._in_force = store.in_force
        self._throttle = Throttle()
        self._make_files, self._factory = make_files, factory

    def knows(self, payload: bytes) -> bool:
        """Say whether a manifest is the one in force: a broker repeats it whenever the link comes up."""
        return self._in_force is not None and sha256(payload).digest() == self._in_force

    def lacks(self, room_bytes: int = _PAGE_ROOM_BYTES) -> bool:
        """Say whether so much memory is missing."""
        free_bytes = self._free_bytes()
        self.missing = "not enough memory: it takes %d kB of heap, and %d are free" % (room_bytes // 1000, free_bytes // 1000)
        return free_bytes < room_bytes

    def open(self, payload: bytes, *parts):
        """Return an Office for what has come; where there is no room for one what has doors pause for it, or None.

        The first is opened by a start that has news; without room for more it tells these alone.
        """
        is_start, self.has_news = self.has_news, False
        releases = self.releases
        is_short = self.lacks(_RELEASE_ROOM_BYTES if payload.startswith(_UPDATE) else _ROOM_BYTES)
        if not is_short and not (releases and releases.is_short):
            from firmware.config.office import Office

            return Office(self, self._make_files(), self._factory, self._throttle, *parts)
        if is_start:
            return self._open_news(*parts)
        if not releases or self._free_bytes() < _LITTLE_ROOM_BYTES:
            return None
        from firmware.update.pausing import Pausing

        if not is_short:
            self.missing = "not enough memory: what was free has not been enough"
        return Pausing(self, *parts)

    def _open_news(self, *parts):
        if self.releases and self.releases.has_news:
            from firmware.update.trial import Proving

            return Proving(self.releases, *parts)
        from firmware.config.news import Proving as News
        from firmware.config.store import Store

        return News(Store(self._make_files(), self._factory), *parts)
