"""A board's heap: import every module of core and wire, load the people, decide a badge.

Run by tests/host/test_small_heap.py: `micropython -X heapsize=192k small_heap.py ROM DIR`. As on a board, the code lies in
a ROM file system outside the heap and runs in place. The pages of the people's tables, files in DIR, lie in the heap.
Prints one JSON line per stage: {"stage", "free": bytes, "count"}.
"""
import ffi
import gc
import json
import os
import sys
import uctypes
import vfs

FOLDERS = ("firmware/core", "firmware/wire")
TABLES = ("people", "ids", "cards", "pins")


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


def mount(image):
    """The firmware's code, and no other of that name."""
    vfs.mount(vfs.VfsRom(flash(image)), "/rom")
    sys.path[:] = ["/rom"]


def import_all():
    """Import each module of the folders; gives how many there are."""
    count = 0
    for folder in FOLDERS:
        for name in sorted(os.listdir("/rom/" + folder)):
            if not name.startswith("__init__"):
                __import__(folder.replace("/", ".") + "." + name.split(".")[0])
            count += 1
    return count


def load_people(folder):
    """The people of the site, from the pages in `folder`."""
    from firmware.core.credentials import People
    tables = {table: [] for table in TABLES}
    for name in sorted(os.listdir(folder)):
        with open(folder + "/" + name, "rb") as file:
            tables[name.split("-")[0]].append(file.read())
    return People(tables, bytes(16), [[], ["staff"]])


def find_everybody(people):
    """Look each person up by card, as a badge does; gives how many were found."""
    found = 0
    for no in range(len(people.people)):
        person, card = people.find_card("H10301:1:%d" % no)
        found += person == no and card == 1 and people.person(no).groups == ["staff"]
    return found


def main(image, folder):
    report("start", 0)
    mount(image)
    report("modules", import_all())
    people = load_people(folder)
    report("people", len(people.people))
    report("cards", find_everybody(people))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
