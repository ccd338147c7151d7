"""Clock chips at the I2C bus of a Chip: registers with decimal digits, that count while the oscillator runs, mains or not."""

FIELDS = {"ds3231": ("s", "min", "h", "weekday", "d", "mon", "y"), "pcf85063": ("s", "min", "h", "d", "weekday", "mon", "y")}
FIRST = {"ds3231": 0, "pcf85063": 4}
STOPPED = {"ds3231": (0x0F, 0x80), "pcf85063": (4, 0x80)}
ADDRESS = {"ds3231": 0x68, "pcf85063": 0x51}
SIZE = 0x13
MONTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class ClockRegisters:
    """What an I2C of tests.fakes.machine wants of a device. `chip`: of tests.fakes.chip. Writing the seconds begins one.

    `fails`: so many transfers go wrong, or -1 for all. It has just had its first power: the oscillator was stopped.
    """

    def __init__(self, chip, kind):
        self._chip, self._kind = chip, kind
        self._registers = bytearray(SIZE)
        self._counted_us, self.fails, self.writes = chip.now_us, 0, []
        self._write_date({"s": 0, "min": 0, "h": 0, "weekday": 1, "d": 1, "mon": 1, "y": 0})
        self.stop()

    def stop(self):
        """The battery was empty."""
        register, bit = STOPPED[self._kind]
        self._registers[register] |= bit

    def date(self):
        """(year, month, day, hour, minute, second)"""
        self._count()
        found = self._read_date()
        return tuple([found[name] for name in ("y", "mon", "d", "h", "min", "s")])

    def put(self, register, byte):
        """Change a register behind everybody's back."""
        self._registers[register] = byte

    def __getitem__(self, span):
        self._may_fail()
        self._count()
        return self._registers[span]

    def __setitem__(self, span, data):
        self._may_fail()
        self._count()
        self.writes.append((span.start, bytes(data)))
        self._registers[span] = data
        if span.start <= FIRST[self._kind] < span.stop:
            self._counted_us = self._chip.now_us

    def _may_fail(self):
        if self.fails:
            self.fails -= self.fails > 0
            raise OSError(116)

    def _count(self):
        """Let the seconds pass that are over."""
        seconds = (self._chip.now_us - self._counted_us) // 1_000_000
        self._counted_us += seconds * 1_000_000
        date = self._read_date()
        for _ in range(seconds):
            _next(date)
        if seconds:
            self._write_date(date)

    def _read_date(self):
        found = {}
        for place, name in enumerate(FIELDS[self._kind]):
            byte = self._registers[FIRST[self._kind] + place]
            found[name] = (byte >> 4 & (15 if name == "y" else 7 if name in ("s", "min") else 3)) * 10 + (byte & 15)
        return found

    def _write_date(self, date):
        register, bit = STOPPED[self._kind]
        kept = self._registers[register] & bit
        for place, name in enumerate(FIELDS[self._kind]):
            self._registers[FIRST[self._kind] + place] = date[name] // 10 << 4 | date[name] % 10
        self._registers[register] = self._registers[register] & ~bit & 0xFF | kept


def _next(date):
    """One second later."""
    date["s"] += 1
    for name, full, following in (("s", 60, "min"), ("min", 60, "h"), ("h", 24, "d")):
        if date[name] == full:
            date[name] = 0
            date[following] += 1
    days = 29 if date["mon"] == 2 and date["y"] % 4 == 0 else MONTHS[date["mon"] - 1]
    if date["d"] > days:
        date["d"] = 1
        date["mon"] += 1
    if date["mon"] > 12:
        date["mon"] = 1
        date["y"] += 1
