"""People come, operators command and checkpoints are written while a configuration or a release comes, for tests/small_heap_board.py.

What is loaded for that is not let go meanwhile: a board does so once in a minute.
"""
import gc
import json

from tests.small_heap_board import report
from tests.small_heap_config import free
from tests.small_heap_release import Releasing, begin

_NAMES = 400  # the tests have names, too, which on a board have no place in MicroPython's table: it grows before anything is measured
_BEFORE, _CHECKPOINT_EACH = 4, 3
_ROUNDS = 7  # from one collection of App to the next
_STAY_MS = 6000


class Shared(Releasing):
    """`each`: so many messages lie between two uses of its doors."""

    each, used, messages, rounds, low = 8, 0, 0, 0, 1 << 30
    frames = None

    def others(self, action):
        if action[0] != "reply":
            super().others(action)

    def act(self, actions):
        super().act(actions)
        self.rounds += 1
        if self.rounds % _ROUNDS == 0:
            gc.collect()

    def heard(self, path):
        super().heard(path)
        self.messages += 1
        if self.messages % self.each == 0:
            self.use()

    def use(self):
        """An operator says where somebody is, who then badges; now and then a checkpoint is written."""
        granted, user = self.granted, "person-%d" % self.used
        self.used += 1
        order = {"operator": "ada", "nonce": "%016x" % self.used, "reason": "he held the door for a visitor", "action": "move", "area": "hall"}
        order.update({"user": user, "presence": "in"})
        self.act(self.node.controller.command(order, self.now_ms))
        for bit in self.frames.readline().strip():
            self.act(self.node.handle(("bit", "d0_out", int(bit)), self.now_ms))
            self.until(self.now_ms + 2)
        self.until(self.now_ms + _STAY_MS)
        assert self.granted == granted + 1
        if self.used % _CHECKPOINT_EACH == 0:
            self.node.log.checkpoints.make_soon()
            while self.node.has_chores():
                self.act(self.node.chore(self.now_ms))
        self.low = min(self.low, free())


def share(folder, tables, sectors, where):
    """`where`: "shared", what comes, and how many messages lie between two uses, with colons between."""
    _, kind, each = where.split(":")
    for number in range(_NAMES):
        hasattr(gc, "name%d" % number)
    board = begin(folder, tables, sectors, False, Shared)
    board.each, board.frames = int(each), open(folder + "/frames")
    gc.threshold((gc.mem_alloc() + gc.mem_free()) // 16)
    board.act(board.node.handle(("link", True), board.now_ms))
    for _ in range(_BEFORE):
        board.use()
    board.chores()
    report("node", board.used)
    report("done", board.configure(folder + "/" + kind))
    board.use()
    told = {"stage": "told", "free": board.low, "count": board.used, "refused": board.node.post.refused}
    told["status"] = board.node.configuration.releases.status
    print(json.dumps(told))
