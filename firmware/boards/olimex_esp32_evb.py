"""Olimex ESP32-EVB: two relays and Ethernet; a reader and contacts on the UEXT connector, with a level shifter."""

NAME = "Olimex ESP32-EVB"
CHIP = "esp32"
TERMINALS = {
    "REL1": ("relay", 32, 1),
    "REL2": ("relay", 33, 1),
    "BUT1": ("input", 34, 0),
    "GPIO4": ("input", 4, 0),
    "GPIO16": ("input", 16, 0),
    "UEXT": ("wiegand", 13, 17),
}
I2C = None
RTC = None
NETWORK = ("lan8720", {"mdc": 23, "mdio": 18, "ref_clk": 0, "ref_clk_mode": "in", "phy_addr": 0})
HAZARDS = (
    "GPIO 0 is a strapping pin and takes the clock of the network chip.",
    "The relays have no power when the board runs on its battery alone.",
    "UEXT is GPIO 13 (D0) and GPIO 17 (D1) with pull-ups of 2.2 and 10 kOhm: a reader has to be able to pull 1.5 mA down. "
    "They bear 3.3 V; readers of 5 V need a level shifter.",
    "No clock chip: after a power cut times are unverified until the network tells them.",
)
CHECKS = (
    "REL1 and REL2, a lamp between COM and NO, power switched on and RST pressed ten times: it never lights. GPIO 32 and "
    "33 are from others' projects, not from a schematic.",
    "BUT1 pressed: GPIO 34 reads 0, and 1 when released; it has no pull-up of its own.",
    "GPIO4 and GPIO16 bridged to GND: they read 0, and 1 when open.",
    "The network comes up: that GPIO 0 takes the clock (\"in\") is not verified.",
    "A known card: if its number is wrong and its complement right, D0 and D1 are swapped.",
)
