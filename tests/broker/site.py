"""A site at work in this process: whole nodes behind real links to a real broker, in real time; their flash is RAM."""

import heapq
import itertools
import random
import threading
import time
from collections.abc import Callable

from firmware.hal.keyring import Keyring
from firmware.hal.ram_files import RamFiles
from firmware.node import Node
from firmware.wire import topics
from firmware.wire.wiegand_texts import encode_card
from host_sim.osdp.lines import Lines
from tools.mqtt import MqttLink
from tools.site import parts
from tools.site.compiler.keys import Keys
from tools.site.model import Site

_TURN_S = 0.005


class Board(threading.Thread):
    """One controller, from its start until `stop`."""

    def __init__(self, part, settings: dict, site: Site):
        super().__init__(daemon=True)
        self.name = part.settings["controller"]
        self.locked: dict[str, bool] = {}
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._due, self._count = [], itertools.count()  # [(ms, number, what to do, words)]
        self.lines = Lines(site, 1, random.Random(1), self._after, lambda _, event: self.handle(event))
        entropy, keyring = f"{self.name} {time.time_ns()}".encode(), Keyring(RamFiles())
        self.lines.install(self.name, keyring)
        self._node = Node(part, None, {}, 0, int(time.time()), f"{self.name}-hw", 1, entropy, None, keyring)
        root = topics.root(part.settings["site"])
        self.link = MqttLink(settings, self.name, root, self._node.subscriptions(), self._node.last_will(), 1)
        self._act(self._node.handle(("clock", int(time.time() * 1000)), self._now_ms()))
        self._act(self._node.start(self._now_ms()))
        self.link.start()

    def run(self) -> None:
        while not self._ending.wait(_TURN_S):
            for event in self.link.take():
                self.handle(event)
            while self._due and self._due[0][0] <= self._now_ms():
                _, _, verb, words = heapq.heappop(self._due)
                verb(*words)
            with self._lock:
                due_ms = self._node.next_deadline_ms()
                if due_ms is not None and due_ms <= self._now_ms():
                    self._act(self._node.tick(self._now_ms()))

    def _after(self, ms: int, verb: Callable, *words) -> None:
        heapq.heappush(self._due, (self._now_ms() + ms, next(self._count), verb, words))

    def handle(self, event: tuple) -> None:
        with self._lock:
            self._act(self._node.handle(event, self._now_ms()))

    def badge(self, reader: str, card: str) -> None:
        """Present a card: its pulses, all at once."""
        for bit in encode_card(card):
            self.handle(("bit", reader, int(bit)))

    def stop(self) -> None:
        """Be gone, as after a power cut."""
        self._ending.set()
        self.join()
        self.link.stop()

    def _now_ms(self) -> int:
        return time.monotonic_ns() // 1_000_000

    def _act(self, actions: list) -> None:
        for action in actions:
            if action[0] == "send":
                self.link.put(*action[1:])
            elif action[0] == "write":
                self.lines.write(self.name, *action[1:])
            elif action[0] == "lock":
                self.locked[action[1]] = action[2]
            elif action[0] == "append":
                self._node.log.store(action[1])
                if action[1]["controller"] == self.name:
                    name = (action[1]["stream"], action[1]["seq"], action[1]["inc"])
                    self._act(self._node.handle(("durable", *name), self._now_ms()))
            elif action[0] == "ceiling":
                self._node.log.store_ceiling(action[1])
                self._act(self._node.handle(("durable", "ceiling", action[1]), self._now_ms()))


class Boards:
    """`with Boards(site, keys, settings) as boards`: all controllers of a site; `boards["c1"]` is one.

    settings: how a controller of that name reaches the broker.
    """

    def __init__(self, site: Site, keys: Keys, settings: Callable[[str], dict]):
        self._boards = {name: Board(part, settings(name), site) for name, part in parts(site, keys=keys).items()}

    def __enter__(self) -> "Boards":
        for board in self._boards.values():
            board.start()
        return self

    def __exit__(self, *_) -> None:
        for board in self._boards.values():
            board.stop()

    def __getitem__(self, name: str) -> Board:
        return self._boards[name]
