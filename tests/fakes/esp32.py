"""The module `esp32` on a Chip: counters of pulses, and partitions of a flash that stops everything while it is written."""

from firmware.hal.nor import NorRam

UNITS = {"esp32": 8, "esp32s3": 4, "esp32c3": 0}
PAGE_US, ERASE_US = 700, 45_000  # typical; a worn chip takes ten times as long


class PCNT:
    """A counter of pulses. Making it on a pin ends that pin's interrupts: the driver sets the pin up anew."""

    IGNORE, INCREMENT, DECREMENT = 0, 1, 2
    chip = None

    def __init__(self, unit, pin=None, rising=IGNORE, falling=IGNORE, filter=0, min=-32768, max=32767):
        if not 0 <= unit < UNITS[self.chip.kind]:
            raise ValueError("invalid id")
        if not 0 <= filter <= 1023 or min >= 0 or max <= 0:
            raise ValueError("filter, min or max")
        assert falling == self.INCREMENT and rising == self.IGNORE
        self.filter = filter
        self._max, self._count, self._runs = max, 0, False
        self.chip.interrupts.pop(pin.gpio, None)
        self.chip.counters.setdefault(pin.gpio, []).append(self)

    def start(self):
        self._runs = True

    def value(self):
        return self._count

    def count_one(self):
        if self._runs:
            self._count = 0 if self._count + 1 == self._max else self._count + 1


class Partition:
    """A part of the flash, by its label. Writing with an offset does not erase; without, it erases first. `chip.partitions`: {label: NorRam}."""

    TYPE_APP, TYPE_DATA = 0, 1
    chip = None

    def __init__(self, label):
        if label not in self.chip.partitions:
            raise OSError(2)
        self._nor = self.chip.partitions[label]

    @classmethod
    def find(cls, type=TYPE_APP, subtype=0xFF, label=None):
        if type != cls.TYPE_DATA:
            return []
        return [cls(name) for name in sorted(cls.chip.partitions) if label in (None, name)]

    def readblocks(self, block, buf, offset=0):
        self._nor.readblocks(block, buf, offset)

    def writeblocks(self, block, buf, offset=None):
        if offset is None:
            self.ioctl(6, block)
            offset = 0
        pages = self._nor.pages_programmed
        self._nor.writeblocks(block, buf, offset)
        self.chip.stop(PAGE_US * (self._nor.pages_programmed - pages), is_deaf=True)

    def ioctl(self, request, argument):
        result = self._nor.ioctl(request, argument)
        if request == 6:
            self.chip.stop(ERASE_US, is_deaf=True)
        return result


class Esp32:
    """What `import esp32` gives."""

    def __init__(self, parts):
        for part in parts:
            setattr(self, part.__name__, part)


def make(chip, sectors=32):
    """Return the module of a chip, with a partition `log` of so many sectors, unless the chip has one."""
    if not hasattr(chip, "partitions"):
        chip.partitions = {"log": NorRam(sectors)} if sectors else {}
    return Esp32([type(part.__name__, (part,), {"chip": chip}) for part in (PCNT, Partition)])
