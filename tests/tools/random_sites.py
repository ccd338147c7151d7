"""Random sites, valid ones and broken ones, each from its seed."""

import copy
import random

_MODES = ("off", "soft", "deny", "hard")
_FORMATS = ("H10301", "H10306", "C1000-35", "H10302", "P10001")
_HOSTILE = (
    None,
    True,
    -1,
    0,
    10**30,
    -(2**63) - 1,
    1.5,
    float("nan"),
    float("inf"),
    1e308,
    "",
    "*",
    "x" * 5000,
    "\0",
    "\ud800",
    "..",
    "../../x",
    "[key]",
    "ÿ" * 30,
    "99:99",
    "always",
    "{message}",
    [],
    [[]],
    [None],
    {},
    {"": ""},
    {"x": {"x": {"x": {"x": {}}}}},
)


def valid(seed: int) -> dict:
    """A site that has no fault, with up to four controllers and twenty people."""
    pick = random.Random(seed)
    controllers = {f"c{number}": {} for number in range(pick.randint(1, 4))}
    doors = {f"d{number}": _door(pick, controllers) for number in range(pick.randint(1, 6))}
    readers = {f"{door}_{side}": _reader(pick, door) for door in doors for side in ("in", "out")}
    schedules = {f"s{number}": _schedule(pick) for number in range(pick.randint(1, 3))}
    groups = {f"g{number}": _group(pick, doors, schedules) for number in range(pick.randint(1, 4))}
    outputs = {"strobe": {"controller": pick.choice(list(controllers))}}
    return {
        "site": f"site-{seed}",
        "timezone": pick.choice(("UTC", "Europe/Lisbon", "Australia/Lord_Howe", "America/New_York")),
        "controllers": controllers,
        "doors": doors,
        "readers": readers,
        "areas": {f"a-{door}": _area(pick, door, groups, schedules) for door in doors},
        "schedules": schedules,
        "groups": groups,
        "users": {f"u{number}": _user(pick, number, groups) for number in range(pick.randint(0, 20))},
        "operators": {"ada": {"role": "site_admin"}},
        "inputs": {"panel": {"controller": "c0", "kind": pick.choice(("fire", "tamper", "other"))}},
        "outputs": outputs,
        "links": [{"when": pick.choice(("door.forced", "apb.violation")), "areas": ["a-d0"], "output": "strobe"}],
    }


def broken(seed: int) -> dict:
    """A valid site after one to five random changes: it may still be valid."""
    pick = random.Random(seed)
    data = copy.deepcopy(valid(seed))
    for _ in range(pick.randint(1, 5)):
        _mutate(pick, data)
    return data


def _mutate(pick: random.Random, data: dict) -> None:
    places = list(_places(data))
    table, key = pick.choice(places)
    value = pick.choice(_HOSTILE)
    act = pick.randrange(5)
    if act == 0:
        del table[key]
    elif act == 1:
        table[key] = copy.deepcopy(value)
    elif act == 2 and isinstance(table, dict):
        table[str(value)] = table[key]
    elif act == 3:
        other, other_key = pick.choice(places)
        table[key] = copy.deepcopy(other[other_key])
    elif isinstance(table[key], str):
        table[key] = pick.choice((table[key][:-1], table[key] + "x", table[key].upper(), [table[key]]))
    elif isinstance(table[key], list):
        table[key] = table[key] * pick.choice((0, 2, 300))
    else:
        table[key] = _nested(pick.choice((3, 60, 400)))


def _nested(depth: int) -> list:
    value = []
    for _ in range(depth):
        value = [value]
    return value


def _places(value):
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    # Not into what is nested without end.
    stack = [(value, key, item, 0) for key, item in items]
    while stack:
        table, key, item, depth = stack.pop()
        yield table, key
        if depth < 8 and isinstance(item, dict):
            stack += [(item, inner, found, depth + 1) for inner, found in item.items()]
        elif depth < 8 and isinstance(item, list):
            stack += [(item, inner, found, depth + 1) for inner, found in enumerate(item)]


def _door(pick, controllers):
    door = {"controller": pick.choice(list(controllers)), "sensor": pick.random() < 0.7}
    return door | {"unlock_s": pick.choice((1, 2.5, 30)), "rex": pick.choice(("none", "unlock", "shunt", "report"))}


def _reader(pick, door):
    return {
        "door": door,
        "formats": pick.sample(_FORMATS, pick.randint(1, 4)),
        "mode": pick.choice(("card", "card_and_pin", "card_or_pin")),
    }


def _area(pick, door, groups, schedules):
    area = {"entrances": [f"{door}_in"], "exits": [f"{door}_out"], "anti_passback": pick.choice(_MODES)}
    if pick.random() < 0.5:
        area["anti_passback"] = {"entrances": pick.choice(_MODES), "exits": pick.choice(_MODES)}
    if door != "d0" and pick.random() < 0.5:
        area["parent"] = f"a-d{pick.randrange(int(door[1:]))}"
    area["reset_at"] = [_time(pick) for _ in range(pick.randint(0, 3))]
    return area | {"exempt_groups": [pick.choice(list(groups))], "schedule": pick.choice(["always", *schedules])}


def _schedule(pick):
    ranges = [f"{_time(pick)}-{_time(pick)}" for _ in range(pick.randint(0, 4))]
    return {
        "weekly": {pick.choice(("mon-fri", "sat", "sun-wed")): ranges},
        "holidays": {f"2026-{pick.randint(1, 12):02d}-01": ranges},
    }


def _group(pick, doors, schedules):
    return {
        "access": [{"doors": pick.choice(("*", list(doors))), "schedule": pick.choice(["always", "never", *schedules])}]
    }


def _user(pick, number, groups):
    user = {
        "groups": pick.sample(list(groups), pick.randint(0, len(groups))),
        "cards": [f"H10301:{pick.randrange(256)}:{number}"],
    }
    if pick.random() < 0.3:
        user |= {"pin": f"{number:04d}", "valid_until": f"2027-0{pick.randint(1, 9)}-01T{_time(pick)}"}
    return user


def _time(pick):
    return f"{pick.randrange(24):02d}:{pick.randrange(60):02d}"
