"""Wiegand readers at the pins of a fake chip: the real hardware layer from pulses to events."""

from firmware.hal.busy import Busy
from firmware.hal.wiegand_pins import WiegandPins
from firmware.hal.wiegand_wire import COUNT_MAX
from tests.fakes import esp32, machine
from tests.fakes.chip import Chip, Ticks

LINES = {"in": (18, 8), "out": (4, 5)}


class Desk:
    """A board with readers and nothing else. `turn` asks for what came, `has_witness`: of which readers."""

    def __init__(self, lines=LINES, witnessed=("in", "out"), kind="esp32"):
        self.chip = Chip(kind)
        self.ticks = Ticks(self.chip)
        self.machine, self.esp32 = machine.make(self.chip), esp32.make(self.chip)
        self.busy = Busy(lambda: self.ticks.sleep_ms(0))
        self.readers = WiegandPins(self.ticks, self.busy)
        self.counters = []
        for name in sorted(lines):
            pins = [self.machine.Pin(gpio, self.machine.Pin.IN) for gpio in lines[name]]
            counters = [self._counter(pin) if name in witnessed else None for pin in pins]
            self.readers.add(name, tuple(pins), tuple(counters))

    def _counter(self, pin):
        PCNT = self.esp32.PCNT
        counter = PCNT(len(self.counters), pin=pin, falling=PCNT.INCREMENT, filter=1000, min=-COUNT_MAX, max=COUNT_MAX)
        counter.start()
        self.counters.append(counter)
        return counter

    def now_ms(self):
        return self.chip.now_us // 1000

    def spoils(self):
        """Return how many frames were given up."""
        return sum(self.readers.spoils().values())

    def turn(self):
        """Return [(at_ms, event)] in the order of time."""
        return [(at_ms, event) for at_ms, _, event in sorted(self.readers.take(self.now_ms()))]

    def rest(self, ms, step_ms=5):
        """Let time pass with a turn now and then; return what came."""
        found = []
        for _ in range(0, ms, step_ms):
            self.chip.run(step_ms * 1000)
            found += self.turn()
        return found

    def tap(self, bits, reader="in", period_us=1000, ms=100):
        """Return what comes of a frame while the interpreter has nothing else to do."""
        self.chip.frame(LINES[reader], bits, self.chip.now_us + 100, period_us)
        return self.rest(ms)


def bits(found, reader="in"):
    """The pulses that were told of a reader, as text."""
    return "".join([str(event[2]) for _, event in found if event[:2] == ("bit", reader)])
