"""main.py and an image that runs in place: written before it runs, whatever lay there, and however often power goes meanwhile."""

import json
import os
import struct
import sys

import firmware
from main import work
from firmware.hal.nor import small_draw
from tests.app.fake_board import Machine, wipe

ROOT = "/tmp/backstop-rom-%s-%x" % (sys.implementation.name, sys.maxsize)
BLOCK = 4096


def content(size, seed=1):
    """Bytes that are like no others."""
    draw = small_draw(seed)
    return bytes([draw(256) for _ in range(size)])


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)


IMAGES = {"fw-00000001": content(3 * BLOCK + 77), "fw-00000002": content(2 * BLOCK, 2)}


def stored(data):
    """zlib with a window of 4 kB, nothing compressed: no board has what compresses."""
    out, a, b = b"\x48\x89", 1, 0
    for at in range(0, len(data), 0xFFFF):
        piece = data[at : at + 0xFFFF]
        out += struct.pack("<BHH", at + 0xFFFF >= len(data), len(piece), len(piece) ^ 0xFFFF) + piece
    for byte in data:
        a = (a + byte) % 65521
        b = (b + a) % 65521
    return out + struct.pack(">I", b << 16 | a)


class Cut(BaseException):
    """The power is gone."""


class Partition:
    """`cut_at`: the write in whose middle power goes. `is_worn`: it keeps nothing."""

    TYPE_DATA = 1

    def __init__(self, blocks=8):
        self.data, self.writes, self.cut_at, self.is_worn = bytearray(b"\xff" * blocks * BLOCK), 0, None, False

    def find(self, kind, label):
        return [self] if label == "romfs" and self.data else []

    def readblocks(self, block, buf):
        buf[:] = self.data[block * BLOCK : block * BLOCK + len(buf)]

    def writeblocks(self, block, buf):
        if (block + 1) * BLOCK > len(self.data):
            raise OSError(22)
        self.writes += 1
        size = BLOCK // 3 if self.writes == self.cut_at else len(buf)
        if not self.is_worn:
            self.data[block * BLOCK : block * BLOCK + size] = buf[:size]
        if self.writes == self.cut_at:
            raise Cut


class Watched(Machine):
    def WDT(self, timeout):
        return self

    def feed(self):
        self.calls.append("fed")


class Deflate:
    """In the place of MicroPython's module, on a PC."""

    ZLIB = 1

    @staticmethod
    def DeflateIO(file, kind, bits):
        import io
        import zlib

        assert (kind, bits) == (1, 12)
        return io.BytesIO(zlib.decompress(file.read(), wbits=bits))


class Board:
    """`ran`: (tree, on trial, where its modules are) of each life in which firmware ran. It finds its own image mounted."""

    def __init__(self, partition=None):
        self.partition, self.ran, self.machine = partition or Partition(), [], Watched()
        wipe(ROOT)
        os.mkdir(ROOT)
        for name in IMAGES:
            os.mkdir(ROOT + "/" + name)
            write(ROOT + "/" + name + "/rom.z", stored(IMAGES[name]))
        self.tell("installed.json", {"tree": "fw-00000001", "own": "own-1", "board": "test"})

    def tell(self, name, told):
        write(ROOT + "/" + name, json.dumps(told).encode())

    def try_next(self):
        self.tell("trial.json", {"tree": "fw-00000002", "own": "own-1", "board": "test", "before": "fw-00000001"})

    def run(self, machine, installed):
        image = IMAGES[installed["tree"]]
        assert bytes(self.partition.data[: len(image)]) == image
        self.ran.append((installed["tree"], "trial" in installed, sys.path[0]))
        return True

    def live(self):
        path, had = list(sys.path), {name: sys.modules.get(name) for name in ("esp32", "deflate", "firmware.start")}
        start = getattr(firmware, "start", None)
        self.Partition = self.partition
        firmware.start = sys.modules["firmware.start"] = sys.modules["esp32"] = self
        if sys.implementation.name == "cpython":
            sys.modules["deflate"] = Deflate
        try:
            return work(self.machine, lambda machine: [], lambda ms: None, ROOT)
        except Cut:
            return "cut"
        finally:
            sys.path[:] = path
            for name in had:
                sys.modules.pop(name, None)
                if had[name]:
                    sys.modules[name] = had[name]
            if start:
                firmware.start = start
            else:
                del firmware.start


def test_an_image_is_written_once_and_runs_from_the_next_start_on():
    board = Board()
    assert board.live() == "restart" and board.ran == [] and board.partition.writes == 4 and len(board.machine.calls) == 4
    for _ in range(2):
        board.live()
    assert board.ran == [("fw-00000001", False, "/rom")] * 2 and board.partition.writes == 4
    wipe(ROOT)


def test_one_to_be_tried_takes_its_place_and_without_a_proof_the_old_one_comes_back():
    board = Board()
    for _ in range(2):
        board.live()
    board.try_next()
    for _ in range(4):
        board.live()
    assert [ran[:2] for ran in board.ran] == [("fw-00000001", False), ("fw-00000002", True), ("fw-00000001", False)]
    wipe(ROOT)


def test_power_may_go_in_every_write_and_whatever_is_there_by_half_is_written_again():
    for cut_at in range(1, 11):
        board = Board()
        board.partition.cut_at = cut_at
        lives = [board.live() for _ in range(3)]
        board.try_next()
        lives += [board.live() for _ in range(6)]
        assert lives.count("cut") == 1, (cut_at, lives)
        assert ("fw-00000002", True, "/rom") in board.ran and board.ran[-1][0] == "fw-00000001", board.ran
    wipe(ROOT)


def test_a_partition_that_somebody_else_wrote_or_a_record_that_lies_is_noticed():
    board = Board()
    for _ in range(2):
        board.live()
    board.partition.data[5000] ^= 1
    for _ in range(2):
        board.live()
    for told in ({"tree": "fw-00000001"}, {"tree": "fw-00000001", "bytes": 3, "sha256": "00"}, {"tree": 7}, []):
        board.tell("rom.json", told)
        for _ in range(2):
            board.live()
    assert board.ran == [("fw-00000001", False, "/rom")] * 6
    wipe(ROOT)


def test_without_a_partition_or_with_one_that_is_too_small_or_worn_nothing_runs_and_a_try_leads_back():
    for partition in (Partition(0), Partition(2), Partition()):
        board = Board(partition)
        board.partition.is_worn = len(board.partition.data) > 3 * BLOCK
        assert board.live() == "restart" and board.ran == []
    board = Board(Partition(4))
    for _ in range(2):
        board.live()
    write(ROOT + "/fw-00000002/rom.z", stored(content(6 * BLOCK))[:-9])
    board.try_next()
    for _ in range(3):
        board.live()
    assert [ran[0] for ran in board.ran] == ["fw-00000001"] * 2 and "trial.json" not in os.listdir(ROOT) and "tried.json" in os.listdir(ROOT)
    wipe(ROOT)
