"""A small part made by hand, for a node on any interpreter: no compiler, no pydantic.

Board c1: the front door with a reader on each side, around the area `hall`. Person number n has card H10301:1:n.
"""

import hashlib
import struct

from firmware.config import KEY_NAME
from firmware.wire.part import Part
from firmware.wire.seal import key_for

SALT = bytes(16)
EVENT_KEY = b"e" * 32
CONFIG_SECRET = b"c" * 32
SECRETS = {name: name.encode() * 4 for name in ("ada", "max", "vic")}
NO_END, ANY = 0xFFFFFFFF, 0xFFFF


def door(readers, **settings):
    made = {
        "lock": "fail_secure",
        "unlock_ms": 5000,
        "sensor": True,
        "relock_on": "open",
        "held_open_ms": 30000,
        "rex": "unlock",
        "egress": "mechanical",
        "unlock_schedule": "never",
        "unlock_after_first": False,
        "interlock": [],
        "readers": readers,
    }
    made.update(settings)
    return made


def reader(no, at_door, areas, **settings):
    made = {
        "no": no,
        "door": at_door,
        "protocol": "wiegand",
        "formats": ["H10301"],
        "mode": "card",
        "keypad": "4bit",
        "parity": True,
        "areas": areas,
    }
    made.update(settings)
    return made


def hall(**settings):
    """Settings of the area `hall`: hard, on this board alone."""
    made = {
        "no": 0,
        "anti_passback": {"entrances": "hard", "exits": "hard"},
        "exempt_groups": ["guards"],
        "violation_timeout_s": 0,
        "presence_timeout_s": 0,
        "reset_at": [],
        "schedule": "always",
        "first_use": "either",
        "parent": None,
        "moves_on": "grant",
        "when_isolated": "soft",
        "confirm_grants": False,
        "confirm_ms": 300,
        "capacity": None,
        "minimum": None,
        "after_emergency": "reset",
        "controllers": ["c1"],
        "has_exits": True,
        "has_sensors": True,
    }
    made.update(settings)
    return made


def settings(area=None, others=(), **changes):
    """Settings of the board c1; `area` changes the hall, `others` are controllers that share it."""
    controllers = sorted(["c1"] + list(others))
    made = {
        "site": "small",
        "version": 1,
        "controller": "c1",
        "salt": "00" * 16,
        "controllers": controllers,
        "controller_numbers": {name: no for no, name in enumerate(controllers)},
        "zone": [[0, 0]],
        "schedules": {},
        "doors": {"front": door(["front_in", "front_out"]), "vault": door([], lock="fail_safe", rex="none")},
        "lockable": {"front": True, "vault": True},
        "readers": {
            "front_in": reader(0, "front", {"hall": "in"}),
            "front_out": reader(1, "front", {"hall": "out"}),
        },
        "areas": {"hall": hall(controllers=controllers, **(area or {}))},
        "reader_numbers": {"front_in": 0, "front_out": 1},
        "groups": {
            "staff": {"access": [["front", "always"]], "lockdown": False},
            "guards": {"access": [["*", "always"]], "lockdown": True},
        },
        "group_sets": [["staff"], ["guards"], []],
        "inputs": {"fire": {"kind": "fire", "contact": "nc"}},
        "outputs": {"strobe": {"follows": "emergency"}},
        "links": [],
        "operators": {"ada": "site_admin", "max": "site_manager", "vic": "viewer"},
        "follows": {"facts": list(others), "notes": [], "site": list(others)},
        "home_assistant": False,
        "consoles": ["console"],
    }
    made.update(changes)
    return made


def card_key(no):
    return hashlib.sha256(SALT + b"card:" + b"H10301:1:%d" % no).digest()[:8]


def tables(group_sets, controller="c1"):
    """Tables of people and of the keys of a controller; the list gives the group set of each person."""
    people = [struct.pack("<BHIIH3x", 3, group, 0, NO_END, ANY) for group in group_sets]
    ids = [_padded(b"person-%d" % no) for no in range(len(people))]
    cards = sorted([card_key(no) + struct.pack("<HBx", no, 1) for no in range(len(people))])
    return {"people": paged(people), "ids": paged(ids), "cards": paged(cards), "pins": [], "keys": paged(keys(controller))}


def keys(controller):
    """Records of the keys of one controller."""
    operators = [_padded(name.encode()) + key_for(SECRETS[name], controller) for name in sorted(SECRETS)]
    return [bytes(24) + EVENT_KEY] + operators + [_padded(KEY_NAME.encode()) + key_for(CONFIG_SECRET, controller)]


def _padded(name):
    return name + bytes(24 - len(name))


def paged(records):
    step = 4096 // len(records[0])
    return [b"".join(records[start : start + step]) for start in range(0, len(records), step)]


def part(people=(0, 0, 1, 2), **changes):
    """The part of c1: two of staff, a guard and somebody without a group, unless told otherwise."""
    made = settings(**changes)
    return Part(made, tables(people, made["controller"]))
