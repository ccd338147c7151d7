"""A board from main.py on, on fake hardware: what `make deploy` leaves on it becomes a controller that decides and remembers."""

import json
import os
import sys
import time

# Compiling import within import takes more stack than a 32-bit MicroPython has: the inner parts come first.
from firmware.core import apb, book, presence, judge, reports, badges  # noqa: F401, I001
from firmware.wire import packed, storable, messages  # noqa: F401, I001
from firmware import start, wiring
from firmware.wire.part_pages import PartPages
from firmware.wire.wiegand_texts import encode_card
from tests.app.fake_board import wipe
from tests.app.fakes import Link
from tests.board import terminals
from tests.board.controller import Clock, chip, part
from tests.fakes import esp32, machine
from tests.fakes.chip import Ticks

sys.modules["firmware.boards.test"] = terminals
SLOW = ("test_the_watchdog_is_fed_as_long_as_the_door_loop_turns",)
ROOT = "/tmp/backstop-wiring-%d" % time.time_ns()  # of this process: others run the same tests
NINE_S = 1767603600
INSTALLED = {"tree": "fw-1", "own": "own-1", "board": "test"}


def install(made, mqtt=True):
    """Leave on the board what `make deploy` does."""
    wipe(ROOT)
    for folder in (ROOT, ROOT + "/own-1", ROOT + "/own-1/part"):
        os.mkdir(folder)
    pages, told = PartPages(made), {}
    for table in ("settings", "people", "ids", "cards", "pins", "keys"):
        told[table] = []
        for number in range(pages.count(table)):
            with open("%s/own-1/part/%s.%d" % (ROOT, table, number), "wb") as file:
                file.write(pages.page(table, number))
            told[table].append({"sha256": bytes(pages.sha(table, number)).hex()})
    with open(ROOT + "/own-1/part/manifest.json", "w") as file:
        json.dump({"version": pages.version, "pages": told}, file)
    if mqtt:
        with open(ROOT + "/own-1/mqtt.json", "w") as file:
            json.dump({"host": "127.0.0.1", "port": 1883, "user": None, "password": None, "tls": None}, file)


class Cut(BaseException):
    """The power is gone."""


class World:
    """What is not `machine`, on a chip whose time moves while the App sleeps."""

    room_bytes = 1 << 30

    def room(self):
        return self.room_bytes

    def __init__(self, on, ms, sectors=32):
        self._chip, self._end_us = on, on.now_us + ms * 1000
        self.esp32, self.ticks, self.clock = esp32.make(on, sectors), Ticks(on), Clock(on)
        self.root, self.links = ROOT, []
        self.nets, self.time_asked = [], []
        self.now_s = None  # what the time server says, once

    def entropy(self):
        return b"entropy %d" % self._chip.now_us

    def net(self, board, settings, machine):
        self.nets.append((board.NETWORK, settings))
        return self

    def tick(self, now_ms):
        self.looked_ms = now_ms

    def time_server(self, host):
        self.time_asked.append(host)
        return self

    def ask(self):
        self.time_asked.append("now")
        self.now_s = NINE_S

    def take(self):
        found, self.now_s = self.now_s, None
        return None if found is None else found * 1000

    def link(self, settings, node, hardware, root, seed, busy):
        self.links.append((Link(), settings["host"], node, root))
        return self.links[-1][0]

    async def sleep_ms(self, ms):
        self._chip.run(ms * 1000 or 150)
        if self._chip.now_us >= self._end_us:
            raise Cut()


def boot(on, ms=2000, sectors=32, cause=None, load=None, linked_ms=None):
    """Power up and live so long; `linked_ms`: when the link comes up. Returns the world, and the Machine."""
    made, world = machine.make(on, *(() if cause is None else (cause,))), World(on, ms, sectors)
    if linked_ms is not None:
        on.plan(on.now_us + linked_ms * 1000, lambda: world.links[0][0].inbox.append(("link", True)))
    try:
        start.run(made, INSTALLED, load or (lambda: lambda *words: wiring.run(*words, world=world)))
    except Cut:
        pass
    return world, made


def tap(on, no, ms=20):
    """Plan a card so many ms from now."""
    on.frame(terminals.WIRES["front_in"], encode_card("H10301:1:%d" % no), on.now_us + ms * 1000, 1000)


def level(on, name):
    return on.levels[terminals.GPIOS[name]]


def test_a_board_decides_and_remembers_over_a_power_cut():
    install(part())
    on = chip()
    tap(on, 0, 1500)
    world, _ = boot(on, 1800)
    assert level(on, "front") == 1
    link, host, node, root = world.links[0]
    assert host == "127.0.0.1" and root == "backstop/v1/small/" and link.starts == 1
    tap(on, 0, 1500)
    driven = len(on.driven)
    boot(on, 1800)
    relays = [row for row in on.driven[driven:] if row[1] == terminals.GPIOS["front"] and row[2] == 1]
    assert relays == [], "the card was inside already"
    wipe(ROOT)


def test_where_the_heap_has_no_room_people_are_read_from_files_and_most_of_the_table_from_the_flash():
    install(part())
    on = chip()
    World.room_bytes = 100
    try:
        for no, is_free in ((0, 1), (1, 1), (0, 0)):
            tap(on, no, 1500)
            driven = len(on.driven)
            world, _ = boot(on, 1800)
            node = world.links[0][2]
            assert not isinstance(node.controller.people.cards.pages, list) and node.log.swap is not None
            relays = [row for row in on.driven[driven:] if row[1] == terminals.GPIOS["front"] and row[2] == 1]
            assert len(relays) == is_free, (no, relays)
    finally:
        World.room_bytes = 1 << 30
    wipe(ROOT)


def test_its_clock_is_set_by_the_time_server_once_there_is_a_link_and_the_network_is_looked_after():
    made = part()
    made.settings["network"] = {"ssid": "doors", "password": "a secret", "ntp": "10.0.0.1"}
    install(made)
    on = chip()
    world, _ = boot(on, linked_ms=500)
    assert world.nets == [(terminals.NETWORK, made.settings["network"])] and world.looked_ms > 1900
    assert world.time_asked[:2] == ["10.0.0.1", "now"]
    controller = world.links[0][2].controller
    assert controller.site.is_clock_trusted() and 0 <= controller.site.wall.at_ms(2000) - NINE_S * 1000 < 2000
    wipe(ROOT)


def test_without_a_partition_the_log_is_a_file_and_remembers_too():
    install(part())
    on = chip()
    tap(on, 0, 1500)
    boot(on, 1800, 0)
    assert level(on, "front") == 1 and os.stat(ROOT + "/log.img")[6] == 128 * 4096
    tap(on, 0, 1500)
    driven = len(on.driven)
    boot(on, 1800, 0)
    assert [row for row in on.driven[driven:] if row[1] == terminals.GPIOS["front"] and row[2] == 1] == []
    wipe(ROOT)


def test_without_a_broker_it_works_alone():
    install(part(), mqtt=False)
    on = chip()
    tap(on, 1, 1500)
    world, _ = boot(on, 1800)
    assert world.links == [] and level(on, "front") == 1
    wipe(ROOT)


def test_the_watchdog_is_fed_as_long_as_the_door_loop_turns():
    install(part())
    on = chip()
    boot(on, 30_000)
    (wdt,) = on.watchdogs
    assert wdt.bites == 0 and wdt.meals > 1000
    on.run(15_000_000)
    assert wdt.bites == 1
    wipe(ROOT)


def test_a_log_that_takes_long_to_read_makes_no_watchdog_bite():
    install(part())
    on = chip()
    tap(on, 1, 1500)
    boot(on, 4000)
    log = on.partitions["log"]
    read, begun_us = log.readblocks, on.now_us

    def slow(*places):
        on.stop(200_000)
        read(*places)

    log.readblocks = slow
    boot(on, 200_000, load=lambda: lambda *words: wiring.run(*words, world=world_that_ends(on, log, read)))
    assert on.now_us - begun_us > 20_000_000 and on.watchdogs[-1].bites == 0
    wipe(ROOT)


def world_that_ends(on, log, read):
    """A world in which the power goes when the start is over, and the flash is as fast as any by then."""
    world = World(on, 0)

    def link(*words):
        log.readblocks = read
        raise Cut

    world.link = link
    return world


def test_three_crashes_lead_to_the_least_which_serves_rex_and_fire():
    install(part())
    on = chip()

    def fails(*words):
        raise ValueError("a bug")

    for _ in range(3):
        try:
            boot(on, load=lambda: fails, cause=machine.Machine.SOFT_RESET)
        except ValueError:
            pass
    on.drive(terminals.GPIOS["front.rex"], 0)
    on.plan(on.now_us + 500_000, on.drive, terminals.GPIOS["fire"], 1)
    tap(on, 0, 800)
    world, _ = boot(on, 1000, cause=machine.Machine.SOFT_RESET)
    assert level(on, "front") == 1 and level(on, "vault") == 1  # REX frees the one, fire the other
    ((link, _, mail, _),) = world.links
    assert link.starts == 1 and mail.subscriptions() == ["config/c1"] and world.nets and world.looked_ms > 900
    wipe(ROOT)
