"""Does with a node what a tape of tests/sim/taping.py says, but for power cuts in the flash."""

import json

from tests.small_heap_board import Chip, flash

FORMAT_SECTORS = 8


class Player:
    """A board of some part. `node`: the one of its present life. `counts`: calls of each kind."""

    def __init__(self, part, sectors):
        self._part, self._chip = part, Chip(sectors)
        self.node = self._log = None
        self._waiting = []  # to be written
        self.counts = {}

    def do(self, call):
        self.counts[call[0]] = self.counts.get(call[0], 0) + 1
        verbs = {"mount": self.mount, "node": self.make, "resume": self.resume, "start": self.start, "handle": self.handle}
        verbs.update({"tick": self.tick, "chore": self.chore, "store": self.store})
        verbs[call[0]](*call[1:])

    def mount(self):
        from firmware.hal.flash_log import FlashLog

        self.node, self._waiting = None, []
        self._log = FlashLog(self._chip)
        while self._log.erased() < FORMAT_SECTORS and self._log.erase_ahead():
            pass

    def make(self, contacts, hardware, seed, entropy):
        from firmware.node import Node

        self.node = Node(self._part, self._log, contacts, 0, 0, hardware, seed, entropy.encode())

    def resume(self):
        self.node.resume()

    def start(self, now_ms, cause):
        self._act(self.node.start(now_ms, cause))

    def handle(self, now_ms, event):
        if event[0] == "message":
            event[2] = event[2].encode()
        self._act(self.node.handle(tuple(event), now_ms))
        self.node.next_deadline_ms()

    def tick(self, now_ms):
        self._act(self.node.tick(now_ms))
        self.node.next_deadline_ms()

    def chore(self, now_ms):
        self._act(self.node.chore(now_ms))

    def store(self):
        if self._waiting:
            kind, what = self._waiting[0]
            store = self.node.log.store if kind == "append" else self.node.log.store_ceiling
            if store(what):
                self._waiting.pop(0)

    def _act(self, actions):
        self._waiting += [action for action in actions if action[0] in ("append", "ceiling")]


def calls(path):
    """Yield the calls of a tape, which lies outside of the heap. Layout: of each its length, u32, and its JSON."""
    data = flash(path)
    at = 0
    while at < len(data):
        size = int.from_bytes(bytes(data[at : at + 4]), "little")
        yield json.loads(data[at + 4 : at + 4 + size])
        at += 4 + size
