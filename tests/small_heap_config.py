"""A new configuration comes to a board with little heap, for tests/small_heap_board.py.

`news` in the folder of pages holds what a console would send: `manifest`, and `<table>-<number>-<offset>`, pieces.
"""
import gc
import json
from micropython import const

from tests.small_heap_board import Board, flash, load, read, report


_LITTLE_BYTES, _BALLAST_BYTES = const(27_500), const(112)


class Flashed:
    """The configuration that the board was flashed with."""

    version = 1

    def __init__(self, pages):
        self._pages = pages

    def count(self, table):
        return len(self._pages[table])

    def page(self, table, number):
        return self._pages[table][number]

    def sha(self, table, number):
        from hashlib import sha256
        return sha256(self._pages[table][number]).digest()


class Start:
    """What a config Store found at the start: nothing new."""

    refused = in_force = None

    def news(self):
        return None


class Fetching(Board):
    """A board that is told of a new configuration."""

    want, is_over, refused = None, False, None

    def others(self, action):
        if action[0] == "restart":
            self.is_over = True
        elif action[0] == "send" and action[1] == "want/c1" and b'"page"' in action[2]:
            self.want = json.loads(action[2])

    def heard(self, path):
        self.act(self.node.handle(("message", "config/c1", read(path), path.endswith("news/manifest")), self.now_ms))

    def configure(self, folder):
        """Fetch it, until the node wants to begin anew. Gives how many pieces that took."""
        self.heard(folder + "/manifest")
        count = 0
        if not self.node.fetching:
            return 0
        self.act(self.node.handle(("link", True), self.now_ms))
        while not self.is_over:
            assert self.node.fetching, self.node.post.refused
            if self.want:
                want, self.want = self.want, None
                self.heard("%s/%s-%d-%d" % (folder, want["page"][0], want["page"][1], want["offset"]))
                count += 1
            while self.node.has_chores() and not self.want and not self.is_over:
                self.act(self.node.chore(self.now_ms))
                gc.collect()
            self.until(self.now_ms + 20)
        return count


def free():
    gc.collect()
    return gc.mem_free()


def files(folder):
    from firmware.hal.files import Files
    return Files(folder)


def fetching(folder, tables, sectors):
    """Return (a board that was flashed with a configuration, how an Office is opened for a node of it)."""
    from firmware.config import Opener
    from firmware.wire.part import read_settings
    pages = dict(tables)
    pages["settings"] = load(folder, flash, ("settings",))["settings"]
    factory = Flashed(pages)
    opener = Opener(lambda: files(folder + "/config"), factory, Start(), free)
    return (Fetching(read_settings(load(folder, read, ("settings",))["settings"]), tables, sectors, opener), factory)


def take_configuration(folder, tables, sectors, where):
    if where.startswith("shared"):
        from tests import small_heap_shared

        small_heap_shared.share(folder, tables, sectors, where)
        return
    board, _ = fetching(folder, tables, sectors)
    report("node", 0)
    ballast = None
    while where == "little" and free() > _LITTLE_BYTES:
        ballast = (ballast, bytearray(_BALLAST_BYTES))
    report("configured", board.configure(folder + "/news"))
    with open(folder + "/frames") as frames:
        board.tap("d0_in", frames.readline().strip())
    report("badge", board.granted)
    print(json.dumps({"stage": "told", "free": 0, "refused": board.node.post.refused, "faults": board.node.faults}))
