"""The events of a large site as a console gets them: badges at sixty doors by two thousand people, and what doors do."""
import random
from collections.abc import Iterator

from tools.site import parse
from tools.site.compiler.numbers import by_name_order
from tools.site.model import Site

START_MS = 1_704_067_200_000
CONTROLLERS, DOORS, PEOPLE, AREAS = 20, 60, 2000, 8
_STEP_MS = 400  # ten million of them are a month and a half
_SELDOM = ("door.forced", "door.held", "reader.offline", "reader.online", "controller.online", "log.lost")


def site() -> Site:
    """The site that they happen at."""
    doors = range(DOORS)
    sides = {"entrances": "in", "exits": "out"}
    areas = {
        f"area{number}": {side: [f"door{door}_{word}" for door in doors if door % AREAS == number] for side, word in sides.items()}
        for number in range(AREAS)
    }
    return parse({
        "site": "crowd", "controllers": {f"c{number}": {} for number in range(CONTROLLERS)},
        "doors": {f"door{door}": {"controller": f"c{door % CONTROLLERS}", "sensor": True, "egress": "mechanical"} for door in doors},
        "readers": {f"door{door}_{side}": {"door": f"door{door}"} for door in doors for side in ("in", "out")},
        "areas": {name: area | {"anti_passback": "hard"} for name, area in areas.items()}, "users": {f"user{no}": {} for no in range(PEOPLE)},
    }, "crowd")  # fmt: skip


def crowd(count: int, seed: int = 1) -> Iterator[dict]:
    """So many events, in the order of their stamps. People go in and out of the area of the door that they stand at."""
    dice, seqs, inside, numbers = random.Random(seed), {}, set(), by_name_order(site()).by_name["people"]
    at_ms = START_MS
    while count > 0:
        at_ms += dice.randrange(2 * _STEP_MS)
        door, person = dice.randrange(DOORS), min(int(dice.expovariate(8) * PEOPLE), PEOPLE - 1)
        for kind, fields in _happens(dice, door, person, numbers[f"user{person}"], inside)[:count]:
            yield _event(kind, fields, door % CONTROLLERS, at_ms, seqs)
            count -= 1


def _happens(dice, door: int, person: int, no: int, inside: set) -> list[tuple[str, dict]]:
    area = f"area{door % AREAS}"
    if dice.randrange(200) == 0:
        return [(dice.choice(_SELDOM), {"door": f"door{door}"})]
    side = "out" if (area, person) in inside else "in"
    badge = {"door": f"door{door}", "reader": f"door{door}_{side}", "user": f"user{person}", "no": no}
    if dice.randrange(100) == 0:
        return [("access.denied", badge | {"card": 1, "reason": "outside_schedule"})]
    (inside.discard if side == "out" else inside.add)((area, person))
    used = {"door": f"door{door}"}
    granted = badge | {"card": 1, "judge": {area: [side, "hard"]}, "after": {area: [f"c{door % CONTROLLERS}", 1, 7]}}
    return [("access.granted", granted), ("door.unlocked", used | {"why": "access"}), ("door.opened", used),
            ("access.entered", badge), ("door.closed", used), ("door.locked", used | {"why": "access"})]  # fmt: skip


def _event(kind: str, fields: dict, controller: int, at_ms: int, seqs: dict) -> dict:
    stream = "facts" if kind.startswith("access") else "notes"
    key = (controller, stream)
    seqs[key] = seqs.get(key, 0) + 1
    name = {"controller": f"c{controller}", "inc": 1704067200, "stream": stream, "seq": seqs[key]}
    return name | {"type": kind, "at_ms": at_ms, "stamp": (at_ms << 16) + (seqs[key] & 0xFFFF), "err_ms": 100} | fields
