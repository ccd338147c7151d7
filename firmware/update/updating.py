"""A new release on its way from the console that signed it to the flash, and to its trial. Pure.

It comes as a configuration does, page after page. Besides, the catalog is checked before anything is written by its paths, and what
was written is read back before the trial. Results of the verbs: those of Configuring, but
    ("staged", version, fields)    all of it is here; fields of an event
    ("reboot",)                    main.py is to try it: whoever runs the controller starts the board anew
"""

from firmware.config.configuring import Configuring
from firmware.update import manifest
from firmware.update.catalog import Check


class Updating(Configuring):
    """`store`: a ReleaseStore; `is_calm(waited_ms)`: nobody would notice, and the broker can be reached.

    `about`: the Release that was looked at last, or None.
    """

    REFUSAL = "update.rolled_back"

    def __init__(self, settings: dict, keys, store, is_calm):
        super().__init__(settings, keys, store, is_calm)
        self.about = self._fault = None

    def _open(self, payload: bytes) -> tuple:
        found = manifest.opened(payload, self._settings, self._keys)
        self.about = found[2]
        self.may_pause = found[2] is not None and found[2].order > 0
        return found

    def _judge(self, told) -> tuple:
        store, new = self._store, self._new
        if told.name == store.aboard["tree"] or store.is_trial:
            return (None, True)
        if told.version <= store.newest:
            return ("this board has tried it, or one that was signed later", False)
        if new is not None and (told.version < new.version or told.version == new.version and told.list != new.list):
            return ("another one is on its way", False)
        fault = "%d pages are too many" % told.total if told.total > store.pages_max else told.find_unfit(store.aboard)
        return (fault, False)

    def told(self) -> dict:
        """Return what an event says of the release that was looked at last."""
        return self.about.told() if self.about else {"version": None}

    def _next(self) -> None:
        at = self._index  # of a page that is here now
        if 0 <= at < self._new.counts[0]:
            self._fault = self._catalog.page(b"".join(self._store.blocks(*self._page())))
        super()._next()
        if at == -1:
            self._catalog = Check(self._new.rom_bytes > 0)
            self._store.begin(self._new)
        elif at == self._new.counts[0] - 1:
            self._fault = self._fault or self._catalog.end(self._new.counts[1])

    def work(self, now_ms: int) -> list:
        fault, self._fault = self._fault, None
        return self.give_up(fault) if fault else super().work(now_ms)

    def _tidy(self) -> list:
        super()._tidy()
        is_over = self._names is None
        return self.give_up("no room in the flash for %d blocks" % self._new.blocks) if is_over and not self._store.has_room() else []

    def _begin_check(self) -> None:
        """What a release is made of has been seen to page by page."""

    def _check(self, now_ms: int) -> list:
        """Read back one page of what was written; at last look at the files, one at a time."""
        if self._index == self._new.total:
            return self._look_at_one(now_ms)
        table, number, sha = self._page()
        self._index += 1
        self._looks = self._store.looks(self._catalog.count)
        is_right = self._store.has(table, number, sha)
        return [] if is_right else self.give_up("page %d of %s reads back wrong" % (number, table))

    def _look_at_one(self, now_ms: int) -> list:
        try:
            fault = next(self._looks)
        except StopIteration:
            self._be_ready(now_ms)
            return [("staged", self._new.version, self._new.told())]
        if fault:
            self._store.discard()
        return self.give_up(fault) if fault else []

    def _switch(self, now_ms: int) -> list:
        return [("reboot",) if result == ("restart",) else result for result in super()._switch(now_ms)]
