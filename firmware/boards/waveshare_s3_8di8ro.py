"""Waveshare ESP32-S3-POE-ETH-8DI-8RO: eight relays and eight inputs, readers by OSDP alone."""

NAME = "Waveshare ESP32-S3-POE-ETH-8DI-8RO"
CHIP = "esp32s3"
TERMINALS = {
    "CH1": ("relay", ("tca9554", 0x20, 0), 1),
    "CH2": ("relay", ("tca9554", 0x20, 1), 1),
    "CH3": ("relay", ("tca9554", 0x20, 2), 1),
    "CH4": ("relay", ("tca9554", 0x20, 3), 1),
    "CH5": ("relay", ("tca9554", 0x20, 4), 1),
    "CH6": ("relay", ("tca9554", 0x20, 5), 1),
    "CH7": ("relay", ("tca9554", 0x20, 6), 1),
    "CH8": ("relay", ("tca9554", 0x20, 7), 1),
    "DI1": ("input", 4, 0),
    "DI2": ("input", 5, 0),
    "DI3": ("input", 6, 0),
    "DI4": ("input", 7, 0),
    "DI5": ("input", 8, 0),
    "DI6": ("input", 9, 0),
    "DI7": ("input", 10, 0),
    "DI8": ("input", 11, 0),
    "RS485": ("rs485", 1, 17, 18, None),
}
I2C = (0, 42, 41)
RTC = "pcf85063"
NETWORK = ("w5500", {"spi": 1, "sck": 15, "mosi": 13, "miso": 14, "cs": 16, "int": 12, "reset": 39})
HAZARDS = (
    "The relays hang behind an expander, which keeps them as they are when only the ESP32 is reset: until boot.py has run "
    "a strike stays released.",
    "Inputs pass an optocoupler, which is too slow for Wiegand: no reader belongs on DI1 to DI8.",
    "Of MicroPython's downloads only the variant SPIRAM_OCT finds the PSRAM of an N16R8 module.",
    "The variant whose name ends in -C has CAN instead of RS-485, and no reader can be connected to it.",
)
CHECKS = (
    "CH1 to CH8, a lamp between COM and NO, power switched on ten times: it never lights. RST pressed while it is lit: it "
    "goes out within a second.",
    "DI1 to DI8 closed, with COM as the manual shows: GPIO 4 to 11 read 0, and 1 when open.",
    "RS485, an OSDP reader online for ten minutes: no timeouts. That the transceiver switches its driver by itself is not verified.",
    "I2C: a scan answers 0x20 and 0x51.",
    "The network comes up: reset on GPIO 39 is from others' projects, not from a schematic.",
)
