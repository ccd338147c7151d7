"""Where a board keeps its configurations: pages in files, each named by its content, and one file that says which count.

Layout of the files:
    <table>.<number>.<16 hex digits of its SHA-256>    a page; what two configurations have in common is there once
    current     the configuration in force: a digit, a line feed, the manifest as it came. 0: it has proved itself;
                else how many starts have tried it, and one
    before      what `current` was until then
    refused     JSON: [SHA-256 of a manifest in hex, version, why a start with it failed, whether that was told]; without
                a SHA-256 where the manifest is welcome again
    new         one of these that is being written
`current` changes by renaming a complete file over it, after all pages are there: a power cut leaves the old or the new
configuration. Where there is none, or an older one than the board was flashed with, that one counts: `factory`.
"""

import json
from binascii import hexlify
from hashlib import sha256

from firmware.const import const
from firmware.config import manifest
from firmware.config.manifest import LIST, LISTED, TABLES, Manifest

_SHA_BYTES = const(32)
_BLOCK = const(512)
_PAYLOAD_MAX = const(4096)
_TRIES = const(3)  # starts in which the power may fail, or the firmware, before a configuration has proved itself
_KEPT = const(("current", "before", "refused"))


class Store:
    """`files`: what hal's Files offers. `factory`: `version`, `count(table)`, `page(table, number)` and its `sha`.

    `manifest`: what is in force, or None where that is `factory`; `in_force`: its SHA-256. `refused`: [version, reason] of what
    was not taken.
    """

    def __init__(self, files, factory, pages_max: int = 512):
        self.files, self.factory, self.pages_max = files, factory, pages_max
        self.manifest = self.refused = None
        self.is_trial = False
        self.in_force = self._refused_hash = None
        self._is_told = True
        self._named = (None, 0, "")  # the page that was looked at last

    # -- at a start ------------------------------------------------------------------------------

    def look(self) -> int:
        """See which configuration is in force. Returns how many starts have tried it, or 0."""
        self._read_refused()
        self._named = (None, 0, "")
        tries, self.manifest = self._read("current")
        if self.manifest is None or self.manifest.version <= self.factory.version:
            self.manifest, self.in_force, tries = None, None, 0
        else:
            self.in_force = _hash(self.manifest.payload)
        self.is_trial = tries > 0
        return tries

    def open(self):
        """Decide which configuration is in force, and count the start if it is on trial. Returns self or `factory`."""
        while True:
            tries = self.look()
            if self.manifest is None:
                return self.factory
            if self.in_force == self._refused_hash:
                self._restore()
            elif tries > _TRIES:
                self.fall_back("it did not start")
            elif not self._is_whole():
                self.fall_back("a page of it is damaged", True)
            else:
                if tries:
                    self._write_current(tries + 1)
                return self

    def fall_back(self, reason: str, is_welcome: bool = False) -> None:
        """Give up the configuration in force, for the one before it. `is_welcome`: the same may come again."""
        told = ["" if is_welcome else _hex(self.in_force), self.manifest.version, reason, False]
        self._replace("refused", [json.dumps(told).encode()])
        self._restore()
        self._read_refused()
        self.is_trial = False

    def _restore(self) -> None:
        if self.files.size("before") is None:
            self.files.remove("current")
        else:
            self.files.rename("before", "current")

    def _read_refused(self) -> None:
        try:
            told = json.loads(self.files.read("refused", 0, _BLOCK).decode())
            self._refused_hash, self.refused, self._is_told = told[0], told[1:3], told[3]
        except (ValueError, IndexError, TypeError, KeyError):
            self._refused_hash = None
        else:
            self._refused_hash = _bytes(self._refused_hash)

    def _read(self, name: str) -> tuple:
        """Return (tries, Manifest or None)."""
        raw = self.files.read(name, 0, _PAYLOAD_MAX + 2)
        message = manifest.read(raw[2:]) if raw[1:2] == b"\n" and raw[:1].isdigit() else None
        return (int(raw[:1]), Manifest(message, raw[2:])) if message else (0, None)

    def _is_whole(self) -> bool:
        found = self.manifest
        for number in range(len(found.list)):
            if not self.has(LIST, number, found.list[number]):
                return False
        for index in range(found.total):
            table, number = found.place(index)
            if not self.has(table, number, self.sha(found, index)):
                return False
        return True

    # -- once it works ---------------------------------------------------------------------------

    def news(self) -> tuple | None:
        """Return what is to be told of a trial: (version, None) has begun, (version, why) has failed."""
        if self.is_trial:
            return (self.manifest.version, None)
        return None if self._is_told or self.refused is None else tuple(self.refused)

    def settle(self) -> None:
        """The news is in the log: what is on trial has proved itself."""
        if self.is_trial:
            self._write_current(0)
            self.is_trial = False
        elif not self._is_told:
            told = [_hex(self._refused_hash)] + list(self.refused) + [True]
            self._replace("refused", [json.dumps(told).encode()])
            self._is_told = True

    def knows(self, payload: bytes, is_retained: bool) -> bool:
        """Say whether nothing is to be done for a manifest: it is in force, or has been refused and is only repeated."""
        hashed = _hash(payload)
        return hashed == self.in_force or is_retained and hashed == self._refused_hash

    def refuse(self, payload: bytes, version: int, reason: str) -> None:
        """Remember, until the next start, what a repeated manifest need not be asked about again."""
        self._refused_hash, self.refused = _hash(payload), [version, reason]

    def is_same(self, other: Manifest) -> bool:
        """Say whether a manifest of the version in force has the content that is in force."""
        if self.manifest is not None:
            return self.manifest.list == other.list and self.manifest.counts == other.counts
        if [self.factory.count(table) for table in TABLES] != other.counts:
            return False
        for number in range(len(other.list)):
            found = sha256()
            for index in range(number * LISTED, min((number + 1) * LISTED, other.total)):
                found.update(self.factory.sha(*other.place(index)))
            if found.digest() != other.list[number]:
                return False
        return True

    # -- pages -----------------------------------------------------------------------------------

    def count(self, table: str) -> int:
        return self.manifest.counts[TABLES.index(table)]

    def page(self, table: str, number: int) -> bytes:
        """Return a page of the configuration in force."""
        name = self._name(table, number)
        return self.files.read(name, 0, self.files.size(name))

    def read(self, table: str, number: int, offset: int, size: int) -> bytes:
        """Return a piece of such a page."""
        return self.files.read(self._name(table, number), offset, size)

    def _name(self, table: str, number: int) -> str:
        if self._named[:2] != (table, number):
            self._named = (table, number, page_name(table, number, self.sha(self.manifest, self.manifest.index(table, number))))
        return self._named[2]

    def sha(self, of: Manifest, index: int) -> bytes:
        """Return the SHA-256 of a page, from the list, which is here."""
        number = index // LISTED
        return self.files.read(page_name(LIST, number, of.list[number]), index % LISTED * _SHA_BYTES, _SHA_BYTES)

    def has(self, table: str, number: int, sha: bytes) -> bool:
        """Say whether a page is here, whole."""
        name, found, at = page_name(table, number, sha), sha256(), 0
        size = self.files.size(name)
        while size is not None and at < size:
            found.update(self.files.read(name, at, _BLOCK))
            at += _BLOCK
        return size is not None and found.digest() == sha

    def put(self, table: str, number: int, sha: bytes, pieces: list) -> bool:
        """Keep a page. False: there is no room."""
        return self.files.write(page_name(table, number, sha), pieces)

    def take_over(self, table: str, number: int, sha: bytes) -> bool:
        """Keep a page that the board was flashed with, if it is that one."""
        if table == LIST or number >= self.factory.count(table):
            return False
        return self.factory.sha(table, number) == sha and self.put(table, number, sha, [self.factory.page(table, number)])

    def blocks(self, table: str, number: int, sha: bytes):
        """Yield a page in pieces."""
        name, at = page_name(table, number, sha), 0
        while at < self.files.size(name):
            yield self.files.read(name, at, _BLOCK)
            at += _BLOCK

    def strangers(self, new: Manifest):
        """Yield, one at a time, None or the name of a file that no configuration needs: neither this one nor a new one."""
        for name in self.files.names():
            is_needed = name in _KEPT or self._needs(new, name) or self.manifest is not None and self._needs(self.manifest, name)
            yield None if is_needed else name

    def _needs(self, of: Manifest, name: str) -> bool:
        parts = name.split(".")
        if len(parts) != 3 or not parts[1].isdigit():
            return False
        table, number = parts[0], int(parts[1])
        if table == LIST:
            return number < len(of.list) and name == page_name(LIST, number, of.list[number])
        index = of.index(table, number)
        return index is not None and name == page_name(table, number, self.sha(of, index))

    # -- the switch ------------------------------------------------------------------------------

    def switch(self, new: Manifest) -> bool:
        """Put a configuration in force whose pages are all here, on trial. False: there is no room."""
        if self.manifest is None:
            self.files.remove("before")
        elif not self._replace("before", self._with_tries(0, self.manifest)):
            return False
        self.files.remove("refused")
        return self._replace("current", self._with_tries(1, new))

    def _write_current(self, tries: int) -> None:
        self._replace("current", self._with_tries(tries, self.manifest))

    def _with_tries(self, tries: int, of: Manifest) -> list:
        return [b"%d\n" % tries, of.payload]

    def _replace(self, name: str, pieces: list) -> bool:
        """Write a file as a whole: after a power cut there is the old one or the new one."""
        if not self.files.write("new", pieces):
            return False
        self.files.rename("new", name)
        return True


def page_name(table: str, number: int, sha: bytes) -> str:
    return "%s.%d.%s" % (table, number, _hex(sha)[:16])


def _hash(payload: bytes) -> bytes:
    return sha256(payload).digest()


def _hex(raw: bytes) -> str:
    return hexlify(raw).decode()


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text)
