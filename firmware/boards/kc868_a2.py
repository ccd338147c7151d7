"""KinCony KC868-A2: the older one, with an ESP32: no PSRAM, so short collections, and little RAM."""

NAME = "KinCony KC868-A2"
CHIP = "esp32"
TERMINALS = {
    "RELAY1": ("relay", 15, 1),
    "RELAY2": ("relay", 2, 1),
    "DI1": ("input", 36, 0),
    "DI2": ("input", 39, 0),
    "WIEGAND1": ("wiegand", 33, 14),
    "WIEGAND2": ("wiegand", 4, 16),
    "RS485": ("rs485", 2, 32, 35, None),
}
I2C = None
RTC = None
NETWORK = ("lan8720", {"mdc": 23, "mdio": 18, "ref_clk": 17, "ref_clk_mode": "out", "phy_addr": 0})
HAZARDS = (
    "RELAY1 is GPIO 15, a strapping pin with a weak pull-up at reset: it can click at every start. Hang a lock on it only "
    "after the first check below, else use RELAY2.",
    "RELAY2 is GPIO 2, a strapping pin with a weak pull-down: whatever pulls it up keeps the board from being flashed.",
    "WIEGAND1's D1 is GPIO 14, on which the ESP32 sends pulses while it starts: a frame in the first second is no card.",
    "No clock chip: after a power cut times are unverified until the network tells them.",
)
CHECKS = (
    "RELAY1 and RELAY2, a lamp between COM and NO, power switched on and RST pressed ten times: if one lights even "
    "briefly, no fail-secure lock belongs on it.",
    "DI1 and DI2 bridged to GND: GPIO 36 and 39 read 0, and 1 when open; they have no pull-up of their own.",
    "WIEGAND1 and WIEGAND2 with a reader: they rest at 3.3 V and never above.",
    "A known card: if its number is wrong and its complement right, D0 and D1 are swapped.",
    "RS485, an OSDP reader online for ten minutes: no timeouts. That the transceiver switches its driver by itself is not verified.",
)
