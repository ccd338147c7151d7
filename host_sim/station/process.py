"""The process of one controller, for any interpreter: `process.py ROOT UMQTT CONFIG [CAUSE]`.

Layout of CONFIG, JSON: {"part": folder of pages, "flash": image, "sectors", "pins": [host, port],
    "broker": settings of an MqttLink, "root", "client_id"}.
Exit status: 0 the power is gone, 70 the firmware failed and is to be started again.
"""

import asyncio
import json
import sys

sys.path[:0] = sys.argv[1:3]

from firmware.app import App, supervise  # noqa: E402 where all this is, the command line says
from firmware.hal.clock import Clock  # noqa: E402
from firmware.hal.flash_log import FlashLog  # noqa: E402
from firmware.hal.nor import NorFile  # noqa: E402
from firmware.node import Node  # noqa: E402
from firmware.wire.part import Part, read_settings  # noqa: E402
from host_sim.station import RESTART  # noqa: E402
from host_sim.station.pins import Pins  # noqa: E402
from host_sim.station.wires import Wires  # noqa: E402
from host_sim.station.witness import Witness  # noqa: E402

if sys.implementation.name == "micropython":
    from firmware.hal.mqtt_thread import MqttLink
else:
    from host_sim.mqtt import MqttLink

_FORMAT_SECTORS = 8  # erased before a log is used; the rest follows when there is time


def read_part(folder: str):
    """Return the part of a controller from its folder of pages."""
    with open(folder + "/manifest.json") as file:
        pages = json.load(file)["pages"]
    tables = {table: [_read("%s/%s.%d" % (folder, table, no)) for no in range(len(pages[table]))] for table in pages}
    return Part(read_settings(tables.pop("settings")), tables)


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


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
    """One controller, and what a simulator can do to it besides its pins."""

    def __init__(self, config: dict, part, boot: dict, pins):
        seed, entropy = boot["seed"], boot["entropy"].encode()
        now_ms = pins.clock.now_ms()
        self.pins, self.orders = pins, None
        self.node = Node(part, open_flash(config), boot["contacts"], now_ms, 0, boot["hardware"], seed, entropy)
        self.node.resume()
        self.wires = Wires(make_link(config, self.node, seed), lambda is_up: pins.say("link", is_up))
        self.wires.set_network(boot["misses"])
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
            self.wires.set_network(words[0])
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


def restart(error) -> None:
    """Say what failed, and end so that whoever started this starts it anew."""
    if sys.implementation.name == "micropython":
        sys.print_exception(error, sys.stderr)
    else:
        sys.excepthook(type(error), error, error.__traceback__)
    sys.exit(RESTART)


async def main(config: dict, part, cause) -> None:
    """Live one life of a controller, from when power comes."""
    reader, writer = await asyncio.open_connection(*config["pins"])
    boot = json.loads(await reader.readline() or "null")
    if not boot:
        return  # power never came
    pins = Pins(reader, writer, Clock())
    listening = asyncio.create_task(pins.listen())
    station = Station(config, part, boot[1], pins)
    orders = await station.ready(boot[1]["told"])
    await supervise(station.app, restart, cause or orders["cause"], orders["at_ms"])
    listening.cancel()


def read_config(path: str) -> dict:
    with open(path) as file:
        return json.load(file)


if __name__ == "__main__":
    config = read_config(sys.argv[3])
    asyncio.run(main(config, read_part(config["part"]), sys.argv[4] if len(sys.argv) > 4 else None))
