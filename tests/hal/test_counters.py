"""Witnesses: two counters for each reader, as long as the chip has some."""

from firmware.hal.counters import Counters
from tests.fakes import esp32, machine
from tests.fakes.chip import Chip


def chip_of(kind):
    chip = Chip(kind)
    return chip, machine.make(chip), esp32.make(chip)


def pair(counters, module, first):
    return counters.pair((module.Pin(first), module.Pin(first + 1)))


def test_each_wire_has_its_own_counter_and_it_runs():
    chip, module, esp = chip_of("esp32")
    zero, one = pair(Counters(esp), module, 4)
    for gpio in (4, 5, 5):
        chip.pulse(gpio)
    chip.spike(4)
    assert (zero.value(), one.value()) == (1, 2)


def test_readers_beyond_what_the_chip_has_get_none():
    for kind, readers in (("esp32", 4), ("esp32s3", 2), ("esp32c3", 0)):
        _, module, esp = chip_of(kind)
        counters = Counters(esp)
        made = [pair(counters, module, 2 * number) != (None, None) for number in range(readers + 2)]
        assert made == [True] * readers + [False] * 2, kind


def test_an_old_micropython_has_none():
    assert Counters(object()).pair((1, 2)) == (None, None)
