"""The pins of a real board, as firmware/app.py wants them: the board's file says what its terminals are, the part what hangs there.

Nothing is driven before `connect`, and all outputs are off from its first moment on. A lock that is fail-safe is held by
current, the other kind is freed by it: so without power, and in `safe`, each is as its kind says.
"""

from firmware.hal.busy import Busy
from firmware.hal.contacts import Contacts
from firmware.hal.counters import Counters
from firmware.hal.lamps import Lamps
from firmware.hal.moments import NOTHING, sooner
from firmware.hal.places import Contact, Places
from firmware.hal.rs485 import Rs485
from firmware.hal.wiegand_pins import WiegandPins

_UART_BYTES = 1472  # a frame of OSDP, and more


class Pins:
    """`board`: a module of firmware/boards; `machine`, `esp32`, `ticks`: modules of MicroPython, the last one is `time`.

    `sleep_ms(ms)`: a coroutine. `ask_time()`: let somebody ask a time server; the answer is `set_time`. `alive()`: called in
    each turn. Two wires of a reader are listened to with witnesses as long as the chip has some; first those whose formats
    have neither length nor parity.
    """

    def __init__(self, machine, esp32, board, clock, ticks, sleep_ms, ask_time=None, alive=None):
        self.busy = Busy(lambda: ticks.sleep_ms(0), lambda: self._readers.is_in_frame())
        self._machine, self._board, self._clock, self._ticks = machine, board, clock, ticks
        self._sleep_ms, self._ask_time, self._alive = sleep_ms, ask_time, alive
        self._places = Places(machine, board.I2C)
        self._counters = Counters(esp32)
        self._outputs, self._wires, self._uarts = {}, {}, {}  # terminal -> what was made for it; a new part takes it over
        self._told = []  # events of contacts and lines, and those that come from no pin
        self._readers = WiegandPins(ticks, self.busy)
        self._contacts, self._lamps = Contacts(), Lamps(_levels)
        self._locks, self._switches, self._lines = {}, {}, {}

    # -- what hangs where ------------------------------------------------------------------------

    def connect(self, settings: dict) -> dict:
        """Take up a part's settings. Outputs that are on stay so, unless nothing hangs there any more.

        Returns the levels of the contacts, for a Node. Takes the format RAW away from readers without witnesses.
        """
        self._terminals = settings["terminals"]
        self._lamps.dark()
        self._readers = WiegandPins(self._ticks, self.busy)
        self._contacts, self._lamps, self._lines = Contacts(), Lamps(_levels), {}
        self._connect_outputs(settings)
        for name in sorted(settings["readers"], key=lambda name: (_is_strict(settings["readers"][name]), name)):
            self._connect_reader(name, settings["readers"][name])
        self._readers.begin()
        contacts = self._connect_contacts(settings)
        self._told += self._contacts.pressed()
        return contacts

    def _connect_outputs(self, settings: dict) -> None:
        self._locks, self._switches = {}, {}
        doors, outputs = settings["doors"], settings["outputs"]
        for door in sorted(doors):
            self._locks[door] = (self._output(self._terminals[door]), doors[door]["lock"] == "fail_safe")
        for name in sorted(outputs):
            self._switches[name] = self._output(self._terminals[name])
        used = set(self._terminals.values())
        for terminal in sorted(self._outputs):
            if terminal not in used:
                self._outputs[terminal].switch(False)

    def _connect_reader(self, name: str, reader: dict) -> None:
        if reader["protocol"] == "osdp":
            self._connect_line(reader["bus"], reader["baud"])
            return
        pins, witnesses = self._wires_of(self._terminals[name])
        self._readers.add(name, pins, witnesses)
        if None in witnesses:
            _take_no_raw(reader)
        lamps = [self._terminals.get(name + what) for what in (".led", ".buzzer")]
        self._lamps.add(name, *[terminal and self._output(terminal) for terminal in lamps])

    def _connect_line(self, bus: str, baud: int) -> None:
        if bus in self._lines:
            return
        _, number, tx, rx, enable = self._board.TERMINALS[bus]
        Pin = self._machine.Pin
        if bus not in self._uarts:
            self._uarts[bus] = enable if enable is None else Pin(enable, Pin.OUT, value=0)
        uart = self._machine.UART(number, baudrate=baud, tx=Pin(tx), rx=Pin(rx), timeout=0, txbuf=_UART_BYTES, rxbuf=_UART_BYTES)
        self._lines[bus] = Rs485(uart, baud, self._uarts[bus])

    def _connect_contacts(self, settings: dict) -> dict:
        found = {}
        for door in sorted(settings["doors"]):
            for kind, what in (("leaf", ".sensor"), ("rex", ".rex")):
                if door + what in self._terminals:
                    level = self._contacts.add(kind, door, self._contact(door + what), kind == "rex")
                    if kind == "leaf":
                        found[door] = level
        for name in sorted(settings["inputs"]):
            if name in self._terminals:
                is_closing = settings["inputs"][name]["contact"] == "no"
                found[name] = self._contacts.add("input", name, self._contact(name), is_closing)
        return found

    def _contact(self, name: str) -> Contact:
        _, place, closed_level = self._board.TERMINALS[self._terminals[name]]
        return Contact(self._places.listened(place), closed_level)

    def _output(self, terminal: str):
        if terminal not in self._outputs:
            _, place, on_level = self._board.TERMINALS[terminal]
            self._outputs[terminal] = self._places.output(place, on_level)
        return self._outputs[terminal]

    def _wires_of(self, terminal: str) -> tuple:
        if terminal not in self._wires:
            pins = tuple([self._places.listened(gpio) for gpio in self._board.TERMINALS[terminal][1:]])
            self._wires[terminal] = (pins, self._counters.pair(pins))
        return self._wires[terminal]

    # -- what the shell asks for -----------------------------------------------------------------

    def take(self, now_ms: int):
        """Return (at_ms, event) of what came in, in the order of time, and do what is due at outputs. Idle, it takes no heap."""
        self._tick(now_ms)
        self._read(now_ms)
        pulses = self._readers.take(now_ms)
        if not pulses and not self._told:
            return NOTHING
        told, self._told = self._told, []
        return _by_time(pulses, told, now_ms)

    def _read(self, now_ms: int) -> None:
        """Look at contacts and lines."""
        for event in self._contacts.take(now_ms):
            self._told.append(event)
        for bus in self._lines:
            data = self._lines[bus].read()
            if data:
                self._told.append(("bytes", bus, data))

    def _tick(self, now_ms: int) -> None:
        self._places.tick()
        self._lamps.tick(now_ms)
        for bus in self._lines:
            self._lines[bus].tick(now_ms)

    def next_ms(self) -> int | None:
        """Return when the next is due that is known already."""
        first_ms = sooner(sooner(self._readers.next_ms(), self._contacts.next_ms()), self._lamps.next_ms())
        for bus in self._lines:
            first_ms = sooner(first_ms, self._lines[bus].next_deadline_ms())
        return first_ms

    def is_reading(self, now_ms: int) -> bool:
        """Say whether a reader is in the middle of a frame."""
        return self._readers.is_reading(now_ms)

    def lock(self, door: str, is_locked: bool) -> None:
        output, is_fail_safe = self._locks[door]
        output.switch(is_locked == is_fail_safe)

    def output(self, name: str, is_on: bool) -> None:
        self._switches[name].switch(is_on)

    def signal(self, reader: str, pattern: str) -> None:
        self._lamps.show(reader, pattern, self._clock.now_ms())

    def write(self, bus: str, data: bytes) -> None:
        self._lines[bus].write(data, self._clock.now_ms())

    def safe(self) -> None:
        """Let all outputs be as without power."""
        for terminal in self._outputs:
            self._outputs[terminal].switch(False)

    def synchronise(self) -> None:
        if self._ask_time:
            self._ask_time()

    async def wait(self, ms: int) -> None:
        """Sleep; pulses come meanwhile, and have their own moments."""
        if self._alive:
            self._alive()
        await self._sleep_ms(max(ms, 0))

    # -- for others ------------------------------------------------------------------------------

    def set_time(self, at_ms: int, *err_ms) -> None:
        """Take the answer of a time server, or of somebody who says how wrong it may be."""
        self._told.append(("clock", at_ms) + err_ms)

    def i2c(self):
        """Return the board's I2C bus, which all chips share."""
        return self._places.i2c

    def counts(self) -> dict:
        """Return what went wrong at the wires, by name."""
        counts = {"spoils." + name: count for name, count in self._readers.spoils().items()}
        for address, expander in self._places.expanders.items():
            counts["expander.%02x" % address] = expander.failures
        for bus, line in self._lines.items():
            counts["late." + bus], counts["lost." + bus] = line.late, line.lost
        return counts


def _by_time(pulses, told: list, now_ms: int) -> list:
    """Return (at_ms, event) of both, what is told now last among those of one moment."""
    found = list(pulses)
    for event in told:
        found.append((now_ms, len(found), event))
    found.sort()
    return [(at_ms, event) for at_ms, _, event in found]


def _levels(pattern: str, since_ms: int) -> tuple:
    from firmware.wire.feedback import levels  # where no reader has a lamp, nobody loads it

    return levels(pattern, since_ms)


def _take_no_raw(reader: dict) -> None:
    """Frames of any length are no cards where nobody counts pulses: some missing at an end would make another card."""
    reader["formats"] = [name for name in reader["formats"] if name != "RAW"]


def _is_strict(reader: dict) -> bool:
    """Say whether most frames with a fault are no card of a reader's."""
    return reader["protocol"] != "wiegand" or "RAW" not in reader["formats"]
