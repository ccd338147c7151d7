"""Clock chips: what they hold is believed only if all speaks for it, and power cut while they are set leaves no wrong time."""

from firmware.hal.clock_chip import ClockChip
from tests.fakes import machine
from tests.fakes.chip import Chip
from tests.fakes.clock_chips import ADDRESS, FIELDS, FIRST, ClockRegisters

KINDS = ("ds3231", "pcf85063")
DAY_MS = 86_400_000
NINE_MS = 1767603600000  # 2026-01-05 09:00:00 UTC
LEAP_MS = 1835395200000  # 2028-02-29


def made(kind):
    """(ClockChip, its registers, the chip under the bus)"""
    on = Chip("esp32s3")
    on.i2c = {ADDRESS[kind]: ClockRegisters(on, kind)}
    return ClockChip(kind, machine.make(on).I2C(0)), on.i2c[ADDRESS[kind]], on


def test_it_holds_the_time_that_it_was_set_to_and_goes_on():
    for kind in KINDS:
        clock, registers, on = made(kind)
        clock.set(NINE_MS)
        assert registers.date() == (26, 1, 5, 9, 0, 0)
        on.run(3_661_000_000)
        at_ms, err_ms = clock.read()
        assert at_ms == NINE_MS + 3_661_500 and 2500 <= err_ms <= 7000
        assert (clock.failures, clock.refused) == (0, 0)


def test_dates_of_every_month_and_leap_days_come_back():
    for kind in KINDS:
        clock, registers, _ = made(kind)
        for at_ms, date in ((LEAP_MS, (28, 2, 29)), (LEAP_MS + DAY_MS, (28, 3, 1)), (LEAP_MS - DAY_MS, (28, 2, 28))):
            clock.set(at_ms + 86_399_000)
            assert registers.date() == date + (23, 59, 59) and clock.read()[0] == at_ms + 86_399_500
        for day in range(0, 366 * 3, 13):
            clock.set(NINE_MS + day * DAY_MS)
            assert clock.read()[0] == NINE_MS + day * DAY_MS + 500


def test_its_error_grows_with_the_days_since_it_was_set():
    errors = {}
    for kind in KINDS:
        clock, _, on = made(kind)
        clock.set(NINE_MS)
        on.run(9 * DAY_MS * 1000)
        at_ms, errors[kind] = clock.read()
        assert at_ms == NINE_MS + 9 * DAY_MS + 500
    assert errors == {"ds3231": 2500 + 10 * 500, "pcf85063": 2500 + 10 * 4500}


def test_a_chip_that_never_ran_or_has_stopped_is_not_believed():
    for kind in KINDS:
        clock, registers, _ = made(kind)
        assert clock.read() is None
        clock.set(NINE_MS)
        registers.stop()
        assert clock.read() is None and (clock.failures, clock.refused) == (0, 2)
        clock.set(NINE_MS)
        assert clock.read()[0] == NINE_MS + 500


def test_what_is_no_date_is_not_believed():
    for kind in KINDS:
        clock, registers, _ = made(kind)
        for name, byte in (("s", 0x5A), ("min", 0x60), ("h", 0x24), ("d", 0x00), ("d", 0x32), ("mon", 0x13), ("mon", 0x00), ("y", 0xA0), ("y", 0x23)):
            clock.set(NINE_MS)
            registers.put(FIRST[kind] + FIELDS[kind].index(name), byte)
            assert clock.read() is None, (kind, name, byte)
        clock.set(LEAP_MS + 365 * DAY_MS)
        registers.put(FIRST[kind] + FIELDS[kind].index("d"), 0x29)
        registers.put(FIRST[kind] + FIELDS[kind].index("mon"), 0x02)
        assert clock.read() is None, "the 29th of February 2029"


def test_a_time_that_somebody_else_set_or_that_went_back_is_not_believed():
    for kind in KINDS:
        clock, registers, _ = made(kind)
        clock.set(NINE_MS)
        registers.put(FIRST[kind] + FIELDS[kind].index("d"), 0x04)
        assert clock.read() is None
        clock.set(NINE_MS)
        registers.put({"ds3231": 0x07, "pcf85063": 0x0B}[kind], 0x80)
        registers.put({"ds3231": 0x08, "pcf85063": 0x0C}[kind], 0x80)
        assert clock.read() is None


def test_power_cut_at_each_transfer_of_setting_it_leaves_the_time_before_or_after_or_none():
    for kind in KINDS:
        seen = set()
        for cut in range(6):
            clock, registers, _ = made(kind)
            clock.set(NINE_MS)
            left = [cut]
            whole = clock._i2c.writeto_mem

            def write(address, register, data, left=left, whole=whole):
                left[0] -= 1
                if left[0] < 0:
                    raise OSError(19)
                whole(address, register, data)

            clock._i2c = type("Bus", (), {"writeto_mem": staticmethod(write), "readfrom_mem": clock._i2c.readfrom_mem})
            try:
                clock.set(NINE_MS + 3_600_000)
            except OSError:
                pass
            found = clock.read()
            seen.add(found and found[0] - 500)
        assert seen == {NINE_MS, None, NINE_MS + 3_600_000}


def test_a_bus_that_fails_is_told_and_counted():
    for kind in KINDS:
        clock, registers, _ = made(kind)
        for verb in (clock.read, lambda: clock.set(NINE_MS)):
            registers.fails = 1
            try:
                verb()
                assert False
            except OSError:
                pass
        assert clock.failures == 2 and clock.refused == 0
