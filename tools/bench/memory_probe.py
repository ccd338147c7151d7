"""What a table costs a board, measured on the 32-bit MicroPython: `micropython memory_probe.py ROOT PEOPLE`.

Prints {"table": bytes, "journal": bytes} as JSON. Every person is in both of two areas, at some reader.
"""
import gc
import json
import sys

INC = 1767603600
START_MS = INC * 1000
AREA = {
    "no": 0, "anti_passback": {"entrances": "hard", "exits": "hard"}, "exempt_groups": [], "violation_timeout_s": 0,
    "presence_timeout_s": 0, "reset_at": [], "schedule": "always", "first_use": "either", "parent": None, "moves_on": "grant",
    "when_isolated": "soft", "confirm_grants": False, "confirm_ms": 300, "capacity": None, "minimum": None,
    "after_emergency": "reset", "controllers": ["c1", "c2"], "has_exits": True,
}  # fmt: skip


def free():
    gc.collect()
    return gc.mem_free()


def badge(no):
    """A fact that moves one person into both areas."""
    at_ms = START_MS + no * 1000
    made = {"type": "access.granted", "controller": "c1", "inc": INC, "stream": "facts", "seq": no + 1, "no": no}
    made.update({"at_ms": at_ms, "stamp": at_ms << 16, "err_ms": 100, "door": "d", "reader": "front_in"})
    made["judge"] = {"hall": ["in", "hard"], "yard": ["out", "hard"]}
    return made


def measure(people):
    """Bytes of a journal, and of all else that a table needs once everybody has come."""
    from firmware.core.calendar import Zone
    from firmware.core.journal import Journal
    from firmware.core.presence import Presence

    before = free()
    journal = Journal()
    of_journal = before - free()
    areas = {"hall": AREA, "yard": dict(AREA)}
    zone = Zone([[0, 0]])
    before = free()
    presence = Presence(areas, zone, {"front_in": 0}, lambda no, counts: (None, []), people)
    for no in range(people):
        presence.take(badge(no))
    of_table = before - free() - of_journal
    assert presence.inside("hall", START_MS) == people and presence.standing("yard", people - 1).presence == "out"
    assert len(journal._pages) == len(presence.journal._pages)
    return {"table": of_table, "journal": of_journal}


if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])
    measure(1)  # what only the first use needs is not the table's
    print(json.dumps(measure(int(sys.argv[2]))))
