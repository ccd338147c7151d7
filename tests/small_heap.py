"""A board's heap: import every module of core and wire, load the people, decide a badge.

Run by tests/host/test_small_heap.py: `micropython -X heapsize=192k small_heap.py ROOT DIR`, where DIR holds the pages of
the tables as files. Prints one JSON line per stage: {"stage", "free": bytes, "count"}.
The board runs its code in place from flash and reads its pages there; here both lie in the heap, so this is the harder case.
"""
import gc
import json
import os
import sys

FOLDERS = ("firmware/core", "firmware/wire")
TABLES = ("people", "ids", "cards", "pins")


def report(stage, count):
    gc.collect()
    print(json.dumps({"stage": stage, "free": gc.mem_free(), "count": count}))


def import_all(root):
    """Import each module of the folders; gives how many there are."""
    names = []
    for folder in FOLDERS:
        names += [folder.replace("/", ".") + "." + name[:-3] for name in os.listdir(root + "/" + folder) if name.endswith(".py")]
    for name in sorted(names):
        if not name.endswith("__init__"):
            __import__(name)
            gc.collect()
    return len(names)


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


def main(root, folder):
    sys.path.insert(0, root)
    report("start", 0)
    report("modules", import_all(root))
    people = load_people(folder)
    report("people", len(people.people))
    report("cards", find_everybody(people))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
