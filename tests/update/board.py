"""One life of a board from its own main.py on, for MicroPython: `board.py REPOSITORY FLASH HOST UMQTT SPEED`.

FLASH becomes the root of the file system, as a board's flash is: main.py, the releases and everything they write lie there. What runs
is what lies there, compiled. Hardware is fake, HOST keeps what outlives a reset; the network and the broker are real. The chip's time
goes SPEED times as fast as ours. A watchdog that bites ends the process with SIGALRM.
Layout: prints a JSON line for each event, and {"ends": what main.py wants}; takes lines [reader's GPIOs, bits] of cards.
"""

import json
import os
import sys
import time

LOG_SECTORS = 32
DOOR_SENSOR = 6  # GPIO; it is closed
TURN_US = 150
ALARM_S_MIN = 6  # the machine that runs this may have others to serve


def mount(repository, flash, host, umqtt):
    import vfs

    for path, where in ((repository, "/repository"), (host, "/host"), (umqtt, "/library")):
        vfs.mount(vfs.VfsPosix(path), where)
    board = vfs.VfsPosix(flash)
    vfs.umount("/")
    vfs.mount(board, "/")
    os.chdir("/")
    sys.path[:] = ["/repository", ".frozen"]


def fakes():
    """Return (chip, machine, esp32) and forget the firmware that they are made with: the board has its own."""
    from firmware.hal.nor import NorFile
    from tests.fakes import esp32, machine
    from tests.fakes.chip import Chip

    chip = Chip("esp32s3", is_strict=False)
    chip.levels[DOOR_SENSOR] = 0
    chip.partitions = {"log": NorFile("/host/log.img", LOG_SECTORS, is_synced=False)}
    found = (chip, machine.make(chip, reset_cause(machine)), esp32.make(chip))
    for name in list(sys.modules):
        if name.split(".")[0] in ("firmware", "tests"):
            del sys.modules[name]
    sys.path[:] = ["", "/library", ".frozen"]
    return found


def reset_cause(machine):
    return machine.Machine.SOFT_RESET if "rtc" in os.listdir("/host") else machine.Machine.PWRON_RESET


class Hardware:
    """The module `machine`, but for what has to be real: a watchdog that ends the process, and memory that outlives it."""

    def __init__(self, chip, made, esp32, speed):
        import ffi

        self.chip, self._made, self._esp32, self._speed = chip, made, esp32, speed
        self._alarm = ffi.open("libc.so.6").func("I", "alarm", "I")
        self._is_begun = False

    def __getattr__(self, name):
        return getattr(self._made, name)

    def WDT(self, timeout):
        self._alarm_s = max(ALARM_S_MIN, timeout // 1000 // self._speed)
        self.feed()
        return self

    def feed(self):
        self._alarm(self._alarm_s)

    def RTC(self):
        """The first thing that the firmware asks for: now it is there, and what is not `machine` can be put in its place."""
        if not self._is_begun:
            self._is_begun = True
            put_world(self.chip, self._esp32, self._speed)
        return self

    def memory(self, data=None):
        if data is not None:
            with open("/host/rtc", "wb") as file:
                file.write(data)
            return None
        try:
            with open("/host/rtc", "rb") as file:
                return file.read()
        except OSError:
            return b""


def put_world(chip, esp32, speed):
    # On a PC each import within an import takes 4 kB of stack, for a path: the inner parts come first.
    from firmware.core import apb, book, presence, judge, reports, badges  # noqa: F401, I001
    from firmware.wire import packed_words, packed_fields, packed, storable, messages  # noqa: F401, I001
    from firmware import app, wiring

    do_append = app.App._do_append

    def tell(self, event):
        print(json.dumps(event))
        do_append(self, event)

    app.App._do_append = tell
    wiring.World = lambda: World(chip, esp32, speed)


class World:
    """What is not `machine`, with time that goes fast and a real broker."""

    def __init__(self, chip, esp32, speed):
        import asyncio
        import select

        self._chip, self._speed, self._asyncio = chip, speed, asyncio
        self.esp32, self.ticks, self.clock, self.root = esp32, Ticks(chip), self, ""
        self._real_us, self._start_us = time.ticks_us(), chip.now_us
        self._is_asked = False
        self._poll = select.poll()
        self._poll.register(sys.stdin, select.POLLIN)

    def now_ms(self):
        return (self._chip.now_us - self._start_us) // 1000

    async def sleep_ms(self, ms):
        await self._asyncio.sleep_ms(ms // self._speed)
        now_us = time.ticks_us()
        self._chip.run(max(TURN_US, time.ticks_diff(now_us, self._real_us) * self._speed))
        self._real_us = now_us
        if self._poll.poll(0):
            line = sys.stdin.readline()
            if line:
                pins, bits = json.loads(line)
                self._chip.frame(pins, bits, self._chip.now_us + 1000, 1000)

    def entropy(self):
        return os.urandom(32)

    def net(self, board, settings, machine):
        return self

    def tick(self, now_ms):
        """There is a network."""

    def time_server(self, host):
        return self

    def ask(self):
        self._is_asked = True

    def take(self):
        """The time at once, as soon as somebody has asked."""
        is_asked, self._is_asked = self._is_asked, False
        return int(time.time() * 1000) if is_asked else None

    def link(self, settings, node, hardware, root, seed):
        from firmware.hal.mqtt_thread import MqttLink

        return MqttLink(settings, hardware, root, node.subscriptions(), node.last_will(), seed)


class Ticks:
    """`time` of MicroPython, in the chip's time."""

    def __init__(self, chip):
        self._chip = chip

    def ticks_us(self):
        return self._chip.ticks

    def ticks_ms(self):
        return self._chip.now_us // 1000 & (1 << 30) - 1

    def ticks_diff(self, later, earlier):
        return (later - earlier + (1 << 29) & (1 << 30) - 1) - (1 << 29)

    def sleep_ms(self, ms):
        self._chip.run(ms * 1000) if ms else self._chip.serve_one()


def live(repository, flash, host, umqtt, speed):
    mount(repository, flash, host, umqtt)
    hardware = Hardware(*fakes(), int(speed))
    import main

    next_step = main.work(hardware, lambda machine: [], lambda ms: None)
    print(json.dumps({"ends": next_step}))


if __name__ == "__main__":
    live(*sys.argv[1:])
