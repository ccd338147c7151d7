"""A controller that decides one badge, for any interpreter: `badge.py ROOT FOLDER PEOPLE [lively]`. tools/bench/badge.py writes
FOLDER. The site is a plain one: an area that denies, nothing ends by time, all is allowed always; or a `lively` one.

First some people badge and pass, so that everything has been used. Then one of them presents his card. Prints {"us": from its
last bit to the moment in which the lock is driven, "bytes": of heap taken between them, or null, "locks"} as JSON; in both
moments MARK of the C library is called, where the interpreter can do that. Tables lie outside of the heap, likewise.
"""
import gc
import json
import os
import sys
import time

WARM = 8
FRAME_GAP_MS, BIT_MS, STEP_MS, PASS_MS = 30, 2, 500, 10_000
NINE_MS = 1767603600000
SECTORS = 128
MARK = "getppid"
READERS = ((0, "front_in", "in"), (1, "front_out", "out"))


def outside(path):
    """A file's bytes in memory that is not of the heap: what flash is to a board."""
    size = os.stat(path)[6]
    try:
        import ffi
        import uctypes
        page = uctypes.bytearray_at(ffi.open("libc.so.6").func("P", "malloc", "L")(size), size)
    except ImportError:
        page = bytearray(size)
    with open(path, "rb") as file:
        assert file.readinto(page) == size
    return memoryview(page)


def load(folder):
    """The tables of tools/bench/badge.py, page by page."""
    tables = {"people": [], "ids": [], "cards": [], "pins": [], "keys": []}
    for name in sorted(os.listdir(folder)):
        tables[name.split("-")[0]].append(outside(folder + "/" + name))
    return tables


class Locked(Exception):
    """The lock is driven: the measure is over."""


class Door:
    """What App wants of pins, a link and a clock. `stop`: what to call when the lock is freed."""

    is_running = True

    def __init__(self):
        self.now, self.coming, self.locks, self.stop = 0, [], 0, None
        self.is_locked = True
        self.pulse_ms = -FRAME_GAP_MS  # when the last one came

    def now_ms(self):
        return self.now

    def take(self, *now_ms):
        coming, self.coming = self.coming, []
        return coming

    def next_ms(self):
        return None

    def is_reading(self, now_ms):
        return now_ms - self.pulse_ms < FRAME_GAP_MS

    def lock(self, door, is_locked):
        self.locks += self.is_locked and not is_locked
        self.is_locked = is_locked
        if self.stop and not is_locked:
            self.stop()

    def nothing(self, *words):
        pass

    output = signal = write = synchronise = put = nothing


class Stage:
    """A controller at work, and people at its door."""

    def __init__(self, tables, people, changes=None):
        from firmware.app import App
        from firmware.hal.flash_log import FlashLog
        from firmware.hal.nor import NorRam
        from firmware.node import Node
        from firmware.wire.part import Part
        from tests.core import parts
        log = FlashLog(NorRam(SECTORS))
        while log.erase_ahead():
            pass
        self.door, self._people = Door(), people
        settings = parts.settings(group_sets=[[], ["staff"]], **(changes or {}))
        node = Node(Part(settings, tables), log, {})
        node.resume()
        self.app = App(node, self.door, self.door, self.door)
        self.app.collect = self.door.nothing
        self.app.start("power_on", NINE_MS)
        for number in range(WARM):
            self.tap(number * people // WARM, "front_in")
        self.tap(somebody(people), "front_in")
        self.tap(somebody(people), "front_out")

    def tap(self, no, reader):
        """A person badges and passes."""
        self.present(no, reader)
        self.last_bit()
        for _ in range(PASS_MS // STEP_MS):
            self.door.now += STEP_MS
            self.app.turn()

    def present(self, no, reader="front_in"):
        """All pulses of a card but the last."""
        from firmware.wire.wiegand_texts import encode_card
        self._reader = reader
        *bits, self._last = encode_card("H10301:1:%d" % no)
        for bit in bits:
            self._pulse(bit)

    def last_bit(self):
        """The last pulse, and what comes of it when the frame is over."""
        self._pulse(self._last)
        self.door.now += FRAME_GAP_MS
        self.app.turn()

    def _pulse(self, bit):
        self.door.now += BIT_MS
        self.door.pulse_ms = self.door.now
        self.door.coming = [(self.door.now, ("bit", self._reader, int(bit)))]
        self.app.turn()

    def until_lock(self):
        """The last pulse, until the lock is driven."""
        self.door.stop = _locked
        try:
            self.last_bit()
        except Locked:
            return
        assert False, "the lock was not driven"


def _locked():
    raise Locked


def somebody(people):
    """Whose badge is measured: he has been in and has left."""
    return people * 5 // 8 + 1


def lively():
    """Changes of the settings: opening hours, two areas, one in the other, with resets and limits, an interlock, summer time."""
    from tests.core import parts
    hours = {"weekly": [[[420, 1140]]] * 7, "holidays": {"20460": []}}
    limits = {"reset_at": [180], "schedule": "hours", "violation_timeout_s": 3600, "capacity": 20000}
    door = parts.door(["front_in", "front_out"], interlock=["vault"])
    return {
        "zone": [[1500000000 + half * 15768000, half % 2 * 3600] for half in range(24)],
        "schedules": {"hours": hours},
        "doors": {"front": door, "vault": parts.door([], lock="fail_safe", rex="none")},
        "areas": {"hall": parts.hall(**limits), "lab": parts.hall(parent="hall", **limits)},
        "readers": {name: parts.reader(no, "front", {"hall": side, "lab": side}) for no, name, side in READERS},
        "groups": {"staff": {"access": [["vault", "hours"], ["front", "hours"]], "lockdown": False}},
    }


def library(name, result):
    """A function of the C library, or one that does nothing."""
    try:
        import ffi
    except ImportError:
        return lambda *words: None
    return ffi.open("libc.so.6").func(result, name, "i")


def main(folder, people, site=""):
    gc.disable()  # also: a heap with holes makes who takes of it search for one, here longer and there shorter
    mark, end = library(MARK, "i"), library("_exit", "v")
    stage = Stage(load(folder), people, lively() if site else None)
    gc.collect()
    stage.present(somebody(people))
    taken = gc.mem_alloc if hasattr(gc, "mem_alloc") else lambda: None
    before, at_us = taken(), time.ticks_us()
    mark(0)
    stage.until_lock()
    mark(0)
    us, after = time.ticks_diff(time.ticks_us(), at_us), taken()
    assert stage.door.locks == WARM + 2 + 1
    print(json.dumps({"us": us, "bytes": None if before is None else after - before, "locks": stage.door.locks}))
    end(0)


if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])
    main(sys.argv[2], int(sys.argv[3]), *sys.argv[4:])
