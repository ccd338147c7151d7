"""The fake chip: what it loses, merges and mixes up, and what its counters see of that."""

from tests.fakes import esp32, machine
from tests.fakes.chip import ERROR, QUEUE_MAX, Chip, Ticks

D0, D1 = 18, 8


class Notes:
    """Writes down which pin's handler ran when; room is made before."""

    def __init__(self, chip):
        self.chip, self.count = chip, 0
        self.gpios, self.at_us = bytearray(64), [0] * 64

    def handle(self, pin):
        self.gpios[self.count], self.at_us[self.count] = pin.gpio, self.chip.now_us
        self.count += 1

    def seen(self):
        return list(self.gpios[: self.count])


def wired(kind="esp32"):
    """(chip, machine, notes) with both wires of a reader listened to."""
    chip = Chip(kind)
    module = machine.make(chip)
    notes = Notes(chip)
    for gpio in (D0, D1):
        module.Pin(gpio, module.Pin.IN).irq(handler=notes.handle, trigger=module.Pin.IRQ_FALLING)
    return chip, module, notes


def counter(chip, module, unit=0, gpio=D0, most=16384):
    PCNT = esp32.make(chip).PCNT
    made = PCNT(unit, pin=module.Pin(gpio), falling=PCNT.INCREMENT, filter=1000, min=-16384, max=most)
    made.start()
    return made


def fails(kind, call, *arguments, **named):
    try:
        call(*arguments, **named)
    except kind:
        return True
    return False


def test_an_interpreter_at_work_handles_each_pulse_at_its_moment():
    chip, _, notes = wired()
    last_us = chip.frame((D0, D1), "0110", 1000, 200)
    chip.run(5000)
    assert notes.seen() == [D0, D1, D1, D0] and notes.at_us[:4] == [1000, 1200, 1400, 1600] and last_us == 1600
    assert chip.now_us == 5000 and chip.lost == 0


def test_a_stopped_interpreter_keeps_eight_handlers_in_order_and_loses_the_others_silently():
    chip, _, notes = wired()
    chip.frame((D0, D1), "1000000010", 100, 200)
    chip.stop(3000)
    assert notes.count == 0 and chip.lost == 2
    chip.run(1000)
    assert notes.seen() == [D1] + [D0] * 7 and notes.count == QUEUE_MAX


def test_a_flash_write_merges_pulses_and_turns_their_order_round():
    chip, _, notes = wired()
    chip.frame((D0, D1), "0011", 100, 200)
    chip.stop(3000, is_deaf=True)
    chip.run(1000)
    assert notes.seen() == [D1, D0] and chip.merged == 2


def test_one_handler_runs_in_each_sleep_of_no_time():
    chip, _, notes = wired()
    chip.frame((D0, D1), "01", 100, 200)
    chip.stop(3000)
    Ticks(chip).sleep_ms(0)
    assert notes.seen() == [D0]
    Ticks(chip).sleep_ms(0)
    assert notes.seen() == [D0, D1]


def test_pulses_come_in_while_a_handler_runs():
    chip, _, notes = wired()
    chip.frame((D0, D1), "01", 100, 10)
    chip.run(1000)
    assert notes.seen() == [D0, D1] and notes.at_us[1] == 160


def test_a_counter_misses_nothing_and_hears_no_spikes():
    chip, module, notes = wired()
    pulses = counter(chip, module)
    notes_of_pin = module.Pin(D0).irq(handler=notes.handle, trigger=module.Pin.IRQ_FALLING)
    assert notes_of_pin is None
    chip.frame((D0, D1), "0" * 20 + "1", 100, 200)
    chip.stop(6000, is_deaf=True)
    chip.spike(D0)
    chip.run(1000)
    assert pulses.value() == 20 and notes.count == 3


def test_a_counter_begins_again_at_its_limit():
    chip, module, _ = wired()
    pulses = counter(chip, module, most=5)
    for seen in (1, 2, 3, 4, 0, 1):
        chip.pulse(D0)
        assert pulses.value() == seen


def test_a_counter_made_after_the_interrupt_ends_it():
    chip, module, notes = wired()
    counter(chip, module)
    chip.frame((D0, D1), "01", 100, 200)
    chip.run(1000)
    assert notes.seen() == [D1]


def test_a_chip_has_only_so_many_counters():
    for kind, units in (("esp32", 8), ("esp32s3", 4)):
        chip, module, _ = wired(kind)
        counter(chip, module, units - 1)
        assert fails(ValueError, counter, chip, module, units)


def test_pins_are_as_strict_as_the_real_ones():
    chip, module, _ = wired()
    assert fails(TypeError, module.Pin(D0).irq, handler=None, hard=True)
    assert fails(ValueError, module.Pin, 34, module.Pin.OUT) and fails(ValueError, module.Pin, 39, module.Pin.IN, module.Pin.PULL_UP)
    relay = module.Pin(40, module.Pin.OUT, value=0)
    relay.value(1)
    relay.value(1)
    assert chip.driven == [(0, 40, 0), (0, 40, 1)]


def test_a_handler_that_takes_heap_fails_on_micropython():
    chip, module, _ = wired()
    module.Pin(D0).irq(handler=lambda pin: [pin] * 100, trigger=module.Pin.IRQ_FALLING)
    chip.pulse(D0)
    assert ERROR is None or fails(ERROR, chip.run, 100)


def test_flash_stops_everything_while_it_is_written():
    chip, module, notes = wired()
    log = esp32.make(chip).Partition.find(1, label="log")[0]
    chip.frame((D0, D1), "01", 100, 200)
    log.writeblocks(0, b"abc", 10)
    assert chip.now_us == 700 and notes.count == 0
    chip.run(1000)
    assert notes.seen() == [D1, D0]
    before_us = chip.now_us
    log.ioctl(6, 0)
    data = bytearray(3)
    log.readblocks(0, data, 10)
    assert chip.now_us == before_us + 45_000 and data == b"\xff\xff\xff"
    assert fails(OSError, esp32.make(chip).Partition, "none") and esp32.make(chip).Partition.find(1, label="vfs") == []


def test_a_watchdog_bites_when_nobody_feeds_it():
    chip = Chip()
    dog = machine.make(chip).WDT(timeout=8000)
    for _ in range(4):
        chip.run(5_000_000)
        dog.feed()
    assert dog.bites == 0
    chip.run(8_000_000)
    assert dog.bites == 1


def test_a_uart_is_done_when_the_last_bit_is_out():
    chip = Chip()
    uart = machine.make(chip).UART(1, 9600, tx=7, rx=15, timeout=0, txbuf=8)
    assert uart.write(b"0123456789") == 8 and not uart.txdone() and uart.read() is None
    chip.run(8334)
    uart.coming = b"ok"
    assert uart.txdone() and uart.read() == b"ok" and uart.sent == b"01234567"


def test_memory_of_the_clock_outlives_a_reset():
    chip = Chip()
    machine.make(chip).RTC().memory(b"kept")
    again = machine.make(chip, cause=machine.Machine.WDT_RESET)
    assert again.RTC().memory() == b"kept" and again.reset_cause() == again.WDT_RESET
    assert fails(ValueError, again.RTC().memory, bytes(2049))


def test_ticks_wrap_as_on_a_board():
    chip = Chip()
    ticks = Ticks(chip)
    chip.run((1 << 30) - 10)
    before = ticks.ticks_us()
    chip.run(25)
    assert ticks.ticks_us() == 15 and ticks.ticks_diff(ticks.ticks_us(), before) == 25
    assert ticks.ticks_diff(before, ticks.ticks_us()) == -25
