"""The network of a board, supervised: brought up once, then left to itself, and begun anew only after minutes without a link.

No call waits for the network. WiFi goes on trying by itself for ever; a driver that has lost its way does not, and only an
interface that is switched off and on again helps then.
Layout of what a board's file says: ("wifi", {}), ("w5500", {spi, sck, mosi, miso, cs, int, reset}) or ("lan8720", {mdc, mdio,
    ref_clk, ref_clk_mode, phy_addr, power}); numbers are GPIOs. Of a controller's settings `network`: {ssid, password} for WiFi,
    and for a fixed address {address, gateway, dns}, the first one as 10.0.0.5/24.
Source: MicroPython, network.WLAN and network.LAN of the ESP32. Ethernet has not run on a board yet.
"""

from firmware.const import const

_LOOK_MS = const(1000)
_PATIENCE_MS = const(180_000)
_OFF_MS = const(1000)
_RESET_MS = const(2)


class Net:
    """`make()` gives an interface that is not active; `connect(nic)` tells it where to. `is_up`: it has a link.

    Raises: nothing. What fails is counted in `failures`, and tried again.
    """

    def __init__(self, make, connect):
        self.is_up, self.failures, self.restarts = False, 0, 0
        self._make, self._connect = make, connect
        self._nic = None
        self._due_ms = 0
        self._down_ms = None  # since when it has no link
        self._is_off = True

    def tick(self, now_ms: int) -> None:
        """Look after it; to be called now and then."""
        if now_ms < self._due_ms:
            return
        self._due_ms = now_ms + _LOOK_MS
        try:
            self._look(now_ms)
        except (OSError, ValueError, RuntimeError):
            self.failures += 1
            self.is_up = False

    def _look(self, now_ms: int) -> None:
        if self._nic is None:
            self._nic = self._make()
        if self._is_off:
            self._nic.active(True)
            self._is_off, self._down_ms = False, now_ms
            self._connect(self._nic)
        self.is_up = bool(self._nic.isconnected())
        if self.is_up:
            self._down_ms = None
        elif self._down_ms is None:
            self._down_ms = now_ms
        elif now_ms - self._down_ms >= _PATIENCE_MS:
            self.restarts += 1
            self._nic.active(False)
            self._is_off, self._due_ms = True, now_ms + _OFF_MS


def of_board(kind: str, pins: dict, settings: dict, machine, network, sleep_ms) -> Net:
    """Return the network that a board's file and a controller's settings describe."""
    if kind == "wifi":
        return Net(lambda: network.WLAN(network.STA_IF), lambda nic: _join(nic, network, settings))
    make = _w5500 if kind == "w5500" else _lan8720
    return Net(lambda: make(pins, machine, network, sleep_ms), lambda nic: _address(nic, settings))


def _join(nic, network, settings: dict) -> None:
    nic.config(pm=network.WLAN.PM_NONE)  # saving power costs each message up to a third of a second
    _address(nic, settings)
    nic.connect(settings["ssid"], settings.get("password"))


def _address(nic, settings: dict) -> None:
    if "address" in settings:
        nic.ipconfig(addr4=settings["address"], gw4=settings.get("gateway", "0.0.0.0"))
    else:
        nic.ipconfig(dhcp4=True)


def _w5500(pins: dict, machine, network, sleep_ms):
    Pin = machine.Pin
    if pins.get("reset") is not None:
        reset = Pin(pins["reset"], Pin.OUT, value=0)
        sleep_ms(_RESET_MS)
        reset.value(1)
        sleep_ms(_RESET_MS)
    spi = machine.SPI(pins["spi"], sck=Pin(pins["sck"]), mosi=Pin(pins["mosi"]), miso=Pin(pins["miso"]))
    return network.LAN(phy_type=network.PHY_W5500, phy_addr=0, spi=spi, cs=Pin(pins["cs"]), int=Pin(pins["int"]))


def _lan8720(pins: dict, machine, network, sleep_ms):
    Pin = machine.Pin
    more = {"power": Pin(pins["power"])} if pins.get("power") is not None else {}
    return network.LAN(
        mdc=Pin(pins["mdc"]), mdio=Pin(pins["mdio"]), ref_clk=Pin(pins["ref_clk"]), phy_type=network.PHY_LAN8720, phy_addr=pins["phy_addr"],
        ref_clk_mode=Pin.OUT if pins["ref_clk_mode"] == "out" else Pin.IN, **more
    )  # fmt: skip
