"""A board's file, as those in firmware/boards are: GPIOs as on a KC868-A2v3, and an expander."""

NAME = "test board"
CHIP = "esp32s3"
EXPANDER = 0x20
TERMINALS = {
    "RELAY1": ("relay", 40, 1),
    "RELAY2": ("relay", 39, 0),
    "RELAY3": ("relay", ("tca9554", EXPANDER, 2), 1),
    "DI1": ("input", 16, 0),
    "DI2": ("input", 17, 0),
    "DI3": ("input", 6, 0),
    "DI4": ("input", 38, 0),
    "WIEGAND1": ("wiegand", 18, 8),
    "WIEGAND1.LED": ("signal", 9, 0),
    "WIEGAND1.BUZZER": ("signal", 10, 1),
    "WIEGAND2": ("wiegand", 4, 5),
    "WIEGAND3": ("wiegand", 11, 12),
    "RS485": ("rs485", 1, 7, 15, 14),
}
I2C = (0, 48, 47)
RTC = None
NETWORK = ("wifi", {})

CONNECTED = {
    "front": "RELAY1",
    "front.sensor": "DI1",
    "front.rex": "DI2",
    "vault": "RELAY2",
    "vault.sensor": "DI3",
    "fire": "DI4",
    "strobe": "RELAY3",
    "front_in": "WIEGAND1",
    "front_in.led": "WIEGAND1.LED",
    "front_in.buzzer": "WIEGAND1.BUZZER",
    "front_out": "WIEGAND2",
}
GPIOS = {"front": 40, "vault": 39, "front.sensor": 16, "front.rex": 17, "vault.sensor": 6, "fire": 38, "front_in.led": 9, "front_in.buzzer": 10}
WIRES = {"front_in": (18, 8), "front_out": (4, 5), "third": (11, 12)}
