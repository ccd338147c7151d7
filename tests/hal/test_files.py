"""Files of a folder: what a power cut cannot tear is renamed; what is missing is nothing."""

import os
import time

from firmware.hal.files import Files
from firmware.hal.nor import PowerCut
from firmware.hal.ram_files import RamFiles

FOLDER = "/tmp/backstop-files-%d" % time.time_ns()  # of this process: others run the same tests


def emptied():
    files = Files(FOLDER)
    for name in list(files.names()):
        files.remove(name)
    return files


def left():
    os.rmdir(FOLDER)


def live(files):
    """The same calls on any files."""
    assert files.size("a") is None and files.read("a", 0, 9) == b"" and list(files.names()) == []
    assert files.write("a", [b"one", b"two"]) and files.size("a") == 6
    assert files.read("a", 2, 2) == b"et" and files.read("a", 4, 9) == b"wo" and files.read("a", 7, 9) == b""
    assert files.write("a", iter([b"three"])) and files.read("a", 0, 9) == b"three"
    assert files.write("b", []) and files.size("b") == 0
    files.rename("a", "b")
    assert list(files.names()) == ["b"] and files.read("b", 0, 9) == b"three"
    files.remove("a")
    files.remove("b")
    assert list(files.names()) == []


def test_files_of_a_disk_and_files_in_ram_are_the_same():
    live(emptied())
    left()
    live(RamFiles())


def test_files_go_while_their_names_are_read():
    files = emptied()
    for number in range(40):
        files.write("page.%d" % number, [b"x"])
    seen = 0
    for name in files.names():
        files.remove(name)
        seen += 1
    assert seen == 40 and list(files.names()) == []
    left()


def test_what_cannot_be_written_is_said():
    files = Files(FOLDER + "/not/there")
    assert not files.write("a", [b"x"]) and files.size("a") is None and files.read("a", 0, 1) == b""
    small = RamFiles(10)
    assert small.write("a", [b"x" * 10]) and not small.write("b", [b"x"]) and small.size("b") is None
    assert small.write("a", [b"y" * 9]), "in its own place there is room"


def test_a_power_cut_tears_a_write_and_nothing_else():
    for torn, wanted in ((0, b""), (500, b"ab"), (1000, b"abcd")):
        files = RamFiles()
        files.write("old", [b"1"])
        files.torn, files.cut_at = torn, 2
        cut(lambda: files.write("new", [b"ab", b"cd"]))
        cut(lambda: files.read("new", 0, 9))
        files.restore()
        assert files.read("new", 0, 9) == wanted
        files.cut_at = files.operations + 1
        cut(lambda: files.rename("new", "old"))
        files.restore()
        assert (files.size("new") is None, files.read("old", 0, 9)) == ((True, wanted) if torn == 1000 else (False, b"1"))


def cut(what):
    try:
        what()
    except PowerCut:
        return
    raise AssertionError("power stayed")
