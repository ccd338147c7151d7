"""A bare ESP32 module (DevKitC and its like, without PSRAM) with relays, level shifters and a transceiver of one's own."""

NAME = "ESP32 DevKit"
CHIP = "esp32"
TERMINALS = {
    "RELAY1": ("relay", 25, 1),
    "RELAY2": ("relay", 26, 1),
    "IN1": ("input", 32, 0),
    "IN2": ("input", 33, 0),
    "IN3": ("input", 27, 0),
    "IN4": ("input", 13, 0),
    "WIEGAND1": ("wiegand", 18, 19),
    "WIEGAND1.LED": ("signal", 23, 1),
    "WIEGAND2": ("wiegand", 21, 22),
    "RS485": ("rs485", 2, 17, 16, 4),
}
I2C = None
RTC = None
NETWORK = ("wifi", {})
HAZARDS = (
    "Relay modules sold for 5 V often switch on when their input is low or open: they are energised from reset until "
    "boot.py has run. Take one that switches on at 3.3 V and has a pull-down.",
    "Every pin bears 3.3 V: readers of 5 V and 12 V need a divider or level shifter on each line, and a transistor at the light.",
    "A module with PSRAM uses GPIO 16 and 17 itself: no RS485 there.",
    "No clock chip: after a power cut times are unverified until the network tells them.",
)
CHECKS = (
    "RELAY1 (GPIO 25) and RELAY2 (GPIO 26), a lamp between COM and NO, power switched on and EN pressed ten times: it never lights.",
    "IN1 to IN4 (GPIO 32, 33, 27, 13) bridged to GND: they read 0, and 1 when open.",
    "WIEGAND1 (D0 GPIO 18, D1 GPIO 19) and WIEGAND2 (D0 GPIO 21, D1 GPIO 22) with a reader: they rest at 3.3 V and never above.",
    "RS485 (TX GPIO 17, RX GPIO 16, DE and /RE GPIO 4): DE is at 0 V while nothing is sent.",
)
