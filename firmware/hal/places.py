"""Where a terminal's wire ends: a GPIO of the chip, or an output behind an expander. Electrical words end here.

Layout of a place: a GPIO number, or ("tca9554", I2C address, bit).
"""


class Places:
    """All places of a board. `i2c`: (controller, SDA, SCL), or None."""

    def __init__(self, machine, i2c: tuple | None):
        self._machine = machine
        self.i2c = machine.I2C(i2c[0], sda=machine.Pin(i2c[1]), scl=machine.Pin(i2c[2])) if i2c else None
        self.expanders = {}  # address -> Tca9554

    def output(self, place, on_level: int):
        """Return an Output that is off from the first moment on."""
        off_level = 1 - on_level
        if isinstance(place, tuple):
            pin = self._expander(place[1]).output(place[2], off_level)
        else:
            Pin = self._machine.Pin
            pin = Pin(place, Pin.OUT, value=off_level)  # sets the level before the direction
        return Output(pin, on_level)

    def listened(self, gpio: int):
        """Return an input pin. Where the chip has no pull-up at it the board has one."""
        Pin = self._machine.Pin
        try:
            return Pin(gpio, Pin.IN, Pin.PULL_UP)
        except ValueError:  # that is how it says so
            return Pin(gpio, Pin.IN)

    def tick(self) -> None:
        """Mend what went wrong at a bus."""
        for address in self.expanders:
            self.expanders[address].tick()

    def _expander(self, address: int):
        if address not in self.expanders:
            from firmware.hal.tca9554 import Tca9554  # other boards never load it

            self.expanders[address] = Tca9554(self.i2c, address)
        return self.expanders[address]


class Output:
    """A relay's coil, a light or a buzzer."""

    def __init__(self, pin, on_level: int):
        self.is_on = False
        self._pin, self._on_level = pin, on_level

    def switch(self, is_on: bool) -> None:
        """Energise it, or let it go."""
        self.is_on = is_on
        self._pin.value(self._on_level if is_on else 1 - self._on_level)


class Contact:
    """A contact to ground, or whatever closes the input's circuit on this board."""

    def __init__(self, pin, closed_level: int):
        self._pin, self._closed_level = pin, closed_level

    def is_closed(self) -> bool:
        return self._pin.value() == self._closed_level
