"""A bare ESP32-S3 module (DevKitC-1 and its like) with relays, level shifters and a transceiver of one's own."""

NAME = "ESP32-S3 DevKit"
CHIP = "esp32s3"
TERMINALS = {
    "RELAY1": ("relay", 4, 1),
    "RELAY2": ("relay", 5, 1),
    "IN1": ("input", 6, 0),
    "IN2": ("input", 7, 0),
    "IN3": ("input", 15, 0),
    "IN4": ("input", 16, 0),
    "WIEGAND1": ("wiegand", 8, 9),
    "WIEGAND1.LED": ("signal", 12, 1),
    "WIEGAND2": ("wiegand", 10, 11),
    "WIEGAND2.LED": ("signal", 13, 1),
    "RS485": ("rs485", 1, 17, 18, 14),
}
I2C = None
RTC = None
NETWORK = ("wifi", {})
HAZARDS = (
    "Relay modules sold for 5 V often switch on when their input is low or open: they are energised from reset until "
    "boot.py has run. Take one that switches on at 3.3 V and has a pull-down.",
    "Every pin bears 3.3 V: readers of 5 V and 12 V need a divider or level shifter on each line, and a transistor at the light.",
    "With PSRAM in use a collection takes 20 ms and more: a card presented meanwhile is a bad read.",
    "No clock chip: after a power cut times are unverified until the network tells them.",
)
CHECKS = (
    "RELAY1 (GPIO 4) and RELAY2 (GPIO 5), a lamp between COM and NO, power switched on and RST pressed ten times: it never lights.",
    "IN1 to IN4 (GPIO 6, 7, 15, 16) bridged to GND: they read 0, and 1 when open.",
    "WIEGAND1 (D0 GPIO 8, D1 GPIO 9) and WIEGAND2 (D0 GPIO 10, D1 GPIO 11) with a reader: they rest at 3.3 V and never above.",
    "RS485 (TX GPIO 17, RX GPIO 18, DE and /RE GPIO 14): DE is at 0 V while nothing is sent.",
)
