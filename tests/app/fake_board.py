"""A board's `machine`, as far as boot.py and main.py go: it writes down what is driven."""

import json
import os

FOLDER = "build"


class Machine:
    """`driven`: [what, …] in order. `bad`: GPIOs that do not exist; `deaf`: addresses that nobody answers at."""

    PWRON_RESET, WDT_RESET = 1, 3

    def __init__(self, bad=(), deaf=(), memory=b""):
        self.driven, self.calls, self.kept = [], [], memory
        self.cause = self.WDT_RESET
        self.Pin = Pins(self.driven, bad)
        self.I2C = lambda controller, sda, scl: Bus(self.driven, deaf, (controller, sda, scl))

    def RTC(self):
        return self

    def memory(self, data=None):
        if data is None:
            return self.kept
        self.kept = data

    def reset_cause(self):
        return self.cause


class Pins:
    OUT = "out"

    def __init__(self, driven, bad):
        self._driven, self._bad = driven, bad

    def __call__(self, number, mode=None, value=None):
        if number in self._bad:
            raise ValueError("invalid pin")
        if mode is not None:
            self._driven.append((number, value))
        return number


class Bus:
    def __init__(self, driven, deaf, wires):
        self._driven, self._deaf, self._wires = driven, deaf, wires

    def writeto_mem(self, address, register, data):
        if address in self._deaf:
            raise OSError(19)
        self._driven.append(self._wires + (address, register, data[0]))


def write(name, content):
    """Put a text, or JSON, into a file of the build folder; return its path."""
    try:
        os.mkdir(FOLDER)
    except OSError:
        pass  # it is there
    path = FOLDER + "/" + name
    with open(path, "w") as file:
        file.write(content if isinstance(content, str) else json.dumps(content))
    return path


def wipe(folder):
    """Remove a folder and all that is in it, if there is one."""
    try:
        names = os.listdir(folder)
    except OSError:
        return
    for name in names:
        path = folder + "/" + name
        wipe(path) if os.stat(path)[0] & 0x4000 else os.remove(path)
    os.rmdir(folder)
