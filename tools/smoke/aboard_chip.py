"""Runs on the board: what it is, how fast, and how its flash takes a write. And where the firmware is."""

import gc
import json
import os
import struct
import sys
import time

_LOOPS = 2000
_BLOCK = 4096


def heap_free():
    gc.collect()
    return gc.mem_free()


def labels():
    """Of all partitions."""
    import esp32

    kinds = (esp32.Partition.TYPE_APP, esp32.Partition.TYPE_DATA)
    return sorted([part.info()[4] for kind in kinds for part in esp32.Partition.find(kind)])


def has_rom():
    """1 where MicroPython mounts a ROM file system by itself."""
    import vfs

    return int(hasattr(vfs, "VfsRom") and hasattr(vfs, "rom_ioctl"))


def witnesses():
    """How many counters of pulses there are."""
    import esp32
    import machine

    count = 0
    try:
        while count < 16:
            esp32.PCNT(count, pin=machine.Pin(0), falling=esp32.PCNT.INCREMENT)
            count += 1
    except ValueError:
        pass  # that is how it says that there are no more
    return count


def _spent_us(run):
    """µs of one call, without the loop around it."""
    empty = time.ticks_us()
    for _ in range(_LOOPS):
        pass
    begin = time.ticks_us()
    run(_LOOPS)
    end = time.ticks_us()
    return max(0, time.ticks_diff(end, begin) - time.ticks_diff(begin, empty)) / _LOOPS


def _nothing(_):
    pass


def _call(count):
    for number in range(count):
        _nothing(number)


def _look_up(count):
    table = {"door.%d" % number: number for number in range(100)}
    key = "door." + "57"
    for _ in range(count):
        table[key]


def _unpack(count):
    data = bytes(32)
    for _ in range(count):
        struct.unpack_from("<HIIQ", data, 2)


def call_us():
    return _spent_us(_call)


def lookup_us():
    return _spent_us(_look_up)


def unpack_us():
    return _spent_us(_unpack)


def collect_ms():
    begin = time.ticks_us()
    gc.collect()
    return time.ticks_diff(time.ticks_us(), begin) / 1000


def _spare():
    """A partition and a block of it that nobody needs: in the slot for another MicroPython, or behind the code that runs in place."""
    import esp32

    Partition = esp32.Partition
    running = Partition(Partition.RUNNING)
    others = [part for part in Partition.find(Partition.TYPE_APP) if part.info()[2] != running.info()[2]]
    for part in others + Partition.find(Partition.TYPE_DATA, label="romfs"):
        block, data = part.ioctl(4, 0) - 1, bytearray(_BLOCK)
        part.readblocks(block, data)
        if data == b"\xff" * _BLOCK:
            return part, block
    raise ValueError("no partition has a blank block to spare")


def flash_ms():
    """(append of 100 bytes, erase)"""
    part, block = _spare()
    begin = time.ticks_us()
    part.ioctl(6, block)
    erased = time.ticks_us()
    for number in range(8):
        part.writeblocks(block, b"\x5a" * 100, number * 100)
    appended = time.ticks_us()
    data = bytearray(800)
    part.readblocks(block, data, 0)
    part.ioctl(6, block)
    if data != b"\x5a" * 800:
        raise ValueError("what was written reads back otherwise")
    return time.ticks_diff(appended, erased) / 8000, time.ticks_diff(erased, begin) / 1000


def file_ms():
    """A write of 100 bytes to a file, until it is durable."""
    path, begin = "/smoke.tmp", time.ticks_us()
    with open(path, "w") as file:
        file.write("x" * 100)
    spent = time.ticks_diff(time.ticks_us(), begin) / 1000
    os.remove(path)
    return spent


def installed():
    """What main.py would run; its tree is found from now on. Raises: ValueError where there is none."""
    try:
        with open("/installed.json") as file:
            told = json.load(file)
    except OSError:
        raise ValueError("nothing is installed: `make deploy` first")
    tree = "/rom" if "rom.z" in os.listdir("/" + told["tree"]) else "/" + told["tree"]
    if tree not in sys.path:
        sys.path.insert(0, tree)
    return told
