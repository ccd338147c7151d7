"""One life of a board on fake hardware, in real time, at a broker; from a ROM image, see small_heap_broker.py.

The chip's time follows the real one while the App sleeps, and is slower where the machine is: pulses come at their exact moments
between two turns, as many as come in a real board's turn; what the flash and collections take of its time is taken here.
Standard input: `tap READER NUMBER`: a card, see cards.py; `frames COUNT SEED CARDS PAUSE`: so many at each reader, numbers below CARDS
    as small_draw draws them, as fast as is legal, with PAUSE ms more at most from one to the next; `speed TIMES`: as fast as the
    world's, where the machine can; `ungated`: nothing waits any more for the end of a frame; `pin`: from now on no free
    piece of the heap is longer than PIECE_BYTES; `report STAGE`.
Standard output, JSON: {"now": ms} of the chip, once it is faster; {"relay": level} of the lock; {"frames": "over"} when all have come; {"stage", "free", …} of the heap.
"""

import asyncio
import gc
import json
import os
import select
import sys
import time

from firmware import wiring
from firmware.boards import kc868_a2v3 as board
from firmware.hal.clock import Clock
from firmware.hal.nor import small_draw
from firmware.pins import Pins
from firmware.restarts import WHOLE
from firmware.wire.wiegand_texts import encode_card
from tests import pieces
from tests.board.cards import card
from tests.board.garbage import BusyTicks, Collector
from tests.fakes import esp32, machine
from tests.fakes.chip import Chip

INSTALLED = {"tree": "fw-1", "own": "own-1", "board": "kc868-a2v3"}
LOCK = board.TERMINALS["RELAY1"][1]
CLOSED = board.TERMINALS["DI1"][1]
READERS = {"outside": "WIEGAND1", "inside": "WIEGAND2"}
PERIOD_US = 200
PAUSE_MS = 40  # at least, from the end of a frame to the next of its reader
PAUSE_SEED = 1000
TURN_MS_MAX = 10
TELL_MS = 200
PIECE_BYTES = 4112  # 4,096, and what MicroPython has behind bytes


class Reader:
    """Cards at one reader, one pulse planned at a time: what waits would lie in the heap."""

    def __init__(self, chip, terminal):
        self.left, self.is_over = 0, True  # frames of a row
        self._chip, self._wires = chip, board.TERMINALS[terminal][1:]
        self._draw = self._draw_ms = self._cards = self._bits = None

    def tap(self, number, period_us=PERIOD_US):
        self._bits, self._at, self._period_us = encode_card(card(number)), 0, period_us
        self._due_us = self._chip.now_us + 1000
        self._chip.plan(self._due_us, self._pulse)

    def begin(self, count, seed, cards, pause_more_ms):
        self.is_over, self.left, self._cards, self._more_ms = False, count, cards, pause_more_ms
        # Pauses have a draw of their own: whoever knows the seed knows the cards.
        self._draw, self._draw_ms = small_draw(seed), small_draw(seed + PAUSE_SEED)
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
            pause_ms = PAUSE_MS + self._draw_ms(self._more_ms)
            self._chip.plan(self._due_us + pause_ms * 1000, self._present if self.left else self._rest)

    def is_in_frame(self):
        return bool(self._bits) and 0 < self._at < len(self._bits)

    def _rest(self):
        """The last frame is over."""
        self.is_over = True


class Relay:
    """What the chip drives: tells of the lock, and keeps nothing."""

    def append(self, row):
        if row[1] == LOCK:
            print(json.dumps({"relay": row[2]}))


class TimeServer:
    """Knows the time at once: that of the chip, which may go faster than that of the world."""

    def __init__(self, clock):
        self._clock, self._start_ms = clock, time.time_ns() // 1_000_000 - clock.now_ms()
        self._is_asked = False

    def ask(self):
        self._is_asked = True

    def take(self):
        was_asked, self._is_asked = self._is_asked, False
        return self._start_ms + self._clock.now_ms() if was_asked else None


class World(wiring.World):
    """What is not `machine`. The link is the real one."""

    def __init__(self, chip, root, rom):
        self.root, self._chip, self._rom = root, chip, rom
        chip.partitions = {"log": rom.Nor()}
        self._collector = sys.modules["firmware.joined"].gc = Collector(chip, self._is_in_frame)
        self.esp32, self.ticks, self.clock = esp32.make(chip), BusyTicks(chip, self._collector), ChipClock(chip)
        self._real, self._speed = Clock(), 1
        self._since_ms = self._from_ms = 0  # real time, and that of the chip then
        self._tell_ms = None  # when to tell the chip's time
        self._readers = {name: Reader(chip, READERS[name]) for name in READERS}
        self._asked = select.poll()
        self._asked.register(sys.stdin, select.POLLIN)
        self._is_over = True
        self._link = self._pins = None

    def entropy(self):
        return os.urandom(32)

    def net(self, board, settings, machine):
        return self

    def tick(self, now_ms):
        """The network of a PC needs nobody."""

    def time_server(self, host):
        return TimeServer(self.clock)

    def link(self, settings, node, hardware, root, seed, busy):
        self._link = super().link(settings, node, hardware, root, seed, busy)
        self._report("controller")
        return self._link

    async def sleep_ms(self, ms):
        self._collector.look(False)
        await asyncio.sleep_ms((ms + self._speed - 1) // self._speed)
        behind_ms = self._from_ms + (self._real.now_ms() - self._since_ms) * self._speed - self.clock.now_ms()
        if behind_ms > 0:
            self._chip.run(min(behind_ms, TURN_MS_MAX) * 1000)
        if self._tell_ms is not None and self.clock.now_ms() >= self._tell_ms:
            self._tell_ms = self.clock.now_ms() + TELL_MS
            print(json.dumps({"now": self.clock.now_ms()}))
        if not self._is_over and all([self._readers[name].is_over for name in self._readers]):
            self._is_over = True
            print(json.dumps({"frames": "over"}))
        if self._asked.poll(0):
            self._obey(sys.stdin.readline().split())

    def _obey(self, words):
        if words[0] == "tap":
            self._readers[words[1]].tap(int(words[2]))
        elif words[0] == "frames":
            self._is_over = False
            for number, name in enumerate(sorted(self._readers)):
                self._readers[name].begin(int(words[1]), int(words[2]) + number, int(words[3]), int(words[4]))
        elif words[0] == "speed":
            self._since_ms, self._from_ms, self._speed = self._real.now_ms(), self.clock.now_ms(), int(words[1])
            self._tell_ms = 0
        elif words[0] == "pin":
            self._pins = None
            self._pins = pieces.pinned(PIECE_BYTES)
            print(json.dumps({"longest": pieces.longest()}))
        elif words[0] == "ungated":
            Pins.is_reading = lambda self, now_ms: False
        else:
            self._report(words[1])

    def _is_in_frame(self):
        return any([self._readers[name].is_in_frame() for name in self._readers])

    def _report(self, stage):
        self._collector.look(False)  # a report collects by itself
        nor, counts = self._chip.partitions["log"], self._link.counts
        garbage = {name: getattr(self._collector, name) for name in ("asked", "announced", "others", "in_frames")}
        left = sum([self._readers[name].left for name in self._readers])
        self._rom.report(stage, left=left, pages=nor.pages_programmed, erases=nor.erases, garbage=garbage, link=counts)
        self._collector.forget()


class ChipClock:
    """A hal Clock on a chip."""

    def __init__(self, chip):
        self._chip = chip

    def now_ms(self):
        return self._chip.now_us // 1000


def run(root, rom):
    """Live until somebody ends the process."""
    chip = Chip(board.CHIP)
    chip.driven, chip.levels[CLOSED] = Relay(), 0
    world = World(chip, root, rom)
    wiring.run(machine.make(chip), INSTALLED, "power_on", WHOLE, world)
