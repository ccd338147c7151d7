"""What changes a file system is announced, and what reads it is not."""

import os
import sys

from firmware.hal.announced_files import AnnouncedFiles
from firmware.hal.busy import Busy

FOLDER = "build/announced-" + sys.implementation.name + str(sys.maxsize)


def files():
    """(files, busy); of this interpreter alone."""
    try:
        os.mkdir("build")
    except OSError:
        pass
    busy = Busy(lambda: None)
    return AnnouncedFiles(FOLDER, busy), busy


def test_changes_are_announced_and_done():
    made, busy = files()
    epoch = busy.epoch
    assert made.write("a", [b"12", b"34"])
    made.rename("a", "b")
    assert busy.epoch == epoch + 4 and made.read("b", 1, 9) == b"234" and made.size("b") == 4
    assert sorted(made.names()) == ["b"] and busy.epoch == epoch + 4
    made.remove("b")
    made.remove("b")
    assert busy.epoch == epoch + 8 and made.size("b") is None and busy.depth == 0


def test_what_cannot_be_written_is_over_as_well():
    made, busy = files()
    assert not made.write("no/such/folder", [b"1"])
    try:
        made.rename("nothing", "b")
    except OSError:
        assert busy.depth == 0
        return
    raise ValueError("it was renamed")
