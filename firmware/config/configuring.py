"""A new configuration on its way from the console that signed it to the flash, and into force. Pure.

Page after page: what is here, whole, is not asked for; the rest comes in pieces, one at a time. Lost, doubled and overtaken
pieces, a console that vanishes, a restart in the middle, a newer manifest: each of them costs time and nothing else.
Results of the verbs:
    ("want", fields)               a piece is wanted of the console
    ("refused", source, version or None, reason)   `source` is what one event in 10 s is written for
    ("restart",)                   it is in force: whoever runs the controller starts it anew
"""

from hashlib import sha256

from firmware.const import const
from firmware.config import KEY_NAME, manifest
from firmware.config.manifest import LIST, PIECE_BYTES
from firmware.wire import seal

_NEVER = const(1 << 60)
_WAIT_MS = const(1000)  # for a piece; twice as long each time,
_WAIT_MAX_MS = const(60_000)
_DAMAGED_MAX = const(3)  # times that one page comes damaged
_STRANGERS = const(4)  # files looked at in one piece of work
_LOOK_MS = const(500)  # from one look whether it is calm to the next
_FETCH, _TIDY, _CHECK, _READY = const(0), const(1), const(2), const(3)


class Configuring:
    """`settings` and `keys` are of the configuration in force, `store` is a Store, `is_calm(waited_ms)`: nobody would notice.

    `due_ms`: when `tick` has something to do.
    """

    REFUSAL = "config.refused"  # what a refusal is written as
    may_pause = False  # doors may pause for what is on its way

    def __init__(self, settings: dict, keys, store, is_calm):
        self._settings, self._keys, self._store, self._is_calm = settings, keys, store, is_calm
        self.due_ms = _NEVER
        self._new = None  # the Manifest on its way
        self._stage = _FETCH

    # -- manifests -------------------------------------------------------------------------------

    def take(self, payload: bytes, now_ms: int) -> list:
        """Take a manifest, or a piece of a page."""
        if payload.startswith(b'{"t":"piece"'):
            return self._take_piece(payload, now_ms)
        fault, reason, told = self._open(payload)
        if told is None:
            return [("refused", fault, None, reason)]
        reason, is_same = (reason, False) if fault else self._judge(told)
        if reason:
            return self._refuse(told, reason)
        if not is_same:
            self._begin(told, now_ms)
        return []

    def _open(self, payload: bytes) -> tuple:
        found = manifest.opened(payload, self._settings, self._keys)
        self.may_pause = found[2] is not None and found[2].order > 0
        return found

    def _judge(self, told) -> tuple:
        """Return why a manifest is refused or None, and whether it changes nothing."""
        version, new = self._settings["version"], self._new
        if told.version < version:
            return ("version %d is older than %d, which is in force" % (told.version, version), False)
        if told.version == version:
            is_same = self._store.is_same(told)
            return (None if is_same else "another version %d is in force" % version, is_same)
        if told.total + len(told.list) > self._store.pages_max:
            return ("%d pages are too many" % told.total, False)
        if new is not None and told.version < new.version:
            return ("version %d is older than %d, which is on its way" % (told.version, new.version), False)
        if new is not None and told.version == new.version and told.list != new.list:
            return ("another version %d is on its way" % new.version, False)
        return (None, False)

    def _refuse(self, told, reason: str) -> list:
        self._store.refuse(told.payload, told.version, reason)
        return [("refused", reason, told.version, reason)]

    def give_up(self, reason: str) -> list:
        """Stop where it is."""
        new, self._new, self.due_ms = self._new, None, _NEVER
        return self._refuse(new, reason) if new else [("refused", reason, None, reason)]

    def _begin(self, told, now_ms: int) -> None:
        """Begin, or go on with the same: whoever signed it is there again."""
        is_other = self._new is None or self._new.list != told.list or self._new.version != told.version
        self._new = told
        if is_other:
            self._stage, self._index, self._damaged = _FETCH, -len(told.list), 0
            self._key = manifest.page_key(seal.find_key(self._keys, KEY_NAME))
            self._look()
        self.link(now_ms)

    def _look(self) -> None:
        """See, with the next piece of work, whether the page is here."""
        self._pieces, self._length, self._size, self._is_wanted = [], 0, None, False

    def link(self, now_ms: int) -> None:
        """The link is up, or the console: ask at once."""
        self._wait_ms = _WAIT_MS
        if self._new is not None and self._is_waiting():
            self.due_ms = now_ms

    # -- pieces ----------------------------------------------------------------------------------

    def _is_waiting(self) -> bool:
        return self._stage == _FETCH and self._is_wanted and self._length != self._size

    def _page(self) -> tuple:
        """Return (table, number, SHA-256) of the page that is under way; those of the list come first."""
        new, index = self._new, self._index
        if index < 0:
            number = index + len(new.list)
            return (LIST, number, new.list[number])
        table, number = new.place(index)
        return (table, number, self._store.sha(new, index))

    def _want(self, now_ms: int) -> list:
        table, number, _ = self._page()
        self.due_ms = now_ms + self._wait_ms
        self._wait_ms = min(2 * self._wait_ms, _WAIT_MAX_MS)
        wanted = {"to": self._new.console, "version": self._new.version, "page": [table, number]}
        wanted["offset"], wanted["size"] = self._length, PIECE_BYTES
        return [("want", wanted)]

    def _take_piece(self, payload: bytes, now_ms: int) -> list:
        piece = manifest.piece(payload, self._settings, self._keys)
        if piece is None:
            return [("refused", "piece", None, "a piece of a page that is none")]
        if self._new is None or not self._is_waiting():
            return []
        table, number, sha = self._page()
        data, size = piece["bytes"], piece["size"]
        is_next = piece["version"] == self._new.version and piece["page"] == [table, number] and piece["offset"] == self._length
        if not is_next or self._size not in (None, size) or not data or self._length + len(data) > size:
            return []
        self._size = size
        self._pieces.append(manifest.masked(data, self._key, sha, self._length))
        self._length += len(data)
        self._wait_ms, self.due_ms = _WAIT_MS, _NEVER
        return self._want(now_ms) if self._is_waiting() else []

    def tick(self, now_ms: int) -> list:
        """Do what is due by time alone."""
        if self._new is None or self.due_ms > now_ms:
            return []
        self.due_ms = _NEVER
        if self._stage == _READY:
            self._may_look = True
            return []
        return self._want(now_ms) if self._is_waiting() else []

    # -- the flash's own work --------------------------------------------------------------------

    def is_busy(self) -> bool:
        """Say whether a configuration is on its way."""
        return self._new is not None

    def is_ready(self) -> bool:
        """Say whether all of it is here, and only waits for its moment."""
        return self._new is not None and self._stage == _READY

    def has_work(self) -> bool:
        """Say whether there is something to do while no reader is in the middle of a frame."""
        return self._new is not None and not self._is_waiting() and (self._stage != _READY or self._may_look)

    def work(self, now_ms: int) -> list:
        """Do one piece of it."""
        if self._stage == _FETCH:
            return self._fetch(now_ms)
        if self._stage == _TIDY:
            return self._tidy()
        return self._check(now_ms) if self._stage == _CHECK else self._switch(now_ms)

    def _fetch(self, now_ms: int) -> list:
        table, number, sha = self._page()
        if self._is_wanted:
            return self._keep(table, number, sha)
        if self._store.has(table, number, sha) or self._store.take_over(table, number, sha):
            self._next()
            return []
        self._is_wanted = True
        return self._want(now_ms)

    def _keep(self, table: str, number: int, sha: bytes) -> list:
        """A whole page has come."""
        found = sha256()
        for piece in self._pieces:
            found.update(piece)
        if found.digest() == sha:
            if not self._store.put(table, number, sha, self._pieces):
                return self.give_up("no room in the flash")
            self._next()
            return []
        self._damaged += 1
        self._look()
        return self.give_up("page %d of %s comes damaged" % (number, table)) if self._damaged == _DAMAGED_MAX else []

    def _next(self) -> None:
        self._index, self._damaged = self._index + 1, 0
        self._look()
        if self._index == 0:
            # The list is here: what neither this configuration nor the one in force needs may go.
            self._stage, self._names = _TIDY, self._store.strangers(self._new)
        elif self._index == self._new.total:
            self._stage, self._index = _CHECK, 0
            self._begin_check()

    def _begin_check(self) -> None:
        from firmware.config.check import Check  # a release does without it

        self._checked = Check(self._settings, self._new.version)

    def _tidy(self) -> list:
        for _ in range(_STRANGERS):
            try:
                name = next(self._names)
            except StopIteration:
                self._stage, self._names = _FETCH, None
                return []
            if name is not None:
                self._store.files.remove(name)
        return []

    def _check(self, now_ms: int) -> list:
        """Read one page of what has come."""
        table, number, sha = self._page()
        self._index += 1
        is_last = self._index == self._new.total or self._new.place(self._index)[0] != table
        self._checked.page(table, is_last, self._store.blocks(table, number, sha))
        fault = self._checked.fault
        if fault is None and self._index == self._new.total:
            fault = self._checked.end()
            self._be_ready(now_ms)
        return self.give_up(fault) if fault else []

    def _be_ready(self, now_ms: int) -> None:
        """All of it is here and right."""
        self._stage, self._may_look, self._ready_ms = _READY, True, now_ms

    def _switch(self, now_ms: int) -> list:
        """Put it in force as soon as nobody needs the doors for a moment, and the one before has proved itself."""
        self._may_look = False
        if self._store.is_trial or not self._is_calm(now_ms - self._ready_ms):
            self.due_ms = now_ms + _LOOK_MS
            return []
        if not self._store.switch(self._new):
            return self.give_up("no room in the flash")
        self._new, self.due_ms = None, _NEVER
        return [("restart",)]
