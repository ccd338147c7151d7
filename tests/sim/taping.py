"""The calls that simulated boards get, recorded for tests/same_trace.py and tests/large_blocks_board.py."""

import json

import host_sim.board
from firmware.hal.nor import small_draw
from firmware.node import Node
from firmware.wire.part_pages import settings_pages
from host_sim.flash import Flash
from tests import same_trace


class Tape:
    """The calls that one board gets, as lines, and what there was to say of it now and then. A new flash begins it anew."""

    def __init__(self):
        self.lines, self.sums = [], []
        self._said = same_trace.Said()

    def put(self, *line):
        self.lines.append(json.dumps(line))

    def said(self, actions):
        self._said.take(actions)
        return actions

    def sum(self, board):
        self.put("sum")
        self.sums.append(json.loads(json.dumps(same_trace.summary(board.node, board.flash.chip, self._said))))

    def clear(self):
        self.lines.clear()
        self._said = same_trace.Said()


class Taping:
    """`with Taping(names) as tapes`: {name: Tape} of the boards of a world that is made meanwhile."""

    def __init__(self, names):
        self._tapes = {name: Tape() for name in names}
        self._made = (host_sim.board.Node, host_sim.board.Flash)

    def __enter__(self) -> dict:
        host_sim.board.Node, host_sim.board.Flash = self._node, self._flash
        return self._tapes

    def __exit__(self, *_):
        host_sim.board.Node, host_sim.board.Flash = self._made

    def _flash(self, board, *args):
        tape = self._tapes.get(board.name)
        return TapedFlash(tape, board, *args) if tape else Flash(board, *args)

    def _node(self, part, *args):
        tape = self._tapes.get(part.settings["controller"])
        return TapedNode(tape, part, *args) if tape else Node(part, *args)


class TapedFlash(Flash):
    def __init__(self, tape, *args):
        super().__init__(*args)
        self.chip.draw = small_draw()  # what a cut leaves: drawn alike on every interpreter
        self._tape = tape
        tape.clear()

    def cut_after(self, operations):
        self._tape.put("cut", operations)
        super().cut_after(operations)

    def mount(self):
        self._tape.put("mount")
        return super().mount()


class TapedNode(Node):
    def __init__(self, tape, part, flash, contacts, now_ms, inc, hardware, seed, entropy, _opener, _keyring, _rows_max):
        tape.put("node", contacts, hardware, seed, entropy.decode())
        super().__init__(part, flash, contacts, now_ms, inc, hardware, seed, entropy)
        self._tape = tape
        self.log.store, self.log.store_ceiling = self._taped(self.log.store), self._taped(self.log.store_ceiling)

    def _taped(self, store):
        def taped(what):
            self._tape.put("store")
            return store(what)

        return taped

    def resume(self):
        self._tape.put("resume")
        super().resume()

    def start(self, now_ms, cause="power_on"):
        self._tape.put("start", now_ms, cause)
        return self._tape.said(super().start(now_ms, cause))

    def handle(self, event, now_ms):
        plain = ("message", event[1], event[2].decode(), event[3]) if event[0] == "message" else event
        self._tape.put("handle", now_ms, plain)
        return self._tape.said(super().handle(event, now_ms))

    def tick(self, now_ms):
        self._tape.put("tick", now_ms)
        return self._tape.said(super().tick(now_ms))

    def chore(self, now_ms):
        self._tape.put("chore", now_ms)
        return self._tape.said(super().chore(now_ms))


def part_line(part, sectors: int) -> list:
    """The line before all others."""
    tables = {name: [bytes(page).hex() for page in pages] for name, pages in part.tables.items()}
    return ["part", [page.hex() for page in settings_pages(part.settings)], tables, sectors]
