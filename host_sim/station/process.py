"""The process of one controller, for any interpreter: `process.py ROOT UMQTT CONFIG [CAUSE]`.

Layout of CONFIG, JSON: {"part": folder of pages, "flash": image, "sectors", "pins": [host, port],
    "broker": settings of an MqttLink, "root", "client_id"}. Configurations that come over the network are kept in the folder
    <image>.config.
Exit status: 0 the power is gone, 70 the firmware failed and is to be started again.
"""

import asyncio
import gc
import json
import sys

sys.path[:0] = sys.argv[1:3]

from firmware.app import App, supervise  # noqa: E402 where all this is, the command line says
from firmware.config import Opener  # noqa: E402
from firmware.config.loading import open_part  # noqa: E402
from firmware.config.store import Store  # noqa: E402
from firmware.hal.clock import Clock  # noqa: E402
from firmware.hal.files import Files  # noqa: E402
from firmware.hal.flash_log import FlashLog  # noqa: E402
from firmware.hal.keyring import Keyring  # noqa: E402
from firmware.hal.nor import NorFile  # noqa: E402
from firmware.node import Node  # noqa: E402
from firmware.wire import seal  # noqa: E402
from host_sim.station import RESTART  # noqa: E402
from firmware.hal.part_folder import PartFolder  # noqa: E402
from host_sim.station.pins import Pins  # noqa: E402
from host_sim.station.wires import Wires  # noqa: E402
from host_sim.station.witness import Witness  # noqa: E402

if sys.implementation.name == "micropython":
    from firmware.hal.mqtt_thread import MqttLink
else:
    from host_sim.mqtt import MqttLink

_FORMAT_SECTORS = 8  # erased before a log is used; the rest follows when there is time


def open_flash(config: dict):
    """Return the log in the image of a flash chip. What is programmed is in the file at once: a kill is a power cut."""
    log = FlashLog(NorFile(config["flash"], config["sectors"], is_synced=False))
    while log.erased() < _FORMAT_SECTORS and log.erase_ahead():
        pass
    return log


def make_link(config: dict, node, seed: int):
    """Return the link of a node to the broker."""
    return MqttLink(config["broker"], config["client_id"], config["root"], node.subscriptions(), node.last_will(), seed)


class Station:
    """One controller, and what a simulator can do to it besides its pins. `entropy`: another at each start."""

    def __init__(self, config: dict, store: Store, boot: dict, pins, entropy: bytes):
        part = open_part(store)
        opener = Opener(lambda: store.files, store.factory, store, free_bytes)
        seed, now_ms = boot["seed"], pins.clock.now_ms()
        self.pins, self.orders, self.misses = pins, None, boot["misses"]
        keyring = Keyring(Files(config["flash"] + ".keys"))
        self.node = Node(part, open_flash(config), pins.levels, now_ms, 0, boot["hardware"], seed, entropy, opener, keyring)
        self.node.resume()
        self.wires = Wires(make_link(config, self.node, seed), lambda is_up: pins.say("link", is_up))
        self.wires.set_network(self.misses)
        self.witness = Witness(self.node, pins.clock, boot["start_ms"])
        self.app = App(self.node, self.wires, pins.clock, pins)
        self.app.on_append = self._tell
        pins.others = self.take

    async def ready(self, told: list) -> dict:
        """Be ready to work; return how, once the simulator says so."""
        self.wires.start()
        self.pins.say("ready", self.witness.kept(told))
        while self.orders is None:
            self.wires.look()
            await self.pins.wait(10)
            self.pins.read()
        return self.orders

    def take(self, line: list) -> list:
        """Take a line that is not about pins. Returns events for the node."""
        kind, words = line[0], line[1:]
        if kind == "go":
            self.orders = words[0]
        elif kind == "network":
            self.misses = words[0]
            self.wires.set_network(self.misses)
        elif kind == "message":
            return [("message", words[0], words[1].encode(), False)]
        elif kind == "misset":
            return [("clock", words[0])] if self.node.controller.site.is_clock_trusted() else []
        else:
            assert kind == "ask", kind
            self.pins.say("answer", words[0], self.witness.answer(*words[1:]))
        return []

    def _tell(self, event: dict) -> None:
        if event["controller"] != self.node.name:
            self.pins.say("took", event["controller"], event["inc"], event["stream"], event["seq"])
        elif self.witness.is_news(event):
            self.pins.say("event", event)


class Life:
    """One life of a controller, from when power comes; with each new configuration it begins anew."""

    def __init__(self, config: dict, boot: dict, pins):
        self._config, self._boot, self._pins = config, boot, pins
        self._store = Store(Files(config["flash"] + ".config"), PartFolder(config["part"]))
        self._entropy = boot["entropy"].encode()
        self.station = None

    def begin(self) -> Station:
        """Read what is in force and in the flash."""
        self._entropy = seal.hmac(self._entropy, b"start")
        self.station = Station(self._config, self._store, self._boot, self._pins, self._entropy)
        return self.station

    def make(self, cause: str) -> App:
        """Return the App of the first start, or a new one."""
        if cause == "config":
            self._boot["misses"] = self.station.misses
            self.station = self._pins.others = None  # a board has no room for two
            self.begin()
            self._pins.repeat_rex()
        return self.station.app

    def restart(self, error) -> None:
        """Say what failed, and end so that whoever started this starts it anew; without a configuration that is on trial."""
        if self._store.is_trial:
            self._store.look()
        if self._store.is_trial:
            self._store.fall_back(repr(error))
        if sys.implementation.name == "micropython":
            sys.print_exception(error, sys.stderr)
        else:
            sys.excepthook(type(error), error, error.__traceback__)
        sys.exit(RESTART)


def free_bytes() -> int:
    """Return how much heap is free; a PC has enough."""
    if sys.implementation.name != "micropython":
        return 1 << 30
    gc.collect()
    return gc.mem_free()


async def main(config: dict, cause) -> None:
    """Live one life of a controller."""
    reader, writer = await asyncio.open_connection(*config["pins"])
    boot = json.loads(await reader.readline() or "null")
    if not boot:
        return  # power never came
    pins = Pins(reader, writer, Clock(), boot[1]["contacts"])
    listening = asyncio.create_task(pins.listen())
    life = Life(config, boot[1], pins)
    try:
        station = life.begin()
    except Exception as error:  # a configuration on trial may be the reason
        life.restart(error)
    orders = await station.ready(boot[1]["told"])
    await supervise(life.make, pins, life.restart, cause or orders["cause"], orders["at_ms"])
    listening.cancel()


def read_config(path: str) -> dict:
    with open(path) as file:
        return json.load(file)


if __name__ == "__main__":
    config = read_config(sys.argv[3])
    asyncio.run(main(config, sys.argv[4] if len(sys.argv) > 4 else None))
