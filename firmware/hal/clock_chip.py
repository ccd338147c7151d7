"""The clock chip of a board, which goes on without power: DS3231 or PCF85063A at an I2C bus. Its time is UTC.

It is believed only if it says itself that its oscillator has never stopped, if what it holds is a date, and if it was this
firmware that set it: the day of that stands, 14 bits of it, in registers of an alarm that nobody uses. It is taken away
before the chip is set and written after that, so that power cut in between leaves a time that nobody believes.
Layout of a kind: (I2C address, first register of the date, what stands there, (register, bit) of the oscillator's stop,
    first of two alarm registers, what else it has to be told: that it runs on the battery, too, and keeps alarms to itself;
    of the PCF85063A that its crystal wants 12.5 pF, as on Waveshare's boards; ms that each day may add to its error).
Source: Analog Devices, DS3231 data sheet: 2 ppm, 3.5 in the cold, ageing; NXP, PCF85063A data sheet: a crystal without
    compensation.
"""

from firmware.const import const

_KINDS = {
    "ds3231": (0x68, 0x00, ("s", "min", "h", "weekday", "d", "mon", "y"), (0x0F, 0x80), 0x07, (0x0E, b"\x1c\x00"), 500),
    "pcf85063": (0x51, 0x04, ("s", "min", "h", "d", "weekday", "mon", "y"), (0x04, 0x80), 0x0B, (0x00, b"\x01"), 4500),
}
_MASKS = {"s": 0x7F, "min": 0x7F, "h": 0x3F, "weekday": 0x07, "d": 0x3F, "mon": 0x1F, "y": 0xFF}
_LARGEST = {"s": 59, "min": 59, "h": 23, "weekday": 7, "d": 31, "mon": 12, "y": 99}
_YEAR_MIN = const(24)  # 2024: nobody set it before
_DAY_S = const(86_400)
_DAY_2000 = const(10_957)  # since 1970
_NO_DAY = b"\x80\x80"
SET_ERR_MS = const(2000)  # of a time that it is set to, at most
_READ_MS = const(500)  # it tells whole seconds: half of one is added


class ClockChip:
    """`failures`: transfers that went wrong; `refused`: how often what it said was not believed. Raises: OSError"""

    def __init__(self, kind: str, i2c):
        self.failures = self.refused = 0
        self._i2c = i2c
        self._address, self._date, self._names, self._stop, self._mark, self._control, self._drift_ms = _KINDS[kind]

    def read(self) -> tuple | None:
        """Return (Unix time in ms, how wrong it may be), or None where nobody can believe it."""
        is_stopped = self._get(self._stop[0], 1)[0] & self._stop[1]
        fields = self._fields(self._get(self._date, len(self._names)))
        mark = self._get(self._mark, 2)
        set_day = (mark[0] & 0x7F) << 7 | mark[1] & 0x7F
        day = None if is_stopped else _day(fields)
        if day is None or not 0 < set_day <= day:
            self.refused += 1
            return None
        at_s = (day + _DAY_2000) * _DAY_S + fields["h"] * 3600 + fields["min"] * 60 + fields["s"]
        return (at_s * 1000 + _READ_MS, SET_ERR_MS + _READ_MS + (day - set_day + 1) * self._drift_ms)

    def set(self, at_ms: int) -> None:
        """Set it, best at the beginning of a second."""
        at_s = at_ms // 1000
        day, left_s = at_s // _DAY_S - _DAY_2000, at_s % _DAY_S
        year, month, date = _date(day)
        fields = {"s": left_s % 60, "min": left_s // 60 % 60, "h": left_s // 3600, "weekday": 1}  # nobody reads that
        fields.update({"d": date, "mon": month, "y": year})
        self._put(self._mark, _NO_DAY)
        self._put(*self._control)  # also says that the oscillator runs, where that does not stand beside the seconds
        self._put(self._date, bytes([_bcd(fields[name]) for name in self._names]))
        self._put(self._mark, bytes([0x80 | day >> 7, 0x80 | day & 0x7F]))

    def _fields(self, registers: bytes) -> dict:
        found = {}
        for name, byte in zip(self._names, registers):
            found[name] = _number(byte & _MASKS[name], _LARGEST[name])
        return found

    def _get(self, register: int, size: int) -> bytes:
        try:
            return self._i2c.readfrom_mem(self._address, register, size)
        except OSError:
            self.failures += 1
            raise

    def _put(self, register: int, data: bytes) -> None:
        try:
            self._i2c.writeto_mem(self._address, register, data)
        except OSError:
            self.failures += 1
            raise


def _number(byte: int, largest: int) -> int | None:
    """Return what two decimal digits in a byte say, or None where they are none or too many."""
    number = (byte >> 4) * 10 + (byte & 15)
    return number if byte & 15 < 10 and number <= largest else None


def _bcd(number: int) -> int:
    return number // 10 << 4 | number % 10


def _day(fields: dict) -> int | None:
    """Return the day since 2000, or None where the fields are no date."""
    for name in fields:
        if fields[name] is None:
            return None
    date = (fields["y"], fields["mon"], fields["d"])
    day = _days(*date)
    return day if date[0] >= _YEAR_MIN and _date(day) == date else None


def _days(year: int, month: int, date: int) -> int:
    """Days since 2000-01-01. A year that starts in March has its leap day at its end."""
    year -= month < 3
    return year * 365 + year // 4 + ((month + 9) % 12 * 153 + 2) // 5 + date + 59


def _date(day: int) -> tuple:
    """(year since 2000, month, day). Limits: from March 2000 to February 2100."""
    left = day - 60
    year = (left * 4 + 3) // 1461
    left -= year * 365 + year // 4
    month = (left * 5 + 2) // 153
    date = left - (month * 153 + 2) // 5 + 1
    return (year, month + 3, date) if month < 10 else (year + 1, month - 9, date)
