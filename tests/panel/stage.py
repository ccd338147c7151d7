"""A panel and a reader in time that only tests move."""

from tests.wire.osdp_pd import Pd
from tests.wire.osdp_world import KEY, Dice
from tools.osdp.reader_keys import ReaderKeys
from tools.osdp.panel import Panel

ADDRESS = 5


class Notebook:
    """A keeper whose every page can be read: `pages` are (keys, identity) as they were kept. `fails`: it cannot write."""

    place = "the notebook"

    def __init__(self):
        self.pages, self.is_made, self.is_dropped, self.fails = [], False, False, False

    def make(self):
        if self.fails:
            raise OSError(28, "No space left on device")
        self.is_made = True

    def keep(self, keys, identity):
        if self.fails:
            raise OSError(28, "No space left on device")
        self.pages.append(([bytes(key) for key in keys], identity))

    def drop(self):
        self.is_dropped = True

    def tell(self, key):
        return {"key_file": self.place}


class Stage:
    """`shown`: what was printed. `pd`: the reader, or None for nobody. `garbage`: what it says instead."""

    def __init__(self, pd, keys=(KEY,), allow_plain=False, formats=("H10301",), identity=None):
        self.pd, self.now_ms, self.garbage = pd, 0, b""
        self.notebook, dice = Notebook(), Dice()
        reader_keys = ReaderKeys(list(keys), identity, self.notebook, dice)
        self.panel = Panel(ADDRESS, 115200, 0, reader_keys, dice, allow_plain, list(formats))
        self.shown, self.coming = [], []

    def run(self, span_ms):
        end_ms, turns = self.now_ms + span_ms, 0
        while not self.panel.is_over:
            due_ms = min([self.panel.next_deadline_ms()] + [at_ms for at_ms, _ in self.coming])
            turns = turns + 1 if due_ms <= self.now_ms else 0
            assert turns < 50, "time stands still"
            if due_ms > end_ms:
                break
            self.now_ms = max(self.now_ms, due_ms)
            while self.coming and self.coming[0][0] <= self.now_ms:
                self.take(self.panel.hear(self.coming.pop(0)[1], self.now_ms))
            self.take(self.panel.tick(self.now_ms))
        self.now_ms = end_ms

    def take(self, actions):
        for kind, what in actions:
            if kind == "show":
                self.shown.append(what)
            elif self.garbage:
                self.coming.append((self.now_ms + 5, self.garbage))
            elif self.pd:
                reply = self.pd.hear(what)
                self.coming += [(self.now_ms + 5, reply)] if reply else []

    def order(self, line):
        self.take(self.panel.order(line, self.now_ms))

    def pair(self):
        self.take(self.panel.pair(self.now_ms))

    def of(self, *kinds):
        return [one for one in self.shown if one["type"] in kinds]

    def types(self):
        return [one["type"] for one in self.shown]


def online(**more):
    """A panel whose reader is online."""
    stage = Stage(Pd(ADDRESS, KEY), **more)
    stage.run(500)
    assert stage.types() == ["id", "capabilities", "online"], stage.shown
    stage.shown = []
    return stage
