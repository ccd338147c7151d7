"""A whole controller on fake hardware: the real hal, Pins, App and Node. Time moves while the App sleeps."""

import asyncio
import gc

from firmware.app import App
from firmware.hal import partition
from firmware.hal.flash_log import FlashLog
from firmware.hal.keyring import Keyring
from firmware.hal.ram_files import RamFiles
from firmware.node import Node
from firmware.wire.wiegand_texts import encode_card
from firmware.pins import Pins
from tests.app.fakes import Link
from tests.board import terminals
from tests.core import parts
from tests.fakes import esp32, machine
from tests.fakes.chip import Chip, Ticks

NINE_MS = 1767603600000
WORK_US = 150  # of a turn without a rest
COLLECT_US = 2000
CLOSED = {"front.sensor": True, "front.rex": False, "vault.sensor": True, "fire": True}
FORMAT_SECTORS = 8


class Over(Exception):
    """The test's time is over."""


class Clock:
    """A hal Clock on a chip."""

    def __init__(self, chip):
        self._chip, self._start_us = chip, chip.now_us

    def now_ms(self):
        return (self._chip.now_us - self._start_us) // 1000


def part(**changes):
    """The small part, its things at terminals."""
    made = parts.part(**changes)
    made.settings.update({"board": "test", "terminals": dict(terminals.CONNECTED)})
    return made


def chip():
    """A chip with doors closed and nobody at a REX; its flash is blank."""
    made = Chip(terminals.CHIP)
    made.i2c = {terminals.EXPANDER: bytearray(4)}
    for name in CLOSED:
        made.levels[terminals.GPIOS[name]] = 0 if CLOSED[name] else 1
    return made


class Controller:
    """One life of a controller on a chip. `events`: what it wrote. `settle_ms`: how long it has lived already."""

    def __init__(self, on=None, site=None, cause="power_on", settle_ms=1000):
        self.chip = on or chip()
        self.events, self.turns = [], 0
        ticks = Ticks(self.chip)
        self.machine = machine.make(self.chip)
        modules = (self.machine, esp32.make(self.chip))
        self._end_us = 0
        self.clock = Clock(self.chip)
        self.pins = Pins(*modules, terminals, self.clock, ticks, self._sleep, alive=self._count_turn)
        site = site or part()
        levels = self.pins.connect(site.settings)
        self.link = Link()
        self.node = Node(site, self._flash(modules[1]), levels, self.clock.now_ms(), entropy=b"entropy", keyring=Keyring(RamFiles()))
        self.node.resume()
        self.app = App(self.node, self.link, self.clock, self.pins)
        self.app.on_append = self.events.append
        self.app.collect = self._collect
        self.app.start(cause, NINE_MS + self.chip.now_us // 1000)
        self.live(settle_ms)

    def _flash(self, module):
        log = FlashLog(partition.find(module, self.pins.busy))
        while log.erased() < FORMAT_SECTORS and log.erase_ahead():
            pass
        return log

    def _count_turn(self):
        self.turns += 1

    async def _sleep(self, ms):
        self.chip.run(ms * 1000 or WORK_US)
        if self.chip.now_us >= self._end_us:
            raise Over()

    def _collect(self):
        with self.pins.busy:
            self.chip.stop(COLLECT_US)
            if hasattr(gc, "mem_free"):  # CPython would look through all that pytest has, each time
                gc.collect()

    # -- people ----------------------------------------------------------------------------------

    def live(self, ms):
        """Let time pass."""
        self._end_us = self.chip.now_us + ms * 1000
        try:
            asyncio.run(self.app.run())
        except Over:
            pass

    def tap(self, no, reader="front_in", period_us=1000, ms=200):
        """Present the card of a person; returns when its last pulse comes, in µs."""
        bits = encode_card("H10301:1:%d" % no)
        last_us = self.chip.frame(terminals.WIRES[reader], bits, self.chip.now_us + 1000, period_us)
        self.live(ms)
        return last_us

    def contact(self, name, is_closed, ms=50):
        """Close or open a contact."""
        self.chip.drive(terminals.GPIOS[name], 0 if is_closed else 1)
        self.live(ms)

    def level(self, name):
        return self.chip.levels[terminals.GPIOS[name]]

    def expander(self):
        """The levels of the expander's outputs."""
        return self.chip.i2c[terminals.EXPANDER][1]

    def types(self):
        """Types of all events so far."""
        return [event["type"] for event in self.events]
