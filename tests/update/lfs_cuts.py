"""Power is cut in every operation on the flash of an update, on a real littlefs over the NOR model: `micropython … lfs_cuts.py [FIRST STEP]`.

From the first piece of a release to the note that it is kept; again, of one that fails, to the note that it is gone; and again, of one
for which doors pause, from the note of that on; and of a configuration for which they do. After each cut the board starts until it has
told the one or the other.
Prints a JSON line for each: {"operations", "cuts", "lives", "rolled_back", "pauses"}. Exit status 1 with a traceback: a board did not come back.
"""

import json
import os
import sys
import vfs

sys.path.insert(0, ".")

from tests.update.lives import Configured, Lives, install  # noqa: E402 where all this is, the line above says
from firmware.hal.nor import NorRam, PowerCut, small_draw  # noqa: E402

SECTORS = 64
ROOT = "/flash"
LIVES_MAX = 8
_EIO = 5


class Device:
    """A block device. Exceptions do not pass through the file system, which is written in C: a number says that power is gone."""

    def __init__(self, nor):
        self.nor = nor
        self.is_off = False

    def readblocks(self, block, buf, offset=0):
        return self._done(self.nor.readblocks, block, buf, offset)

    def writeblocks(self, block, buf, offset=0):
        return self._done(self.nor.writeblocks, block, buf, offset)

    def ioctl(self, request, argument):
        return self._done(self.nor.ioctl, request, argument) if request in (4, 5, 6) else 0

    def _done(self, verb, *words):
        try:
            return verb(*words) or 0
        except PowerCut:
            self.is_off = True
            return -_EIO


def mounted(device):
    vfs.mount(vfs.VfsLfs2(device), ROOT)


def image():
    """The flash of a board as `make deploy` leaves it."""
    nor = NorRam(SECTORS)
    vfs.VfsLfs2.mkfs(Device(nor))
    mounted(Device(nor))
    install(ROOT)
    vfs.umount(ROOT)
    return nor.snapshot()


def live(device, life):
    """One life, to its end or to the end of its power. Returns whether power went."""
    device.nor.restore() if device.is_off else None
    device.is_off = False
    mounted(device)
    try:
        life()
    except (OSError, AssertionError):
        if not device.is_off:
            raise
    finally:
        vfs.umount(ROOT)
    return device.is_off


def fails():
    raise ValueError("broken")


def until_told(before, kind, has_room, cut_at=None):
    """Let a board live until an uncut life has told what became of the release. Returns (lives, all that was told, operations)."""
    nor = NorRam(SECTORS, draw=small_draw(cut_at or 1))
    nor.load(before)
    nor.cut_at = cut_at
    make = Configured if kind == "config.applied" else Lives
    device, lives = Device(nor), make(ROOT, fails if kind == "update.rolled_back" else None, has_room)
    all_told = []
    for _ in range(LIVES_MAX):
        lives.told = []
        was_cut = live(device, lives.live)
        all_told += [told[0] for told in lives.told]
        if was_cut:
            lives.machine.lose_power()
        if not was_cut and kind in all_told and live(device, lives.live) is False:
            return lives, all_told, nor.operations
    raise AssertionError("cut %s: no %s: %s %s" % (cut_at, kind, lives.ran, all_told))


def cut_everywhere(before, kind, has_room, first, step):
    lives, told, operations = until_told(before, kind, has_room)
    assert told == [kind] and [is_trial for _, is_trial in lives.ran].count(True) == 1, (told, lives.ran)
    counts = {"operations": operations, "cuts": 0, "lives": 0, "rolled_back": 0, "pauses": 0}
    for cut_at in range(first, operations + 1, step):
        lives, told, _ = until_told(before, kind, has_room, cut_at)
        assert lives.is_back(), (cut_at, lives.ran)
        counts["cuts"], counts["lives"] = counts["cuts"] + 1, counts["lives"] + len(lives.ran)
        counts["rolled_back"] += "update.rolled_back" in told
        counts["pauses"] += len(lives.pauses)
    print(json.dumps(counts))


def main(first=1, step=1):
    before = image()
    for kind, has_room in (("update.confirmed", True), ("update.rolled_back", True), ("update.confirmed", False), ("config.applied", False)):
        cut_everywhere(before, kind, has_room, first, step)


if __name__ == "__main__":
    main(*[int(word) for word in sys.argv[1:]])
