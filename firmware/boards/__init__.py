"""Boards, one file each: what its terminals are called, and what hangs behind them. Data alone; nothing here touches a pin.

Layout of a file:
    NAME, CHIP      what people call it; "esp32" or "esp32s3"
    TERMINALS       {name printed at the terminal: (kind, …)}, kind one of
                    ("relay", place, level while energised)
                    ("input", place, level while the contact is closed)
                    ("wiegand", D0, D1)                  lines that rest high and fall for a bit
                    ("signal", place, level while on)    a reader's light or buzzer
                    ("rs485", UART, TX, RX, driver enable or None where the transceiver sees to it itself)
                    A place is a GPIO, or ("tca9554", I2C address, bit).
    I2C             (controller, SDA, SCL) of expanders and the clock chip, or None
    RTC             "ds3231", "pcf85063" or None
    NETWORK         (kind, its pins): "w5500", "lan8720", "wifi"
    HAZARDS         what this board does that another would not; names each strapping pin that is used
    CHECKS          what to check with a meter before a lock hangs on it. Nobody here had a board at hand
A site file writes the name of a board with "-" for "_": `board = "kc868-a2v3"` is `kc868_a2v3.py`.
"""

NAMES = ("devkit", "devkit_s3", "kc868_a2", "kc868_a2v3", "olimex_esp32_evb", "waveshare_s3_8di8ro")
