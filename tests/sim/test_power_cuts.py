"""Power goes in every single flash operation of a busy hour: what was published stays, and the table is the fold of the log."""

import random

import pytest

import host_sim.flash
from firmware.core import events, fold
from firmware.core.area_changes import told
from firmware.core.area_rules import AreaRules
from firmware.core.book import Book
from firmware.core.events import in_order
from firmware.core.standing import Standing
from firmware.hal.flash_log import FlashLog
from firmware.hal.nor import NorRam
from firmware.node import Node
from firmware.replica.shelf import FACTS, NOTES
from firmware.wire import messages, seal
from host_sim.world import World
from tests.core.facts import plain
from tests.model import small
from tools.site import parse

pytestmark = pytest.mark.slow
START_MS = 1767603600000  # Monday, 2026-01-05 09:00 UTC
SECTORS = 20
EVERY = 60  # facts from one checkpoint to the next
BADGES = 260
SHARES = 2  # tests that share the cuts, so that two cores can work
PREFIXES = 2  # ways in which one operation is torn


class Tape(NorRam):
    """A chip that remembers every operation."""

    def __init__(self, *args, **named):
        super().__init__(*args, **named)
        self.tape = []
        self.published = []  # keys of own events on the wire, in order
        self.at_start = self.snapshot()

    def writeblocks(self, block, buf, offset):
        super().writeblocks(block, buf, offset)
        self.tape.append((block, bytes(buf), offset, len(self.published)))

    def ioctl(self, what, value):
        answer = super().ioctl(what, value)
        if what == 6:
            self.tape.append((value, None, 0, len(self.published)))
        return answer


def key(event):
    return (event["controller"], event["inc"], event["stream"], event["seq"])


class Hour:
    """One hour at a hall with a board on each side; the tape of c1's flash and all that was written."""

    def __init__(self):
        self.world = World(parse(small.hall("deny", violation_timeout_s=300), "site"), START_MS, flash_sectors=SECTORS)
        self.board = self.world.boards["c1"]
        self.chip = self.board.flash.chip
        self.board.node.log.checkpoints.every = EVERY
        self.events = {}
        self._listen()
        self._live(random.Random(7))
        self.known = self.events

    def _listen(self):
        send, log = self.world.send, self.board.node.log

        def sent(sender, topic, payload, is_retained=False):
            if sender == "c1" and topic == "log/c1":
                message = messages.decode(seal.content(payload))
                self.chip.published += [key(each) for each in message.get("entries", []) if each["controller"] == "c1"]
            send(sender, topic, payload, is_retained)

        store = log.store

        def stored(event):
            self.events[key(event)] = dict(event)
            return store(event)

        self.world.send, log.store = sent, stored

    def _live(self, draw):
        for at_ms in sorted(draw.randrange(3600 * 1000) for _ in range(BADGES)):
            self.world.run_until(at_ms)
            door = draw.choice(("north", "south"))
            self.world.badge(f"{door}_{draw.choice(('in', 'out'))}", user=draw.choice(("kim", "lee", "pat", "sam")))
            if draw.random() < 0.7:
                self.world.run_until(at_ms + 1000)
                self.world.leaf(door, True)
                self.world.leaf(door, False)
            if draw.random() < 0.1:
                self.world.command({"operator": "ada", "action": draw.choice(("clear", "pass")), "area": "hall", "user": "kim", "reason": "test"})
        self.world.run_until(3600 * 1000)


@pytest.fixture(scope="module")
def hour():
    plain_chip, host_sim.flash.NorRam = host_sim.flash.NorRam, Tape
    try:
        yield Hour()
    finally:
        host_sim.flash.NorRam = plain_chip


def torn(image, operation, draw):
    """The content after an operation in the middle of which power went."""
    block, data, offset, _ = operation
    at = block * 4096
    if data is None:
        cut = draw.randrange(4097)
        part = b"\xff" * cut
        place = at if draw.random() < 0.5 else at + 4096 - cut
        image[place : place + cut] = part
    else:
        for index in range(draw.randrange(len(data) + 1)):
            image[at + offset + index] &= data[index]


def done(image, operation):
    block, data, offset, _ = operation
    at = block * 4096
    if data is None:
        image[at : at + 4096] = b"\xff" * 4096
    else:
        for index, byte in enumerate(data):
            image[at + offset + index] &= byte


def restarted(hour, image):
    chip = NorRam(SECTORS)
    chip.load(image)
    log = FlashLog(chip)
    while log.erased() < 4 and log.erase_ahead():
        pass
    node = Node(hour.board.part, log, {})
    node.resume()
    return node


def check(hour, node, operation, number):
    log = node.log
    for name in hour.chip.published[: operation[3]]:
        assert log.has(*name), f"operation {number}: {name} was published"
    stored = in_flash(log)
    for controller, inc, stream, last in log.vector():
        assert last == log.highest(controller, inc, stream), f"operation {number}: a hole in {controller} {stream}"
        for seq in range(log.first(controller, inc, stream), last + 1):
            name = (controller, inc, stream, seq)
            assert stored.get(name) == hour.known[name], f"operation {number}: {name}"
    here = [hour.known[name] for name in hour.known if log.has(*name)]
    assert table(node) == scratch(node, here), f"operation {number}: another table"


def in_flash(log):
    """Every event that can be read from the flash, by its key."""
    return {
        key(event): event
        for kind in (FACTS, NOTES)
        for sector in log.shelf.flash.sectors(kind)
        for _, event in log.shelf.events(kind, sector)
    }


def table(node):
    presence = node.controller.presence
    # Without what ended: that is kept only until its end is reported.
    return [plain(presence.standing("hall", no))[:-1] for no in range(4)]


def scratch(node, here):
    presence, made = node.controller.presence, []
    rules = presence._own["hall"]
    facts = in_order([event for event in here if events.is_fact(event)])
    changes = []
    for fact in facts:
        if fact["type"] == "area.set":
            new = AreaRules(told(rules.settings, fact["settings"]), presence._zone, presence.horizon)
            changes.append(fold.Change(events.order(fact), fact["at_ms"], "hall", "set", new, fact.get("configuration")))
    for no in range(4):
        book = Book({"hall": rules}, {"hall": Standing()})
        fold.from_scratch(book, [fact for fact in facts if fact.get("no") == no], changes)
        made.append(plain(book._standings["hall"])[:-1])
    return made


@pytest.mark.parametrize("share", range(SHARES))
def test_power_may_go_in_any_flash_operation(hour, share):
    image, draw, cuts = bytearray(hour.chip.at_start), random.Random(share), 0
    for number, operation in enumerate(hour.chip.tape):
        if number % SHARES == share:
            for _ in range(PREFIXES):
                broken = bytearray(image)
                torn(broken, operation, draw)
                check(hour, restarted(hour, broken), operation, number)
                cuts += 1
        done(image, operation)
    kinds = [operation[1] is None for operation in hour.chip.tape]
    assert cuts * SHARES > 2000 and sum(kinds) > 5, "a busy hour has thousands of cuts, in erases too"
    assert len(hour.chip.published) > 300 and hour.board.node.log.generations
