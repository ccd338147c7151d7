"""The module `machine` of an ESP32, on a Chip: as much of it as our hardware layer uses, and as strict.

`make(chip)` gives the module; one object is enough, for `machine` is handed in.
"""

INPUT_ONLY = {"esp32": range(34, 40), "esp32s3": (), "esp32c3": ()}


class Pin:
    """A GPIO. `irq` has no `hard`, as on the ESP32."""

    IN, OUT, OPEN_DRAIN = 1, 3, 7
    PULL_DOWN, PULL_UP = 1, 2
    IRQ_RISING, IRQ_FALLING = 1, 2
    chip = None

    def __init__(self, gpio, mode=-1, pull=-1, value=None, hold=None):
        self.gpio = gpio
        if gpio in INPUT_ONLY[self.chip.kind] and (mode == self.OUT or pull in (self.PULL_DOWN, self.PULL_UP)):
            raise ValueError("GPIO %d has neither driver nor pull" % gpio)
        if value is not None:
            self._put(value)

    def value(self, level=None):
        if level is None:
            return self.chip.levels.get(self.gpio, 1)
        self._put(level)

    __call__ = value

    def irq(self, handler=None, trigger=IRQ_FALLING | IRQ_RISING):
        self.chip.interrupts[self.gpio] = (handler, trigger, self)

    def _put(self, level):
        level = 1 if level else 0
        if self.chip.levels.get(self.gpio) != level:
            self.chip.levels[self.gpio] = level
            self.chip.driven.append((self.chip.now_us, self.gpio, level))


class UART:
    """`coming`: what the other side says; `sent`: what we said. Says that it is done when the time of all bits is over."""

    chip = None

    def __init__(self, number, baudrate=9600, tx=None, rx=None, timeout=0, txbuf=256, rxbuf=256):
        self.number, self.baud, self.txbuf = number, baudrate, txbuf
        self.sent = self.coming = b""
        self._out_us = 0
        self.chip.uarts[number] = self

    def write(self, data):
        taken = bytes(data[: self.txbuf])
        self.sent += taken
        self._out_us = max(self._out_us, self.chip.now_us) + len(taken) * 10_000_000 // self.baud
        return len(taken) or None

    def read(self):
        data, self.coming = self.coming, b""
        return data or None

    def txdone(self):
        return self.chip.now_us >= self._out_us


class WDT:
    """Bites when nobody feeds it in time; nothing stops it. `bites`: how often a reset would have come."""

    chip = None

    def __init__(self, timeout):
        assert timeout > 0
        self.timeout_us, self.bites, self.meals = timeout * 1000, 0, 0
        self._fed_us = self.chip.now_us
        self.chip.watchdogs.append(self)
        self._watch()

    def feed(self):
        self.meals += 1
        self._fed_us = self.chip.now_us

    def _watch(self):
        if self.chip.now_us - self._fed_us >= self.timeout_us:
            self.bites += 1
            self._fed_us = self.chip.now_us
        self.chip.plan(self._fed_us + self.timeout_us, self._watch)


class RTC:
    """2048 bytes that outlive a reset, and no power cut."""

    chip = None

    def memory(self, data=None):
        if data is None:
            return self.chip.rtc_memory
        if len(data) > 2048:
            raise ValueError("buffer too long")
        self.chip.rtc_memory = bytes(data)


class I2C:
    """A bus with the devices of `chip.i2c`: {address: registers, a bytearray}. Nobody there: OSError."""

    chip = None

    def __init__(self, number, sda=None, scl=None, freq=400_000):
        self.number = number

    def readfrom_mem(self, address, register, size):
        return bytes(self._device(address)[register : register + size])

    def writeto_mem(self, address, register, data):
        device = self._device(address)
        device[register : register + len(data)] = data
        self.chip.i2c_writes.append((self.chip.now_us, address, register, bytes(data)))

    def _device(self, address):
        if address not in self.chip.i2c:
            raise OSError(19)
        return self.chip.i2c[address]


class Machine:
    """What `import machine` gives. `resets`: how often somebody reset it."""

    PWRON_RESET, HARD_RESET, WDT_RESET, DEEPSLEEP_RESET, SOFT_RESET = 1, 2, 3, 4, 5

    def __init__(self, parts, cause):
        self.resets = 0
        self._cause = cause
        for part in parts:
            setattr(self, part.__name__, part)

    def reset(self):
        self.resets += 1

    def unique_id(self):
        return b"\x24\x0a\xc4\x12\x34\x56"

    def reset_cause(self):
        return self._cause


def make(chip, cause=Machine.PWRON_RESET):
    """Return the module of a chip. Outputs of one that was made before are as they were."""
    chip.uarts, chip.watchdogs, chip.i2c_writes = {}, [], []
    for name, empty in (("i2c", {}), ("rtc_memory", b"")):
        if not hasattr(chip, name):
            setattr(chip, name, empty)
    parts = []
    for part in (Pin, UART, WDT, RTC, I2C):
        parts.append(type(part.__name__, (part,), {"chip": chip}))
    return Machine(parts, cause)
