"""What `tools.smoke` measures, for a board that is a MicroPython process: GPIO 4 joined to 5 and 6 to 7, PCNT, partitions, a network.

A handler runs at once. What is driven besides the joined pins is written to driven.txt: "40=1".
"""

import sys

_JOINED = {4: 5, 6: 7}
_BLOCK = 4096
_listeners, _counters = {}, {}  # GPIO -> pins with a handler, running counters


class Pin:
    IN, OUT, PULL_UP, IRQ_FALLING = 0, 1, 2, 4

    def __init__(self, gpio, mode=-1, pull=-1, value=None):
        self.gpio = gpio
        if value is not None:
            self.value(value)

    def value(self, level=None):
        if level is None:
            return 1
        if self.gpio in _JOINED:
            if not level:
                _fall(_JOINED[self.gpio])
        else:
            with open("/driven.txt", "a") as file:
                file.write("%d=%d\n" % (self.gpio, level))

    def irq(self, handler=None, trigger=0):
        _listeners[self.gpio] = handler


def _fall(gpio):
    if gpio in _counters:
        _counters[gpio].count += 1
    if _listeners.get(gpio):
        _listeners[gpio](None)


class PCNT:
    INCREMENT = 1

    def __init__(self, unit, pin, falling, filter=0, min=0, max=0):
        if unit > 3:
            raise ValueError("no such unit")
        self.count, self._gpio = 0, pin.gpio

    def start(self):
        _counters[self._gpio] = self

    def value(self):
        return self.count


class Partition:
    TYPE_APP, TYPE_DATA, RUNNING = 0, 1, 1
    _ALL = [(0, 0x10, 0x10000, "ota_0"), (0, 0x11, 0x280000, "ota_1")]
    _ALL += [(1, 0, 0x9000, name) for name in ("nvs", "otadata", "phy_init", "romfs", "log", "vfs")]

    def __init__(self, row):
        self._row = self._ALL[0] if row == self.RUNNING else row
        self._last = bytearray(b"\xff" * _BLOCK)

    @staticmethod
    def find(kind, label=None):
        return [Partition(row) for row in Partition._ALL if row[0] == kind and label in (None, row[3])]

    def info(self):
        kind, subkind, at, label = self._row
        return (kind, subkind, at, 0x60000, label, False)

    def ioctl(self, request, argument):
        if request == 6:
            assert self._row[3] == "ota_1", self._row  # nothing else is spare
            self._last[:] = b"\xff" * _BLOCK
        return 96 if request == 4 else 0

    def readblocks(self, block, data, offset=0):
        data[:] = self._last[offset : offset + len(data)]

    def writeblocks(self, block, data, offset):
        assert self._row[3] == "ota_1" and self._last[offset : offset + len(data)] == b"\xff" * len(data)
        self._last[offset : offset + len(data)] = data


class Esp32:
    PCNT, Partition = PCNT, Partition


class Network:
    PHY_W5500 = 1

    class LAN:
        def __init__(self, **_):
            self._looks = 0

        def active(self, is_on):
            pass

        def ipconfig(self, **_):
            pass

        def isconnected(self):
            self._looks += 1
            return self._looks > 1


def _bus(*_, **__):
    return None


def install(machine):
    machine.Pin, machine.SPI, machine.I2C = Pin, _bus, _bus
    sys.modules["esp32"], sys.modules["network"] = Esp32, Network
