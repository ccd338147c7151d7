"""The installer's panel as a program for tests: `program.py ROOT SETTINGS`, on MicroPython and on CPython.

SETTINGS, in JSON: "port", "baud", "addresses", "keys" in hex, "pair", "allow_plain". With two addresses the bus is for both, and
    what is printed names the "address"; commands are for one reader only.
"""

import json
import os
import select
import sys
from binascii import unhexlify

sys.path.insert(0, sys.argv[1])

from firmware.hal import aes
from firmware.hal.clock import Clock
from firmware.hal.rs485 import Rs485
from firmware.wire.osdp_bus import OsdpBus
from firmware.wire.osdp_cp import OsdpReader
from tools.osdp.reader_keys import ReaderKeys
from tools.osdp.loop import run
from tools.osdp.panel import Panel
from tools.osdp.port import Port
from tools.osdp.reports import as_hex, report
from tools.osdp.tcp import DELAY_MS, Tcp

_VTIME, _VMIN = 5, 6


def show(one):
    sys.stdout.write(json.dumps(one) + "\n")
    getattr(sys.stdout, "flush", int)()  # MicroPython's output is not buffered


class PtyEnd:
    """A pty on MicroPython. With VMIN of 0 a read returns what is there."""

    def __init__(self, path):
        import termios

        self.file = open(path, "r+b")
        termios.setraw(self.file.fileno())
        settings = termios.tcgetattr(self.file.fileno())
        settings[6][_VMIN] = settings[6][_VTIME] = 0
        termios.tcsetattr(self.file.fileno(), termios.TCSANOW, settings)

    def write(self, data):
        return self.file.write(data)

    def read(self):
        return self.file.read(4096)

    def close(self):
        self.file.close()


class Memory:
    """A keeper for as long as the program runs."""

    place = "memory"

    def make(self):
        self.keys = []

    def keep(self, keys, identity):
        self.keys = keys

    def drop(self):
        self.keys = []

    def tell(self, key):
        return {"key": as_hex(key)}


class Input:
    """Lines of the standard input, read one at a time while there are any."""

    def __init__(self, panel):
        self.file = sys.stdin
        self.panel = panel
        self.poll = select.poll()
        self.poll.register(sys.stdin, 1)

    def take(self, now_ms):
        actions = []
        while self.file and self.poll.poll(0):
            line = sys.stdin.readline()
            self.file = self.file if line else None
            actions += self.panel.order(line or "quit", now_ms)
        return actions


class Pair:
    """A panel of two readers, for what is about the bus. It ends with the input."""

    def __init__(self, settings):
        readers = {}
        for address, key in zip(settings["addresses"], settings["keys"]):
            readers[str(address)] = OsdpReader(address, unhexlify(key), aes, os.urandom)
        self.bus = OsdpBus(readers, settings["baud"])
        self.is_over, self.bytes = False, 0

    def hear(self, data, now_ms):
        self.bytes += len(data)
        return self.shown(self.bus.feed(data, now_ms))

    def tick(self, now_ms):
        return self.shown(self.bus.tick(now_ms))

    def next_deadline_ms(self):
        return self.bus.next_deadline_ms()

    def order(self, line, now_ms):
        self.is_over = line == "quit"
        return []

    def shown(self, happened):
        actions = []
        for one in happened:
            if one[0] == "send":
                self.bytes += len(one[1])
                actions.append(one)
            elif one[2][0] != "identity":
                actions.append(("show", report(one[2], ["H10301"])))
                actions[-1][1]["address"] = int(one[1])
        return actions

    def stats(self, now_ms):
        faults = [self.bus.readers[name].faults for name in sorted(self.bus.readers)]
        return {"type": "stats", "ms": now_ms, "bytes": self.bytes, "readers": faults, "line": self.bus.frames.faults}


def end(port, baud):
    """What opens the port."""
    if port.startswith("tcp://"):
        host, _, number = port[6:].partition(":")
        return lambda: Tcp(host, int(number))
    if sys.implementation.name == "micropython":
        return lambda: PtyEnd(port)
    from tools.osdp.serial_end import SerialEnd

    return lambda: SerialEnd(port, baud)


def one_reader(settings):
    delay_ms = DELAY_MS if settings["port"].startswith("tcp://") else 0
    keys = ReaderKeys([unhexlify(key) for key in settings["keys"]], None, Memory(), os.urandom)
    return Panel(settings["addresses"][0], settings["baud"], delay_ms, keys, os.urandom, settings["allow_plain"], ["H10301"])


def main(settings):
    clock = Clock()
    port = Port(end(settings["port"], settings["baud"]), 1)
    panel = one_reader(settings) if len(settings["addresses"]) == 1 else Pair(settings)
    if settings["pair"]:
        for _, one in panel.pair(clock.now_ms()):
            show(one)
    run(panel, port, Rs485(port, settings["baud"]), [Input(panel)], clock.now_ms, show)
    show(panel.stats(clock.now_ms()))


main(json.loads(sys.argv[2]))
