"""What a board has besides `machine`, in real time: a fake chip whose time follows ours, a network that is there, and a real broker.

Nothing of the firmware is imported here: a board may have its own.
"""

import asyncio
import gc
import os
import select
import sys
import time

from tests.fakes import esp32
from tests.fakes.chip import Ticks

TURN_MS_MAX = 10


class World:
    """What firmware/wiring.py wants of one. `link`: the `link` of its own World. `speed`: of the chip's time, in times of ours.

    The chip's time goes on while the App sleeps, and is late where the machine is slow.
    """

    def __init__(self, chip, link, root="", speed=1):
        self.root, self.esp32, self.ticks, self.clock = root, esp32.make(chip), Ticks(chip), self
        self._chip, self._link, self._speed = chip, link, speed
        self._start_us, self._lived_ms, self._ticks_ms = chip.now_us, 0, time.ticks_ms()
        self._is_asked = False  # what time it is
        self._heard = select.poll()
        self._heard.register(sys.stdin, select.POLLIN)

    def now_ms(self):
        return (self._chip.now_us - self._start_us) // 1000

    async def sleep_ms(self, ms):
        await asyncio.sleep_ms(ms // self._speed)
        ticks_ms = time.ticks_ms()
        self._lived_ms += time.ticks_diff(ticks_ms, self._ticks_ms) * self._speed
        self._ticks_ms = ticks_ms
        behind_ms = self._lived_ms - self.now_ms()
        if behind_ms > 0:
            self._chip.run(min(behind_ms, TURN_MS_MAX * self._speed) * 1000)
        line = sys.stdin.readline() if self._heard.poll(0) else ""
        if line:
            self.obey(line)

    def obey(self, line):
        """Do what somebody wants who writes to standard input."""

    def room(self):
        return gc.mem_free()

    def entropy(self):
        return os.urandom(32)

    def net(self, board, settings, machine):
        return self

    def tick(self, now_ms):
        """The network of a PC needs nobody."""

    def time_server(self, host):
        return self

    def ask(self):
        self._is_asked = True

    def take(self):
        """The time at once, as soon as somebody has asked."""
        is_asked, self._is_asked = self._is_asked, False
        return time.time_ns() // 1_000_000 if is_asked else None

    def link(self, *words):
        return self._link(self, *words)
