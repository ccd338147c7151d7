"""A board's flash with releases, a console that has one to give, and the board that fetches it: no network, no node."""

import json
import struct

from firmware.config import manifest
from firmware.config.manifest import LISTED
from firmware.hal.ram_files import RamFiles
from firmware.update import Releases
from firmware.update.catalog import PAGE_BYTES, RECORDS, pages, record
from firmware.update.updating import Updating
from firmware.wire.seal import find_key
from tests.config.desk import KEY, Console, changed

PART = changed(1)
EVENT_KEY = find_key(PART.tables["keys"], "")
MPY = 6
OLD, NEW, OTHER = "fw-00000001", "fw-00000002", "fw-00000003"
NOW_S = 1764480000
INSTALLED = {"tree": OLD, "own": "own-1", "board": "test"}


def content(size, seed=1):
    """Bytes that are like no others."""
    state, out = seed, bytearray(size)
    for at in range(0, size - 3, 4):
        state = (state * 1103515245 + 12345) & 0x3FFFFFFF
        struct.pack_into("<I", out, at, state)
    return bytes(out)


FILES_OLD = {"firmware/__init__.mpy": content(300), "firmware/app.mpy": content(9000, 2), "firmware/core/door.mpy": content(5000, 3)}
FILES_NEW = dict(FILES_OLD)
FILES_NEW.update({"firmware/core/door.mpy": content(5100, 4), "firmware/wire/new.mpy": content(4096, 5)})


class RamTree(RamFiles):
    """What hal's Tree offers, in memory. A folder is what stands before a slash."""

    def patch(self, name, offset, pieces):
        before = self._files.get(name, b"")
        data = b"".join([bytes(piece) for piece in pieces])
        torn, self.torn = self.torn, 1000  # the file system writes what is new; what was there is there
        is_cut = self.operations + 1 == self.cut_at
        if is_cut:
            data = data[: len(data) * torn // 1000]
        try:
            return self.write(name, [before[:offset], data, before[offset + len(data) :]])
        finally:
            self.torn = torn

    def rename(self, old, new):
        inside = [name for name in self._files if name.startswith(old + "/")]
        if not inside:
            super().rename(old, new)
            return
        is_cut = self._begin()
        if not is_cut or self.torn == 1000:
            for name in inside:
                self._files[new + name[len(old) :]] = self._files.pop(name)
        self._end(is_cut)

    def names(self):
        for name in sorted({name.split("/")[0] for name in self._files}):
            yield name

    def below(self, folder):
        for name in sorted(self._files):
            if name.startswith(folder + "/"):
                yield (name, True)

    def free(self):
        return self.bytes_max - sum([pages(len(raw)) * PAGE_BYTES for raw in self._files.values()])


def put(tree, name, files):
    """Put a release onto the flash."""
    for path in files:
        tree._files[name + "/" + path] = files[path]


def held(tree, name):
    """The files of a release, as they are on the flash."""
    return {path[len(name) + 1 :]: tree._files[path] for path in tree._files if path.startswith(name + "/")}


def ram_tree(files=FILES_OLD):
    """The flash of a board that runs the old release."""
    tree = RamTree()
    put(tree, OLD, files)
    tree._files["installed.json"] = json.dumps(INSTALLED).encode()
    tree._files["main.py"] = b"#"
    return tree


def aboard(tree=OLD, is_trial=False, **fields):
    told = {"tree": tree, "own": "own-1", "board": "test", "is_trial": is_trial, "mpy": MPY, "rom_bytes": 0}
    told.update(fields)
    return told


class Shipper(Console):
    """Serves one release. `rows`: of the catalog, where that is to lie."""

    def __init__(self, files, name=NEW, version=NOW_S, key=KEY, rows=None, rom=0, **fields):
        self.key, self.name, self.version, self.asked = key, "console", version, []
        self.files = dict(files)
        self.tables = {"catalog": cut(b"".join(rows or catalog(files))), "files": []}
        for path in sorted(files):
            self.tables["files"] += cut(files[path])
        shas = [manifest.sha(page) for table in ("catalog", "files") for page in self.tables[table]]
        self.list = [b"".join(shas[start : start + LISTED]) for start in range(0, len(shas), LISTED)]
        told = {"t": "update", "from": "console", "to": "c1", "site": "small", "version": version, "operator": "ada"}
        told.update({"pages": {table: len(self.tables[table]) for table in self.tables}, "list": manifest.hexes(self.list)})
        told.update({"release": name, "firmware": "0.2.0", "mpy": MPY, "rom": rom, "blocks": len(self.tables["files"])})
        told.update(fields)
        self.told = told

    def page(self, table, number):
        return self.list[number] if table == "list" else self.tables[table][number]


def cut(data):
    return [data[at : at + PAGE_BYTES] for at in range(0, len(data), PAGE_BYTES)]


def catalog(files):
    rows, first = [], 0
    for path in sorted(files):
        rows.append(record(path, len(files[path]), first))
        first += pages(len(files[path]))
    assert RECORDS * len(rows[0]) == PAGE_BYTES
    return rows


class Receiver:
    """The board c1 with its flash, from a start on. `results`: what its Updating has said, but for wants."""

    def __init__(self, tree=None, files=None, running=None):
        self.tree, self.files = tree or ram_tree(), files or RamFiles()
        self.now_ms, self.is_calm = 0, True
        self.start(running or aboard())

    def start(self, running):
        self.wants, self.results = [], []
        self.store = Releases(lambda: self.files, self.tree, running).open()
        self.updating = Updating(PART.settings, PART.tables["keys"], self.store, lambda waited_ms: self.is_calm)

    def note(self, results):
        for result in results:
            if result[0] == "want":
                self.wants.append(result[1])
            else:
                self.results.append(result)

    def take(self, payload):
        self.note(self.updating.take(payload, self.now_ms))
        self.work()

    def work(self, steps_max=100000):
        while self.updating.has_work() and steps_max:
            self.note(self.updating.work(self.now_ms))
            steps_max -= 1

    def rest(self, ms):
        end_ms = self.now_ms + ms
        while self.updating.due_ms <= end_ms:
            self.now_ms = max(self.now_ms, self.updating.due_ms)
            self.note(self.updating.tick(self.now_ms))
            self.work()
        self.now_ms = end_ms

    def fetch(self, shipper, wants_max=100000):
        """Hear a manifest, and be served until there is nothing more to ask."""
        self.take(shipper.manifest)
        while self.wants and wants_max:
            self.take(shipper.piece(self.wants.pop(0)))
            wants_max -= 1

    def refusals(self):
        return [result[3] for result in self.results if result[0] == "refused"]

    def is_staged(self):
        return ("reboot",) in self.results
