"""KinCony KC868-A2 v3: two relays, two inputs, two Wiegand readers, RS-485, Ethernet, a clock chip. The best fit."""

NAME = "KinCony KC868-A2 v3"
CHIP = "esp32s3"
TERMINALS = {
    "RELAY1": ("relay", 40, 1),
    "RELAY2": ("relay", 39, 1),
    "DI1": ("input", 16, 0),
    "DI2": ("input", 17, 0),
    "WIEGAND1": ("wiegand", 18, 8),
    "WIEGAND1.LED": ("signal", 6, 1),
    "WIEGAND2": ("wiegand", 4, 5),
    "WIEGAND2.LED": ("signal", 38, 1),
    "RS485": ("rs485", 1, 7, 15, None),
}
I2C = (0, 48, 47)
RTC = "ds3231"
NETWORK = ("w5500", {"spi": 1, "sck": 42, "mosi": 43, "miso": 44, "cs": 41, "int": 2, "reset": 1})
HAZARDS = (
    "The network chip hangs on GPIO 43 and 44, which are UART0 as well: the console is the USB socket. MicroPython "
    "for generic ESP32-S3 modules listens on UART0 as well, and can take what the network says for Ctrl-C: if the board "
    "stops by itself, it needs one built with MICROPY_HW_ENABLE_UART_REPL 0.",
    "Of MicroPython's downloads only the variant SPIRAM_OCT finds the PSRAM of an N16R8 module. With the heap there a "
    "collection takes 20 ms and more: a card presented meanwhile is a bad read.",
    "GPIO 6 and 38 (WIEGAND1.LED, WIEGAND2.LED) are bare pins of 3.3 V: a transistor has to pull the reader's line low, "
    "which in most readers rests at 5 V or 12 V.",
)
CHECKS = (
    "RELAY1 and RELAY2, a lamp between COM and NO, power switched on and RST pressed ten times: it never lights, not even briefly.",
    "DI1 and DI2 bridged to GND: GPIO 16 and 17 read 0, and 1 when open.",
    "WIEGAND1 and WIEGAND2 without a reader: 3.3 V on both lines; with one, no more than 3.3 V at the ESP32.",
    "A known card: if its number is wrong and its complement right, D0 and D1 are swapped.",
    "RS485, an OSDP reader online for ten minutes: no timeouts. The transceiver is said to switch its driver by itself: not verified.",
    "I2C: a scan answers 0x68. On one revision the header SDA/SCL is not wired to the ESP32.",
)
