"""A board put together: its flash, its part of the site, its pins, the link, node and app. `firmware.start` runs it.

Folders beside the tree: `config`, configurations that came over the network; `update`, what is known of a release that comes that
way; `keys`, those of OSDP readers. Where the board was flashed without a partition for the log it is the file `log.img`.
Nothing here drives a pin before `Pins.connect`; until then outputs are as boot.py left them.
"""

import asyncio
import json
import sys

from firmware.app import App, supervise
from firmware.config import Opener
from firmware.config.store import Store
from firmware.const import const
from firmware.hal import heap, partition
from firmware.hal.announced_files import AnnouncedFiles
from firmware.hal.busy import Busy
from firmware.hal.files import Files
from firmware.hal.flash_log import FlashLog
from firmware.hal.keyring import Keyring
from firmware.hal.part_folder import PartFolder
from firmware.hal.tree import Tree
from firmware.hal.watchdog import TIMEOUT_MS, Watchdog
from firmware.node import Node
from firmware.pins import Pins
from firmware.restarts import ALONE, PAUSED, WHOLE
from firmware.seldom import let_go
from firmware.update import Releases
from firmware.wire import seal, topics

_LOG_SECTORS = const(128)  # half a megabyte, where it is a file
_FORMAT_SECTORS = const(8)  # erased before a new log is used; the rest follows when there is time
_ENTROPY_BYTES = const(32)
_SELDOM_MS = const(60000)
_TABLES_SHARE = const(8)  # of the free heap, for what is told of people; what is more stays in files
_TIME_SERVER = "pool.ntp.org"


def run(machine, installed: dict, cause: str, mode: int, world=None) -> bool:
    """Live one life of a board. Returns when it is to start again: whether its doors are to pause for a release then.

    `mode`: of firmware/restarts.py. `world`: for tests.
    """
    board = Board(machine, installed, world or World())
    asyncio.run(board.live(cause) if mode == WHOLE else board.live_minimal(mode))
    return board.releases.wants_pause


class World:
    """What a board has besides `machine`, imported when it is needed. Tests hand in another one."""

    def __init__(self):
        import time

        import esp32

        from firmware.hal.clock import Clock

        self.esp32, self.ticks, self.clock = esp32, time, Clock()
        self.root = ""
        self.sleep_ms = asyncio.sleep_ms

    def room(self) -> int:
        """Return how many bytes of the heap are free."""
        return heap.room()

    def entropy(self) -> bytes:
        """Return bytes that nobody can foresee. An ESP32 has such only while its radio is on, even without any network."""
        import network
        import os

        radio = network.WLAN(network.STA_IF)
        was_on = radio.active()
        radio.active(True)
        drawn = os.urandom(_ENTROPY_BYTES)
        if not was_on:
            radio.active(False)
        return drawn

    def net(self, board, settings: dict, machine):
        """Return the network, a Net."""
        import network

        from firmware.hal.net import of_board

        return of_board(*board.NETWORK, settings, machine, network, self.ticks.sleep_ms)

    def time_server(self, host: str):
        """Return a TimeServer whose thread has begun."""
        import socket
        from _thread import start_new_thread

        from firmware.hal.clock import Clock
        from firmware.hal.time_server import TimeServer

        server = TimeServer(host, socket, Clock().now_ms, self.ticks.sleep_ms)
        start_new_thread(server.run, ())
        return server

    def link(self, settings: dict, node, hardware: str, root: str, seed: int, busy):
        """Return the link to the broker."""
        from firmware.hal.mqtt_thread import MqttLink

        return MqttLink(settings, hardware, root, node.subscriptions(), node.last_will(), seed, busy=busy)


class Alone:
    """The link of a board that was told of no broker."""

    is_running = True

    def put(self, topic: str, payload: bytes, is_retained: bool = False) -> None:
        """Nobody hears it."""

    def take(self) -> list:
        return []

    def start(self) -> None:
        """There is nothing to start."""

    def stop(self) -> None:
        """There is nothing to stop."""


class Board:
    """One life of a board. `installed`: as main.py reads it."""

    def __init__(self, machine, installed: dict, world):
        self._world, self._own = world, world.root + "/" + installed["own"]
        self._board, self._machine = _board(installed["board"]), machine
        self._watchdog = Watchdog(machine.WDT(timeout=TIMEOUT_MS), ("doors",))
        self._pins = Pins(machine, world.esp32, self._board, world.clock, world.ticks, world.sleep_ms, self._ask_time, self._turned)
        self._store = Store(AnnouncedFiles(world.root + "/config", self._pins.busy), PartFolder(self._own + "/part"))
        self.releases = self._find_releases(installed)
        self._keyring = Keyring(Files(world.root + "/keys"))
        self._hardware = bytes(machine.unique_id()).hex()
        self._flash = self._net = self._server = self._keeper = self._wall = self._heap = None
        self._seldom_ms = 0  # when to let go of code that was needed for once

    async def live(self, cause: str) -> None:
        """Be a whole controller until the board is to start again. Raises: whatever the firmware fails with."""
        self._entropy = self._world.entropy()
        settings = self._open_part().settings.get("network", {})
        self._net = self._world.net(self._board, settings, self._machine)
        self._server = self._world.time_server(settings.get("ntp", _TIME_SERVER))
        self._keeper = self._open_clock()
        self._flash = self._open_flash()
        await supervise(self._make, self._pins, self._fail, cause)

    async def live_minimal(self, mode: int) -> None:
        """Serve REX and fire, and take a new release; nothing else."""
        from firmware import minimal

        part = self._open_part()
        doors = minimal.Minimal(part.settings, self._pins.connect(part.settings))
        mail = minimal.Silence() if mode == ALONE else self._mail(part, doors.is_calm, mode == PAUSED)
        await minimal.run(doors, self._pins, self._world.clock.now_ms, self._turned, mail)

    def _open_part(self):
        """Return the configuration in force. What reads it takes no heap afterwards."""
        from firmware.config.loading import open_part

        return open_part(self._store, self._world.room() // _TABLES_SHARE)

    def _mail(self, part, is_calm, is_pause: bool):
        from firmware.update.mail import Mail

        self._net = self._world.net(self._board, part.settings.get("network", {}), self._machine)
        seed = int(self._hardware[-4:], 16)  # boards come back at different times
        make_link = lambda mail: self._link(mail, part.settings, seed)
        return Mail(part.settings, part.tables["keys"], self.releases, self._store, is_calm, make_link, is_pause)

    def _turned(self) -> None:
        """The door loop goes on: look after what has no loop of its own."""
        self._watchdog.tick("doors")
        if self._net:
            self._net.tick(self._world.clock.now_ms())
        if self._server:
            at_ms = self._server.take()
            if at_ms is not None:
                self._pins.set_time(at_ms)
        if self._keeper and self._world.clock.now_ms() >= self._keeper.due_ms:
            self._keep_clock()

    def _keep_clock(self) -> None:
        """Let the clock chip tell the time, or be told."""
        now_ms = self._world.clock.now_ms()
        told = self._keeper.tick(now_ms, self._wall.trusted_at_ms(now_ms), self._wall.err_ms(now_ms))
        if told:
            self._pins.set_time(*told)

    def _ask_time(self) -> None:
        if self._server:
            self._server.ask()

    def _make(self, cause: str) -> App:
        """Return the App of the configuration in force."""
        heap.begin()
        part = self._open_part()
        levels = self._pins.connect(part.settings)
        self._entropy = seal.hmac(self._entropy, b"start")
        seed = self._entropy[0] << 8 | self._entropy[1]
        opener = Opener(lambda: self._store.files, self._store.factory, self._store, lambda: self._heap.free(), self.releases)
        now_ms = self._world.clock.now_ms()
        read = self._flash.readblocks
        self._flash.readblocks = self._fed(read)  # thousands of facts take longer than the watchdog has patience
        log = self._log()
        # An eighth of the heap for the table; what is more is written to the flash with each badge, so not where there is plenty.
        rows_max = self._world.room() >> 6
        node = Node(part, log, levels, now_ms, 0, self._hardware, seed, self._entropy, opener, self._keyring, rows_max)
        node.resume()
        self._flash.readblocks = read
        app = App(node, self._link(node, part.settings, seed), self._world.clock, self._pins)
        self._wall = node.controller.site.wall
        self._heap = app.announced = heap.Heap(self._pins.busy)
        app.quiet = heap.Heap(Busy(bool))  # pulses may come meanwhile: frames go on, also through all of a busy network
        app.collect, app.collect_rounds = self._collect, self._heap.rounds
        return app

    def _fed(self, read):
        """Return what reads the flash and lets the watchdog know: what is in it has an end."""

        def read_on(*places):
            self._watchdog.tick("doors")
            return read(*places)

        return read_on

    def _collect(self) -> None:
        if self._world.clock.now_ms() >= self._seldom_ms:
            self._seldom_ms = self._world.clock.now_ms() + _SELDOM_MS
            let_go()
        self._heap.collect()

    def _log(self) -> FlashLog:
        log = FlashLog(self._flash)
        while log.erased() < _FORMAT_SECTORS and log.erase_ahead():
            self._watchdog.tick("doors")
        return log

    def _open_clock(self):
        """Return the keeper of the board's clock chip, or None where there is none."""
        if not self._board.RTC:
            return None
        from firmware.hal.clock_keeper import of_board

        return of_board(self._board.RTC, self._pins.i2c(), self._pins.busy)

    def _open_flash(self):
        try:
            return partition.find(self._world.esp32, self._pins.busy)
        except OSError:
            from firmware.hal.log_file import LogFile

            return LogFile(self._world.root + "/log.img", _LOG_SECTORS, self._pins.busy)

    def _find_releases(self, installed: dict) -> Releases:
        """Return what there is of releases. `installed`: of what runs, which may be on trial."""
        aboard = {key: installed[key] for key in ("tree", "own", "board")}
        aboard["is_trial"] = "trial" in installed
        aboard["mpy"] = getattr(sys.implementation, "_mpy", 0) & 0xFF
        aboard["rom_bytes"] = partition.size(self._world.esp32, "romfs")
        busy = self._pins.busy
        return Releases(lambda: AnnouncedFiles(self._world.root + "/update", busy), Tree(self._world.root, busy), aboard)

    def _link(self, node, settings: dict, seed: int):
        try:
            with open(self._own + "/mqtt.json") as file:
                broker = json.load(file)
        except OSError:
            print("wiring.py: no mqtt.json: this board works alone")
            return Alone()
        return self._world.link(broker, node, self._hardware, topics.root(settings["site"]), seed, self._pins.busy)

    def _fail(self, error) -> None:
        """The firmware has failed: give up a configuration that is on trial, and let main.py start the board again."""
        if self._store.is_trial:
            self._store.look()
        if self._store.is_trial:
            self._store.fall_back(repr(error))
        raise error


def _board(name: str):
    """Return a board's file."""
    return __import__("firmware.boards." + name.replace("-", "_"), None, None, ("NAME",))
