"""Every board file: no pin twice, none that cannot do its work, hazards named. Chips as their data sheets have them."""

from firmware import boards

# GPIOs that exist; only take; hold the flash; decide at reset how the chip starts.
ESP32 = (set(range(0, 24)) | {25, 26, 27} | set(range(32, 40)), {34, 35, 36, 37, 38, 39}, set(range(6, 12)), {0, 2, 5, 12, 15})
# The flash and, in modules like N16R8, eight lines of PSRAM; GPIO 19 and 20 are the USB socket, the console.
S3 = (set(range(0, 22)) | set(range(26, 49)), set(), set(range(26, 38)) | {19, 20}, {0, 3, 45, 46})
CHIPS = {"esp32": ESP32, "esp32s3": S3}
RMII = [19, 21, 22, 25, 26, 27]
ENDS = {  # kind of a terminal: indices of what drives, of what takes
    "relay": ((1,), ()),
    "signal": ((1,), ()),
    "input": ((), (1,)),
    "wiegand": ((), (1, 2)),
    "rs485": ((2, 4), (3,)),
}
SIZES = {"relay": 3, "signal": 3, "input": 3, "wiegand": 3, "rs485": 5}
NETWORKS = {
    "w5500": (("sck", "mosi", "cs", "reset"), ("miso", "int"), {"spi"}),
    "lan8720": (("mdc", "mdio"), ("ref_clk",), {"ref_clk_mode", "phy_addr"}),
    "wifi": ((), (), set()),
}


def board(name):
    module = "firmware.boards." + name
    return __import__(module, None, None, ["NAME"]).__dict__


def every():
    return [(name, board(name)) for name in boards.NAMES]


def terminal_places(data, side):
    terminals = data["TERMINALS"]
    places = [terminals[name][index] for name in sorted(terminals) for index in ENDS[terminals[name][0]][side]]
    return [place for place in places if place is not None]


def network_pins(data, side):
    kind, pins = data["NETWORK"]
    return [pins[key] for key in NETWORKS[kind][side]] + (RMII if kind == "lan8720" and not side else [])


def is_pin(place):
    return isinstance(place, int)


def outputs(data):
    return [place for place in terminal_places(data, 0) if is_pin(place)] + network_pins(data, 0) + list(data["I2C"][1:] if data["I2C"] else ())


def inputs(data):
    return [place for place in terminal_places(data, 1) if is_pin(place)] + network_pins(data, 1)


def behind_expanders(data):
    return [place for side in (0, 1) for place in terminal_places(data, side) if not is_pin(place)]


def test_every_terminal_is_of_a_known_kind():
    for name, data in every():
        for terminal in data["TERMINALS"].values():
            assert len(terminal) == SIZES[terminal[0]], (name, terminal)
            assert terminal[0] not in ("relay", "signal", "input") or terminal[2] in (0, 1), (name, terminal)


def test_no_pin_is_used_twice():
    for name, data in every():
        for used in (outputs(data) + inputs(data), behind_expanders(data)):
            assert len(used) == len(set(used)), (name, sorted(used))


def test_every_pin_exists_and_none_is_the_flash_s():
    for name, data in every():
        existing, _, taken, _ = CHIPS[data["CHIP"]]
        for pin in outputs(data) + inputs(data):
            assert pin in existing and pin not in taken, (name, pin)


def test_nothing_is_driven_by_a_pin_that_only_takes():
    for name, data in every():
        assert not CHIPS[data["CHIP"]][1] & set(outputs(data)), name


def test_every_strapping_pin_in_use_is_named_by_a_hazard():
    for name, data in every():
        for pin in CHIPS[data["CHIP"]][3] & set(outputs(data) + inputs(data)):
            assert any("GPIO %d" % pin in hazard and "strapping" in hazard for hazard in data["HAZARDS"]), (name, pin)


def test_an_expander_has_a_bus_and_eight_bits():
    for name, data in every():
        for kind, address, bit in behind_expanders(data):
            assert data["I2C"] and kind == "tca9554" and 0x20 <= address <= 0x27 and 0 <= bit <= 7, name


def test_a_network_has_the_pins_of_its_kind():
    for name, data in every():
        kind, pins = data["NETWORK"]
        drives, takes, rest = NETWORKS[kind]
        assert set(pins) == set(drives) | set(takes) | rest, name


def test_lines_and_clock_chips_are_what_chips_have():
    for name, data in every():
        uarts = [terminal[1] for terminal in data["TERMINALS"].values() if terminal[0] == "rs485"]
        assert len(uarts) == len(set(uarts)) and set(uarts) <= {1, 2}, name
        assert data["RTC"] in (None, "ds3231", "pcf85063") and not (data["RTC"] and not data["I2C"]), name


def test_a_check_names_every_terminal_that_moves_something():
    """By its name, or as one of a row: "CH1 to CH8"."""
    for name, data in every():
        text = " ".join(data["CHECKS"] + data["HAZARDS"])
        for terminal, entry in data["TERMINALS"].items():
            if entry[0] in ("relay", "input", "rs485"):
                row = terminal.rstrip("0123456789")
                assert terminal in text or (row + "1 to " + row in text), (name, terminal)


def test_every_board_has_a_way_to_a_door():
    for name, data in every():
        kinds = {terminal[0] for terminal in data["TERMINALS"].values()}
        assert "relay" in kinds and "input" in kinds and kinds & {"wiegand", "rs485"}, name
        assert data["NAME"] and data["CHECKS"], name
