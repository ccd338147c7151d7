"""The floor plan of any site: every door, reader and area has its place, and nothing leaves its room."""

import pytest

from host_sim.bench.plan.layout import fit, lay_out
from host_sim.bench.plan.spaces import NO_AREA, OUTSIDE, joints, lineage, parent_of
from tests.tools import random_sites
from tests.web.browser import ROOT
from tools.site import load, parse

WIDTHS = (340, 720, 1400)


def _sites() -> list[dict]:
    random_ones = [parse(random_sites.valid(seed), "random").model_dump() for seed in range(60)]
    return [load(str(ROOT / "host_sim/sites/hq.toml")).model_dump(), *random_ones]


def _site(areas: dict, readers: dict, doors: list) -> dict:
    return {"areas": areas, "readers": {r: {"door": d} for r, d in readers.items()}, "doors": dict.fromkeys(doors)}


def test_every_door_reader_and_area_is_drawn_once():
    for site in _sites():
        for width in WIDTHS:
            plan = lay_out(site, width)
            assert sorted(way.joint.door for way in plan.doorways) == sorted(site["doors"])
            assert sorted(r for way in plan.doorways for r in way.plates) == sorted(site["readers"])
            assert sorted(room.name for room in plan.rooms if room.name not in (OUTSIDE, NO_AREA)) == sorted(site["areas"])


def test_rooms_lie_within_the_room_around_and_apart_from_their_neighbours():
    for site in _sites():
        for width in WIDTHS:
            rooms = {room.name: room for room in lay_out(site, width).rooms}
            for name, room in rooms.items():
                if name not in (OUTSIDE, NO_AREA):
                    around = rooms[parent_of(site["areas"], name)]
                    assert around.x <= room.x and room.x + room.w <= around.x + around.w + 0.01, name
                    assert around.y <= room.y and room.y + room.h <= around.y + around.h + 0.01, name
            _assert_apart([room for name, room in rooms.items() if name and parent_of(site["areas"], name) == OUTSIDE])


def _assert_apart(rooms: list) -> None:
    for place, one in enumerate(rooms):
        for other in rooms[place + 1:]:
            beside = one.x + one.w <= other.x + 0.01 or other.x + other.w <= one.x + 0.01
            assert beside or one.y + one.h <= other.y + 0.01 or other.y + other.h <= one.y + 0.01


def test_people_have_a_spot_in_every_room():
    for site in _sites():
        assert all(room.spots for room in lay_out(site, 720).rooms)


def test_plates_hang_on_the_plan():
    for site in _sites():
        plan = fit(site, 740, 620)
        for way in plan.doorways:
            for x, y in way.plates.values():
                assert 0 <= x <= plan.w and 0 <= y <= plan.h


def test_a_reader_hangs_where_its_people_come_from():
    site = _site({"hall": {"entrances": ["r_in"], "exits": ["r_out"], "parent": None}}, {"r_in": "d", "r_out": "d"}, ["d"])
    [joint] = joints(site)
    assert (joint.outer, joint.inner) == (OUTSIDE, "hall")
    assert joint.readers == {"r_in": OUTSIDE, "r_out": "hall"}


def test_a_door_between_two_areas_joins_both_and_stands_in_their_wall():
    areas = {
        "a": {"entrances": ["back"], "exits": ["forth"], "parent": None},
        "b": {"entrances": ["forth"], "exits": ["back"], "parent": None},
    }
    site = _site(areas, {"back": "d", "forth": "d"}, ["d"])
    [joint] = joints(site)
    assert {joint.outer, joint.inner} == {"a", "b"} and joint.readers == {"forth": "a", "back": "b"}
    [way] = lay_out(site, 1000).doorways
    assert way.angle == 90


def test_a_door_without_an_area_stands_in_a_room_of_its_own():
    plan = lay_out(_site({}, {"r": "d"}, ["d", "e"]), 720)
    assert [room.name for room in plan.rooms] == [OUTSIDE, NO_AREA]
    assert len(plan.doorways) == 2


@pytest.mark.parametrize("count", [1, 40])
def test_nested_areas_lead_out_to_the_street(count):
    areas = {f"a{n}": {"entrances": [f"r{n}"], "exits": [], "parent": f"a{n - 1}" if n else None} for n in range(count)}
    site = _site(areas, {f"r{n}": f"d{n}" for n in range(count)}, [f"d{n}" for n in range(count)])
    assert lineage(areas, f"a{count - 1}")[-1] == OUTSIDE
    assert len(lay_out(site, 720).rooms) == count + 1
