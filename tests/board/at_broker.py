"""One life of a board on fake hardware, in real time, at a broker; from a ROM image, see small_heap_broker.py.

The chip's time follows the real one while the App sleeps, and is slower where the machine is: pulses come at their exact moments
between two turns, as many as come in a real board's turn; what the flash and collections take of its time is taken here.
Standard input: `tap READER NUMBER`: a card, see cards.py; `frames COUNT SEED CARDS`: so many at each reader, numbers below CARDS
    as small_draw draws them, as fast as is legal; `report STAGE`.
Standard output, JSON: {"relay": level} of the lock; {"frames": "over"} when all have come; {"stage", "free", …} of the heap.
"""

import gc
import json
import sys

from firmware import wiring
from firmware.boards import kc868_a2v3 as board
from firmware.hal.nor import small_draw
from firmware.restarts import WHOLE
from firmware.wire.wiegand_texts import encode_card
from tests.board import real_time
from tests.board.cards import card
from tests.fakes import machine
from tests.fakes.chip import Chip

INSTALLED = {"tree": "fw-1", "own": "own-1", "board": "kc868-a2v3"}
LOCK = board.TERMINALS["RELAY1"][1]
CLOSED = board.TERMINALS["DI1"][1]
READERS = {"outside": "WIEGAND1", "inside": "WIEGAND2"}
PERIOD_US = 200
PAUSE_MS, PAUSE_MORE_MS = 40, 60  # from the end of a frame to the next of its reader
COLLECT_US = 2000  # without PSRAM


class Reader:
    """Cards at one reader, one pulse planned at a time: what waits would lie in the heap."""

    def __init__(self, chip, terminal):
        self.left, self.is_over = 0, True  # frames of a row
        self._chip, self._wires = chip, board.TERMINALS[terminal][1:]
        self._draw = self._cards = self._bits = None

    def tap(self, number, period_us=PERIOD_US):
        self._bits, self._at, self._period_us = encode_card(card(number)), 0, period_us
        self._due_us = self._chip.now_us + 1000
        self._chip.plan(self._due_us, self._pulse)

    def begin(self, count, seed, cards):
        self.is_over, self.left, self._draw, self._cards = False, count, small_draw(seed), cards
        self._present()

    def _present(self):
        self.tap(self._draw(self._cards))

    def _pulse(self):
        self._chip.pulse(self._wires[int(self._bits[self._at])])
        self._at += 1
        if self._at < len(self._bits):
            self._due_us += self._period_us
            self._chip.plan(self._due_us, self._pulse)
        elif self.left:
            self.left -= 1
            # Pauses are drawn by the moment: whoever knows the seed knows the cards.
            pause_ms = PAUSE_MS + self._due_us % PAUSE_MORE_MS
            self._chip.plan(self._due_us + pause_ms * 1000, self._present if self.left else self._rest)

    def _rest(self):
        """The last frame is over."""
        self.is_over = True


class Relay:
    """What the chip drives: tells of the lock, and keeps nothing."""

    def append(self, row):
        if row[1] == LOCK:
            print(json.dumps({"relay": row[2]}))


class Collector:
    """`gc` of the firmware: a collection takes a board's time."""

    def __init__(self, chip):
        self.collections, self._chip = 0, chip
        self.mem_free, self.mem_alloc, self.threshold = gc.mem_free, gc.mem_alloc, gc.threshold

    def collect(self):
        self.collections += 1
        self._chip.stop(COLLECT_US)
        gc.collect()


class World(real_time.World):
    """Real time, and people at the readers."""

    def __init__(self, chip, root, rom):
        chip.partitions = {"log": rom.Nor()}
        super().__init__(chip, wiring.World.link, root)
        self._rom, self._collector = rom, Collector(chip)
        sys.modules["firmware.joined"].gc = self._collector
        self._readers = {name: Reader(chip, READERS[name]) for name in READERS}
        self._is_over = True
        self._carrier = None

    def link(self, *words):
        self._carrier = super().link(*words)
        self._report("controller")
        return self._carrier

    async def sleep_ms(self, ms):
        await super().sleep_ms(ms)
        if not self._is_over and all([self._readers[name].is_over for name in self._readers]):
            self._is_over = True
            print(json.dumps({"frames": "over"}))

    def obey(self, line):
        words = line.split()
        if words[0] == "tap":
            self._readers[words[1]].tap(int(words[2]))
        elif words[0] == "frames":
            self._is_over = False
            for number, name in enumerate(sorted(self._readers)):
                self._readers[name].begin(int(words[1]), int(words[2]) + number, int(words[3]))
        else:
            self._report(words[1])

    def _report(self, stage):
        nor, counts = self._chip.partitions["log"], self._carrier.counts
        self._rom.report(stage, pages=nor.pages_programmed, erases=nor.erases, collections=self._collector.collections, link=counts)


def run(root, rom):
    """Live until somebody ends the process."""
    chip = Chip(board.CHIP)
    chip.driven, chip.levels[CLOSED] = Relay(), 0
    world = World(chip, root, rom)
    wiring.run(machine.make(chip), INSTALLED, "power_on", WHOLE, world)
