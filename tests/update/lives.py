"""Starts of a board, one after the other, from main.py on: the real files, a release that is fetched, tried and kept.

What runs is in the place of firmware/wiring.py: it fetches, has doors pause for it first, or proves itself, with the real update.
"""

import json
import sys

# Compiling import within import takes more stack than a 32-bit MicroPython has: the inner parts come first.
import asyncio  # noqa: F401
from firmware.wire import packed_words, packed_fields, packed, storable, messages  # noqa: F401, I001
import firmware
import main
from firmware import start as real_start
from firmware.config.loading import open_part
from firmware.config.store import Store
from firmware.hal.announced_files import AnnouncedFiles
from firmware.hal.busy import Busy
from firmware.hal.tree import Tree
from firmware.restarts import PAUSED
from firmware.update import PAUSED as PAUSED_FILE, Releases
from firmware.update.mail import Mail
from firmware.update.records import replace, told as read_told
from firmware.update.trial import Trial
from firmware.wire import seal
from firmware.wire.part_pages import PartPages
from tests.app.fake_board import Machine
from tests.app.fakes import Link
from tests.config.desk import Console, changed
from tests.update.desk import INSTALLED, NEW, NOW_S, OLD, PART, Receiver, Shipper, aboard, content

FILES = {
    OLD: {"firmware/app.mpy": content(5000, 2), "firmware/core/door.mpy": content(700, 3), "firmware/start.mpy": content(200, 4)},
    NEW: {"firmware/app.mpy": content(5100, 2), "firmware/core/door.mpy": content(700, 3), "firmware/wire/new.mpy": content(300, 5)},
}
KEPT = {"log.img": content(3000, 8), "config/current": b"0\n{}", "keys/front_in": content(16, 9), "boot.py": b"#", "main.py": b"#"}


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def install(root):
    """Leave on the flash what `make deploy` does, and what a board keeps there."""
    tree = Tree(root, Busy(lambda: None))
    for path in KEPT:
        assert tree.patch(path, 0, [KEPT[path]])
    for path in FILES[OLD]:
        assert tree.patch(OLD + "/" + path, 0, [FILES[OLD][path]])
    tree.write("installed.json", [json.dumps(INSTALLED).encode()])


class Watched(Machine):
    """`dogs`: how long each watchdog waits."""

    def __init__(self):
        super().__init__()
        self.dogs = []

    def lose_power(self):
        self.kept, self.cause = b"", self.PWRON_RESET

    def WDT(self, timeout):
        self.dogs.append(timeout)
        return self

    def feed(self):
        pass


class Lives:
    """`told`: what became of releases, as the log has it. `tries`: how often an operator has asked. `fails`: what a trial does instead.

    `has_room`: beside the doors; else they pause. `pauses`: versions of manifests for which they did.
    """

    kept = sorted(KEPT)

    def __init__(self, root, fails=None, has_room=True):
        self.root, self.fails, self.has_room, self.pauses = root, fails, has_room, []
        self.told, self.ran, self.tries, self.has_failed = [], [], 0, False
        self.machine = Watched()

    def live(self):
        """Start once; return what main.py wants then."""
        path = list(sys.path)
        firmware.start = sys.modules["firmware.start"] = self
        try:
            return main.work(self.machine, lambda machine: [], lambda ms: None, self.root)
        finally:
            self.machine.cause = self.machine.WDT_RESET  # of the next life
            sys.path[:] = path
            firmware.start = sys.modules["firmware.start"] = real_start

    def run(self, machine, installed):
        """What the release that main.py has chosen does, by its own start."""
        return real_start.run(machine, installed, lambda: self._wired)

    def _wired(self, machine, installed, cause, mode):
        """Return whether doors are to pause in the next life."""
        name, is_trial = installed["tree"], "trial" in installed
        assert sys.path[0] == self.root + "/" + name
        self.check(name)
        self.ran.append((name, is_trial))
        if is_trial and self.fails:
            self.fails()
        busy = Busy(lambda: None)
        tree = Tree(self.root, busy)
        releases = Releases(lambda: AnnouncedFiles(self.root + "/update", busy), tree, aboard(name, is_trial))
        if mode == PAUSED:
            self._pause(tree, busy)
            return False
        if releases.has_news:
            self._tell(releases)
        if name == OLD and not (self.fails and self.has_failed):
            self.tries += 1
            if not self.has_room:
                return replace(tree, PAUSED_FILE, {"version": NOW_S + self.tries})
            self._fetch(tree, busy, NOW_S + self.tries)
        return False

    def _pause(self, tree, busy):
        """Doors do so once for each time that somebody asks."""
        version = read_told(tree, PAUSED_FILE)["version"]
        assert version not in self.pauses and version == NOW_S + self.tries
        self.pauses.append(version)
        self._fetch(tree, busy, version)

    def check(self, name):
        """What is to run is complete, and what is of no release is as it was."""
        for path in FILES[name]:
            assert read(self.root + "/" + name + "/" + path) == FILES[name][path], path
        for path in self.kept:
            assert read(self.root + "/" + path) == KEPT[path], path

    def _tell(self, releases):
        trial = Trial(releases.tree, releases.aboard, lambda: True)
        results = trial.begin(1)
        if trial.is_trial:
            trial.written(1)
            trial.tick(15_000)
            assert trial.has_work()
            results = trial.work()
        for _, kind, fields, _ in results:
            trial.told(2)
            self.has_failed |= kind == "update.rolled_back"
            self.told.append((kind, fields["release"], fields.get("reason")))
            trial.written(2)

    def _fetch(self, tree, busy, version):
        board = Receiver(tree, AnnouncedFiles(self.root + "/update", busy), aboard())
        board.fetch(Shipper(FILES[NEW], version=version))

    def is_back(self):
        """Say whether what was told last is what runs now."""
        return self.ran[-1] == (OLD if self.fails else NEW, False)

    def installed(self):
        return json.loads(read(self.root + "/installed.json"))["tree"]


class Configured(Lives):
    """Doors pause for a configuration. `told`: what became of it; `ran`: [(version in force, whether that is on trial)]."""

    kept = [path for path in sorted(KEPT) if path != "config/current"]

    def is_back(self):
        return self.ran[-1] == (2, False)

    def _wired(self, machine, installed, cause, mode):
        busy = Busy(lambda: None)
        tree = Tree(self.root, busy)
        store = Store(AnnouncedFiles(self.root + "/config", busy), PartPages(PART))
        part = open_part(store)
        self.check(OLD)
        self.ran.append((part.settings["version"], store.is_trial))
        if mode == PAUSED:
            self._pause_for(part, store, Releases(lambda: None, tree, aboard()))
            return False
        if store.news():
            self.told.append(("config.refused" if store.news()[1] else "config.applied",))
            store.settle()
        if part.settings["version"] == 2:
            return False
        self.tries += 1
        return replace(tree, PAUSED_FILE, {"config": NOW_S + self.tries, "for": "config"})

    def _pause_for(self, part, store, releases):
        link, console = Link(), Console(changed(2), pause=NOW_S + self.tries)
        mail, now_ms = Mail(part.settings, part.tables["keys"], releases, store, lambda: True, lambda mail: link, True), 0
        order = releases.status["pause"]
        assert order not in self.pauses and order == NOW_S + self.tries
        self.pauses.append(order)
        link.inbox = [("message", "config/c1", console.manifest, False)]
        while not mail.is_over:
            mail.turn(now_ms)
            now_ms += 5
            told = json.loads(seal.content(link.sent.pop()[1])) if link.sent else {}
            if "want" in told:
                link.inbox = [("message", "config/c1", console.piece(told["want"]), False)]
