"""A board's network: brought up as its file says, left to itself while it tries, begun anew when it does not come back."""

from firmware.hal.net import Net, of_board


class Nic:
    """Writes down what it is told."""

    def __init__(self):
        self.calls, self.is_connected, self.error = [], False, None

    def active(self, is_on):
        if self.error:
            raise self.error
        self.calls.append(("active", is_on))

    def isconnected(self):
        return self.is_connected

    def config(self, **words):
        self.calls.append(("config", words))

    def ipconfig(self, **words):
        self.calls.append(("ipconfig", words))

    def connect(self, *words):
        self.calls.append(("connect",) + words)


class Pin:
    IN, OUT = 1, 3

    def __init__(self, gpio, mode=None, value=None):
        self.gpio, self.levels = gpio, [value]

    def value(self, level):
        self.levels.append(level)


class Machine:
    Pin = Pin

    def SPI(self, number, **pins):
        return ("spi", number, {name: pins[name].gpio for name in pins})


class WLAN:
    PM_NONE = 0


class Network:
    STA_IF, PHY_W5500, PHY_LAN8720 = 0, "w5500", "lan8720"

    def __init__(self, nic):
        self.nic, self.lans = nic, []
        self.WLAN = lambda kind: nic
        self.WLAN.PM_NONE = 0

    def LAN(self, **words):
        self.lans.append({name: words[name].gpio if isinstance(words[name], Pin) else words[name] for name in words})
        return self.nic


def plain(nic):
    return Net(lambda: nic, lambda nic: nic.connect("there"))


def test_it_is_brought_up_once_and_looked_at_each_second():
    nic = Nic()
    net = plain(nic)
    for now_ms in range(0, 5000, 5):
        net.tick(now_ms)
    assert nic.calls == [("active", True), ("connect", "there")] and not net.is_up
    nic.is_connected = True
    net.tick(6000)
    assert net.is_up


def test_it_is_begun_anew_after_three_minutes_without_a_link_and_not_before():
    nic = Nic()
    net = plain(nic)
    for now_ms in range(0, 179_000, 1000):
        net.tick(now_ms)
    assert net.restarts == 0
    for now_ms in range(179_000, 190_000, 100):
        net.tick(now_ms)
    assert net.restarts == 1 and nic.calls[2:] == [("active", False), ("active", True), ("connect", "there")]
    nic.is_connected = True
    for now_ms in range(190_000, 1_000_000, 1000):
        net.tick(now_ms)
    assert net.restarts == 1 and net.is_up


def test_an_interface_that_fails_is_tried_again_and_stops_nobody():
    nic = Nic()
    nic.error = OSError(5)
    net = plain(nic)
    for now_ms in range(0, 3000, 1000):
        net.tick(now_ms)
    assert net.failures == 3 and not net.is_up
    nic.error = None
    net.tick(4000)
    assert nic.calls == [("active", True), ("connect", "there")]


def test_a_w5500_is_reset_first_and_gets_its_pins():
    nic = Nic()
    network, slept = Network(nic), []
    pins = {"spi": 1, "sck": 42, "mosi": 43, "miso": 44, "cs": 41, "int": 2, "reset": 1}
    net = of_board("w5500", pins, {"address": "10.0.0.5/24", "gateway": "10.0.0.1"}, Machine(), network, slept.append)
    net.tick(0)
    assert slept == [2, 2]
    spi = ("spi", 1, {"sck": 42, "mosi": 43, "miso": 44})
    assert network.lans == [{"phy_type": "w5500", "phy_addr": 0, "spi": spi, "cs": 41, "int": 2}]
    assert nic.calls[1:] == [("ipconfig", {"addr4": "10.0.0.5/24", "gw4": "10.0.0.1"})]


def test_a_lan8720_gets_its_clock_from_where_the_board_has_it():
    for mode, given in (("out", 3), ("in", 1)):
        nic = Nic()
        network = Network(nic)
        pins = {"mdc": 23, "mdio": 18, "ref_clk": 17, "ref_clk_mode": mode, "phy_addr": 0}
        of_board("lan8720", pins, {}, Machine(), network, None).tick(0)
        lan = {"mdc": 23, "mdio": 18, "ref_clk": 17, "phy_type": "lan8720", "phy_addr": 0, "ref_clk_mode": given}
        assert network.lans == [lan] and nic.calls[1:] == [("ipconfig", {"dhcp4": True})]
