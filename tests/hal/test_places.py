"""Where wires end: outputs are off from the first moment on, at a GPIO and behind an expander."""

from firmware.hal.places import Contact, Places
from tests.fakes import machine
from tests.fakes.chip import Chip

EXPANDER = 0x20


def board():
    """(chip, places), with an expander to which power has just come."""
    chip = Chip()
    chip.i2c = {EXPANDER: bytearray(b"\x00\xff\x00\xff")}
    return chip, Places(machine.make(chip), (0, 42, 41))


def test_a_relay_is_off_from_the_first_moment_on_whatever_its_polarity():
    for on_level in (0, 1):
        chip, places = board()
        relay = places.output(40, on_level)
        assert chip.driven == [(0, 40, 1 - on_level)] and not relay.is_on
        relay.switch(True)
        relay.switch(False)
        assert [level for _, _, level in chip.driven] == [1 - on_level, on_level, 1 - on_level] and not relay.is_on


def test_a_pin_that_cannot_drive_is_no_output():
    chip, places = board()
    try:
        places.output(34, 1)
    except ValueError:
        return
    raise AssertionError("it was made")


def test_an_expander_has_its_levels_before_it_drives_them():
    chip, places = board()
    first = places.output(("tca9554", EXPANDER, 0), 1)
    second = places.output(("tca9554", EXPANDER, 7), 0)
    assert chip.i2c_writes[0][2] == 1 and chip.i2c_writes[1][2] == 3
    assert chip.i2c[EXPANDER] == b"\x00\xfe\x00\x7e"
    first.switch(True)
    second.switch(True)
    assert chip.i2c[EXPANDER] == b"\x00\x7f\x00\x7e" and len(places.expanders) == 1


def test_an_expander_that_is_driven_already_has_no_other_level_touched():
    chip, places = board()
    chip.i2c[EXPANDER][:] = b"\x00\x84\x00\x00"
    places.output(("tca9554", EXPANDER, 2), 1)
    assert chip.i2c[EXPANDER] == b"\x00\x80\x00\x00"


def test_what_a_bus_does_not_take_is_written_when_it_works_again():
    chip, places = board()
    relay = places.output(("tca9554", EXPANDER, 3), 1)
    away = chip.i2c.pop(EXPANDER)
    relay.switch(True)
    places.tick()
    assert places.expanders[EXPANDER].failures == 2 and relay.is_on
    chip.i2c[EXPANDER] = away
    places.tick()
    assert away[1] & 8 and places.expanders[EXPANDER].failures == 2
    writes = len(chip.i2c_writes)
    places.tick()
    assert len(chip.i2c_writes) == writes


def test_inputs_are_pulled_up_where_the_chip_can():
    chip, places = board()
    assert places.listened(16).value() == 1 and places.listened(36).value() == 1


def test_a_contact_is_closed_at_its_level():
    chip, places = board()
    for closed_level in (0, 1):
        contact = Contact(places.listened(16), closed_level)
        for level in (0, 1):
            chip.drive(16, level)
            assert contact.is_closed() == (level == closed_level)
