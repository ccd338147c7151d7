"""A board's shell for tests/small_heap.py: import the whole firmware, load the people, decide the badges of many of them.

It lies in the ROM file system like the firmware. The pages of the people's tables, files in DIR, lie outside of the heap or, with
`held`, in it, as those of a part in files do; a whole node takes their pulses and decides.
Prints one JSON line per stage: {"stage", "free": bytes, "count"}.
"""
import ffi
import gc
import json
import os
import sys
import uctypes
from micropython import const

from tests import pieces

# Names are kept in pools, each twice as long as the one before; the next would take 9 kB. So what can be is no name here.
TABLES = ("people", "ids", "cards", "pins", "keys")
_STEP_MS = const(6000)
_SECTOR_BYTES = const(4096)
_BLANK_BYTES = const(256)
_PIECE_BYTES = const(512)  # the longest free piece of a heap that has been in use for long
_NINE_MS = const(1767603600000)


def report(stage, count):
    gc.collect()
    print(json.dumps({"stage": stage, "free": gc.mem_free(), "count": count}))


def flash(path):
    """A file's bytes in memory that is not of the heap: what mapped flash is to a board."""
    size = os.stat(path)[6]
    bytes_at = uctypes.bytearray_at(ffi.open("libc.so.6").func("P", "malloc", "L")(size), size)
    with open(path, "rb") as file:
        assert file.readinto(bytes_at) == size
    return memoryview(bytes_at)


def read(path):
    """A file's bytes in one piece of the heap."""
    page = bytearray(os.stat(path)[6])
    with open(path, "rb") as file:
        assert file.readinto(page) == len(page)
    return page


class Source:
    """Pages that stay in their files."""

    def __init__(self, folder):
        self._folder = folder
        self._names = sorted(os.listdir(folder))

    def count(self, table):
        return len([name for name in self._names if name.split("-")[0] == table])

    def page(self, table, number):
        return self.read(table, number, 0, -1)

    def read(self, table, number, offset, size):
        with open("%s/%s-%04d" % (self._folder, table, number), "rb") as file:
            file.seek(offset)
            return file.read(size)


def filed(folder):
    """Tables as a board has them where the heap has no room for all."""
    from firmware.config.filed import Filed

    source = Source(folder)
    return {table: Filed(source, table) for table in TABLES[:-1]} | load(folder, read, TABLES[-1:])


def load(folder, read_page, names=TABLES):
    """Tables, from the pages in `folder`."""
    tables = {table: [] for table in names}
    for name in sorted(os.listdir(folder)):
        if name.split("-")[0] in tables:
            tables[name.split("-")[0]].append(read_page(folder + "/" + name))
    return tables


def load_people(tables):
    from firmware.core.credentials import People
    return People(tables, bytes(16), [[], ["staff"]])


def find_everybody(people):
    """Look each person up by card, as a badge does; gives how many were found."""
    found = 0
    for no in range(len(people.people)):
        person, card = people.find_card("H10301:1:%d" % no)
        found += person == no and card == 1 and people.person(no).groups == ["staff"]
    return found


class Chip:
    """A flash chip outside of the heap: what `esp32.Partition` offers."""

    def __init__(self, sectors):
        self._sectors = sectors
        at = ffi.open("libc.so.6").func("P", "malloc", "L")(sectors * _SECTOR_BYTES)
        self._bytes = memoryview(uctypes.bytearray_at(at, sectors * _SECTOR_BYTES))  # a piece of it is read without a copy
        for sector in range(sectors):
            self.ioctl(6, sector)

    def readblocks(self, block, buf, offset):
        at = block * _SECTOR_BYTES + offset
        buf[:] = self._bytes[at : at + len(buf)]

    def writeblocks(self, block, buf, offset):
        at = block * _SECTOR_BYTES + offset
        for byte in buf:
            self._bytes[at] &= byte
            at += 1

    def ioctl(self, what, value):
        if what == 4:
            return self._sectors
        if what == 5:
            return _SECTOR_BYTES
        for at in range(value * _SECTOR_BYTES, (value + 1) * _SECTOR_BYTES, _BLANK_BYTES):
            self._bytes[at : at + _BLANK_BYTES] = b"\xff" * _BLANK_BYTES
        return 0


class Board:
    """A node as a shell runs it, its log in flash."""

    start_ms = _NINE_MS

    def __init__(self, settings, tables, sectors, opener=None):
        from firmware.wire.part import Part
        self.now_ms = 0
        self.granted = 0
        self.beside = 0
        self._chip = Chip(sectors)
        self.begin(Part(settings, tables), opener)

    def begin(self, part, opener):
        """Let a new node take up work."""
        from firmware import node
        from firmware.hal.flash_log import FlashLog
        log = FlashLog(self._chip)
        while log.erase_ahead():
            pass
        gc.collect()  # as a board does before it makes its node, while its heap is still in large pieces
        self.node = node.Node(part, log, {}, configuration=opener, rows_max=gc.mem_free() >> 6)
        self.node.resume()
        self.act(self.node.handle(("clock", self.start_ms), self.now_ms))
        self.act(self.node.start(self.now_ms))
        self.chores()

    def act(self, actions):
        for action in actions:
            if action[0] == "append":
                event = action[1]
                self.granted += event["type"] == "access.granted"
                assert self.node.log.store(event)
                self.act(self.node.handle(("durable", event["stream"], event["seq"]), self.now_ms))
            else:
                self.others(action)

    def others(self, action):
        pass

    def until(self, now_ms):
        due_ms = self.node.next_deadline_ms()
        while due_ms is not None and due_ms <= now_ms:
            self.now_ms = max(self.now_ms, due_ms)
            self.act(self.node.tick(self.now_ms))
            due_ms = self.node.next_deadline_ms()
        self.now_ms = now_ms

    def chores(self):
        """What a board does in calm moments."""
        from firmware.seldom import let_go

        while self.node.has_chores():
            self.act(self.node.chore(self.now_ms))
        self.beside = max(self.beside, beside())
        let_go()
        assert not beside()

    def checkpoint(self):
        """Write one. Gives how many there are."""
        checkpoints = self.node.log.checkpoints
        checkpoints.make_soon()
        self.chores()
        return len(self.node.log.generations)

    def write(self, kind, fields):
        """Write an event that concerns everybody. Gives how many people are in the hall then."""
        desk = self.node.controller.desk
        desk.begin(self.now_ms)
        desk.write(kind, fields)
        self.act(desk.end())
        self.chores()
        return self.node.controller.presence.inside("hall", self.start_ms + self.now_ms)

    def tap(self, reader, bits):
        for bit in bits:
            self.act(self.node.handle(("bit", reader, int(bit)), self.now_ms))
            self.until(self.now_ms + 2)
        self.until(self.now_ms + _STEP_MS)
        self.chores()
        gc.collect()  # as a board does when no reader is in the middle of a frame


def beside():
    """How many modules are loaded that only seldom anybody needs."""
    return len([name for name in sys.modules if name.startswith(("firmware.core.", "firmware.replica."))])


def decide_badges(folder, settings, tables, sectors):
    """A whole node decides badges of different people, writes checkpoints, and forgets where everybody is. Reports the heap as it fills."""
    board = Board(settings, tables, sectors)
    gc.threshold((gc.mem_alloc() + gc.mem_free()) // 16)
    report("node", 0)
    pins = pieces.pinned(_PIECE_BYTES)
    report("pinned", len(pins[0]))
    with open(folder + "/frames") as frames:
        for no, bits in enumerate(frames):
            board.tap("d0_in", bits.strip())
            if no % 50 == 49:
                report("badges-%d" % (no + 1), board.granted)
    report("badges", board.granted)
    for number in range(2):
        report("checkpoint-%d" % (number + 1), board.checkpoint())
    report("reset", board.write("apb.reset", {"area": "hall", "by": "operator", "nonce": "r1"}))
    report("checkpoint-3", board.checkpoint())
    report("people", find_everybody(board.node.controller.people))
    report("seldom", board.beside)
    report("end", len(pins[0]))


def main(folder, where, sectors):
    gc.threshold((gc.mem_alloc() + gc.mem_free()) // 64)  # as a board does while it starts
    report("start", 0)
    import firmware.joined  # noqa: F401

    report("firmware", 1)
    from firmware.wire.part import read_settings

    settings = read_settings(load(folder, read, ("settings",))["settings"])
    tables = filed(folder) if where == "filed" else load(folder, read if where == "held" else flash)
    if where in ("badges", "held", "filed"):
        decide_badges(folder, settings, tables, sectors)
    elif where in ("full", "again"):
        from tests import small_heap_full

        (small_heap_full.fill if where == "full" else small_heap_full.again)(folder, settings, tables, sectors)
    elif where in ("stand", "stood"):
        from tests import small_heap_stand

        (small_heap_stand.stand if where == "stand" else small_heap_stand.stood)(folder, settings, tables, sectors)
    elif where in ("release", "prove"):
        from tests import small_heap_release

        (small_heap_release.take_release if where == "release" else small_heap_release.prove)(folder, tables, sectors)
    else:
        from tests import small_heap_config

        small_heap_config.take_configuration(folder, tables, sectors, where)
