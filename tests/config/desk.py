"""A board that fetches, and a console that serves it, small enough to see through. No compiler, no network."""

import json

from firmware.config import manifest
from firmware.config.calm import is_calm
from firmware.config.configuring import Configuring
from firmware.config.loading import read_part
from firmware.config.manifest import LIST, LISTED, TABLES
from firmware.config.store import Store
from firmware.hal.ram_files import RamFiles
from firmware.wire import seal
from firmware.wire.part_pages import PartPages
from tests.core.parts import CONFIG_SECRET, part

ROOM_BYTES, PAGE_ROOM_BYTES, RELEASE_ROOM_BYTES, LITTLE_ROOM_BYTES = 28_000, 14_000, 36_000, 7_000  # firmware/config says for what
KEY = seal.key_for(CONFIG_SECRET, "c1")


def changed(version=2, people=(0, 0, 1, 2), **changes):
    return part(people, version=version, **changes)


class Console:
    """Serves one part. `asked`: [table, number, offset] as it was asked."""

    def __init__(self, a_part, key=KEY, name="console", **fields):
        self.pages, self.key, self.name, self.asked = PartPages(a_part), key, name, []
        self.version = a_part.settings["version"]
        counts = {table: self.pages.count(table) for table in TABLES}
        shas = [self.pages.sha(table, number) for table in TABLES for number in range(counts[table])]
        self.list = [b"".join(shas[start : start + LISTED]) for start in range(0, len(shas), LISTED)]
        told = {"t": "config", "from": name, "to": "c1", "site": "small", "version": self.version, "operator": "ada"}
        told.update({"pages": counts, "list": manifest.hexes(self.list)})
        told.update(fields)
        self.told = told

    @property
    def manifest(self):
        return self.sealed(self.told)

    def sealed(self, told):
        opening = '{"t":%s,' % json.dumps(told["t"])
        rest = {key: told[key] for key in told if key != "t"}
        return seal.seal((opening + json.dumps(rest)[1:]).encode(), self.key)

    def page(self, table, number):
        return self.list[number] if table == LIST else self.pages.page(table, number)

    def piece(self, want, spoil=None, **fields):
        """The answer to a want; `spoil(bytes)` changes the page on its way."""
        table, number = want["page"]
        self.asked.append([table, number, want["offset"]])
        page = self.page(table, number)
        sha = manifest.sha(page)
        page = spoil(page) if spoil else page
        data = page[want["offset"] : want["offset"] + want["size"]]
        masked = manifest.masked(data, manifest.page_key(self.key), sha, want["offset"])
        told = {"t": "piece", "from": self.name, "to": "c1", "version": self.version, "page": [table, number]}
        told.update({"offset": want["offset"], "size": len(page), "bytes": manifest.encoded(masked)})
        told.update(fields)
        return self.sealed(told)


class Calm:
    """A controller of which nobody wants anything. `is_busy`: somebody does."""

    def __init__(self):
        self.is_busy = False
        self.settings = {"outputs": ["strobe"]}
        self.site = self.desk = self.outputs = self.judge = self.readers = self.emergency = self
        self.doors = {}

    def is_active(self, name=None):
        return self.is_busy

    def next_deadline_ms(self):
        return None


class Fetcher:
    """The board c1 with its flash, from a start on."""

    def __init__(self, files=None, factory=None):
        self.files = files or RamFiles()
        self.factory = factory or PartPages(changed(1))
        self.controller = Calm()
        self.now_ms = 0
        self.wants, self.refused = [], []
        self.restarts = 0
        self.start()

    def start(self):
        """Power is on, or the node begins anew."""
        self.store = Store(self.files, self.factory)
        self.part = read_part(self.store.open())
        self.configuring = Configuring(self.part.settings, self.part.tables["keys"], self.store, self.is_calm)

    def is_calm(self, waited_ms):
        return is_calm(self.controller, waited_ms)

    def note(self, results):
        for result in results:
            if result[0] == "want":
                self.wants.append(result[1])
            elif result[0] == "refused":
                self.refused.append(result[1:])
            else:
                self.restarts += 1

    def take(self, payload, is_retained=True):
        """A message comes."""
        if not self.store.knows(payload, is_retained):
            self.note(self.configuring.take(payload, self.now_ms))
        self.work()

    def work(self):
        while self.configuring.has_work():
            self.note(self.configuring.work(self.now_ms))

    def rest(self, ms):
        """Time passes, from deadline to deadline."""
        end_ms = self.now_ms + ms
        while self.configuring.due_ms <= end_ms:
            self.now_ms = max(self.now_ms, self.configuring.due_ms)
            self.note(self.configuring.tick(self.now_ms))
            self.work()
        self.now_ms = end_ms

    def fetch(self, console, wants_max=10000):
        """Hear a manifest, and be served until there is nothing more to ask. Returns how many wants there were."""
        self.take(console.manifest)
        return self.serve(console, wants_max)

    def serve(self, console, wants_max=10000):
        count = 0
        while self.wants and count < wants_max:
            self.take(console.piece(self.wants.pop(0)))
            count += 1
        return count

    def settle(self):
        """Begin anew, and do well."""
        self.start()
        news = self.store.news()
        self.store.settle()
        return news


def same(a, b):
    """Say whether two parts are the same."""
    pages = [{table: [bytes(page) for page in each.tables[table]] for table in each.tables} for each in (a, b)]
    return a.settings == b.settings and pages[0] == pages[1]
