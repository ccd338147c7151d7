"""Where a board keeps its releases: folders beside the one that runs, and who is tried and who counts in files beside them.

The pages of the list and of the catalog lie in the folder `update`, as those of a configuration do; and there `newest`: JSON [version
of the newest manifest that was tried, its release]. Files that belong together are written in an order in which a power cut
anywhere leaves a tree that starts: the new folder first, `newest`, `trial.json` in one step, `installed.json` in one step.
"""

import json
from hashlib import sha256

from firmware.const import const
from firmware.config.manifest import Manifest
from firmware.config.store import Store, page_name
from firmware.update import FAILED, INSTALLED, TRIAL, catalog
from firmware.update.catalog import PAGE_BYTES, RECORD_BYTES, RECORDS, Places
from firmware.update.manifest import CATALOG, FILES, PREFIX
from firmware.update.records import NEWEST, newest, replace, told

_BLOCK = const(512)
FOLDER_BLOCKS = 2
_SPARE_BLOCKS = const(8)  # what the file system needs to work at all
_PAGES_MAX = const(1024)


class ReleaseStore(Store):
    """A Store whose pages of `files` lie in the tree of the release. `files`: of the folder `update`; `tree`, `aboard`: of Releases."""

    def __init__(self, files, tree, aboard: dict):
        super().__init__(files, None, _PAGES_MAX)
        self.tree, self.aboard = tree, aboard
        self.is_trial = aboard["is_trial"]
        self.newest = newest(files)
        self._new = None  # the Release on its way
        self._there = 0  # blocks of its folder

    # -- staging ---------------------------------------------------------------------------------

    def begin(self, new) -> None:
        """The list of a release is here: from now on its pages have places."""
        self._new, self._places = new, Places(self._record)

    def _record(self, index: int) -> bytes:
        number = index // RECORDS
        name = page_name(CATALOG, number, self.sha(self._new, number))
        return self.files.read(name, index % RECORDS * RECORD_BYTES, RECORD_BYTES)

    def has_room(self) -> bool:
        """Say whether a release has room, once `strangers` is through. What of it is there needs none."""
        return (self._new.blocks - self._there + _SPARE_BLOCKS) * PAGE_BYTES <= self.tree.free()

    def has(self, table: str, number: int, sha: bytes) -> bool:
        return self._is_page(self._new.name, number, sha) if table == FILES else super().has(table, number, sha)

    def _is_page(self, folder: str, number: int, sha: bytes) -> bool:
        found, size = sha256(), 0
        for block in self._blocks(folder, number):
            found.update(block)
            size += len(block)
        return size > 0 and found.digest() == sha

    def _blocks(self, folder: str, number: int):
        """Yield a page of a file, in pieces, as far as there is one."""
        path, offset, size = self._places.find(number)
        for at in range(0, size, _BLOCK):
            yield self.tree.read(folder + "/" + path, offset + at, min(_BLOCK, size - at))

    def put(self, table: str, number: int, sha: bytes, pieces) -> bool:
        if table != FILES:
            return super().put(table, number, sha, pieces)
        path, offset, _ = self._places.find(number)
        return self.tree.patch(self._new.name + "/" + path, offset, pieces)

    def take_over(self, table: str, number: int, sha: bytes) -> bool:
        """Copy a page from the tree that runs, if it is there at the same place of the same file."""
        if table != FILES or not self._is_page(self.aboard["tree"], number, sha):
            return False
        return self.put(table, number, sha, self._blocks(self.aboard["tree"], number))

    def looks(self, count: int):
        """Yield, for one look after the other, None or why the folder, whose every page is right, is not just these `count` files."""
        name = self._new.name
        for index in range(count):
            path, size, _ = catalog.read(self._record(index))
            yield None if self.tree.size(name + "/" + path) == size else "'%s' is longer than it should be" % path
        found = 0
        for path, is_file in self.tree.below(name):
            found += is_file
            yield None
        yield None if found == count else name + " held files that are not of it"

    def strangers(self, new):
        """Remove folders that count no more, a file at a time, and yield None; and the names of files in `update` that are not needed.

        One release stays besides the one that runs: the one before it goes only when the next is on its way.
        """
        kept = (new.name, self.aboard["tree"], told(self.tree, INSTALLED).get("tree"))
        for name in self.tree.names():
            if name.startswith(PREFIX) and name not in kept:
                for path, _ in self.tree.below(name):
                    self.tree.remove(path)
                    yield None
                self.tree.remove(name)
        for name in self.files.names():
            yield None if name == NEWEST or self._needs(new, name) else name
        self._there = 0
        for path, is_file in self.tree.below(new.name):
            self._there += catalog.pages(self.tree.size(path) or 0) if is_file else FOLDER_BLOCKS
            yield None

    def discard(self) -> None:
        """Let the folder be a stranger: it holds something else."""
        self.tree.rename(self._new.name, PREFIX + "bad")

    # -- the switch ------------------------------------------------------------------------------

    def switch(self, new: Manifest) -> bool:
        """Let main.py try a release that is complete. False: there is no room."""
        fields = {key: self.aboard[key] for key in ("own", "board")}
        fields.update({"tree": new.name, "before": self.aboard["tree"], "version": new.version, "firmware": new.firmware})
        self.tree.remove(FAILED)
        if not self._replace(NEWEST, [json.dumps([new.version, new.name]).encode()]):
            return False
        return replace(self.tree, TRIAL, fields)

