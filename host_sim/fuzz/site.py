"""A site for one seed, in the plain form of a site file, and what is true about it."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from host_sim.fuzz.area import draw_area
from host_sim.fuzz.draw import Draw
from host_sim.fuzz.layout import OUTSIDE, Layout
from host_sim.script.local_time import unix_ms

_STARTS = {"2026-01-05": 6, "2026-03-28": 1, "2026-06-12": 2, "2026-10-24": 1}  # the clocks change in two of these nights
_CONTROLLERS = {1: 8, 2: 32, 3: 30, 4: 16, 5: 8, 6: 6}
_AREAS = {1: 30, 2: 35, 3: 20, 4: 15}
_PEOPLE = {3: 25, 6: 35, 12: 25, 20: 10, 30: 5}
_ZONES = {"UTC": 60, "Europe/Lisbon": 25, "America/New_York": 15}


@dataclass
class Plan:
    """A drawn site: `written` is its file, `layout` the building."""

    written: dict
    layout: Layout
    start_ms: int

    @property
    def controllers(self) -> list[str]:
        return sorted(self.written["controllers"])

    def area(self, name: str) -> dict:
        return self.written["areas"][name]

    def is_promised(self, area: str) -> bool:
        """Say whether an area lets every proper badge through: nothing but anti-passback stops anybody there."""
        settings = self.area(area)
        is_plain = not ({"capacity", "minimum"} & set(settings))
        return self._notices_who_leaves(area) and settings["when_isolated"] == "soft" and is_plain

    def _notices_who_leaves(self, area: str) -> bool:
        """Say whether each way out is an exit, of this area or of one around it."""
        exits = {reader for name in self.layout.around(area) for reader in self.area(name)["exits"]}
        return bool(self.area(area)["exits"]) and set(self.layout.readers_towards(area, "out")) <= exits

    def watchers(self, area: str) -> list[str]:
        """Return the controllers with a reader of an area or of one around it."""
        areas = self.layout.around(area)
        readers = [reader for name in areas for side in ("entrances", "exits") for reader in self.area(name)[side]]
        return sorted({self.layout.ways[reader].controller for reader in readers})

    def roles(self, reader: str) -> dict[str, str]:
        """Return {area: direction} of a reader, as the site file says."""
        sides = (("entrances", "in"), ("exits", "out"))
        areas = self.written["areas"]
        return {area: way for area in areas for side, way in sides if reader in areas[area][side]}


def draw_plan(draw: Draw) -> Plan:
    """Draw a site and the moment at which its life begins."""
    controllers = [f"c{number}" for number in range(1, draw.weighted(_CONTROLLERS) + 1)]
    parents = _parents(draw)
    layout = Layout(parents, _doors(draw, parents, controllers))
    written = {
        "site": "fuzz",
        "timezone": draw.weighted(_ZONES),
        "controllers": {name: {"board": "sim"} for name in controllers},
        "doors": {},
        "readers": {reader: {"door": way.door} for reader, way in layout.ways.items()},
        "schedules": {"hours": {"weekly": {"mon-sun": [_range(draw), _range(draw)]}}},
        "groups": _groups(),
        "users": _users(draw),
        "operators": {"ada": {"role": "site_admin"}, "max": {"role": "site_manager"}, "vic": {"role": "viewer"}},
        "outputs": {"siren": {"controller": draw.pick(controllers), "follows": "emergency"}, "strobe": {"controller": draw.pick(controllers)}},
        "links": [{"when": draw.pick(("door.forced", "access.denied")), "output": "strobe", "for_s": 5}],
    }
    written["areas"] = {area: draw_area(draw, layout, area) for area in parents}
    sensed = _sensed(layout, written["areas"])
    written["doors"] = {door: _door(draw, layout, door, door in sensed) for door in layout.doors}
    return Plan(written, layout, _start_ms(draw, written["timezone"]))


def _parents(draw: Draw) -> dict[str, str]:
    parents: dict[str, str] = {}
    for number in range(1, draw.weighted(_AREAS) + 1):
        parents[f"a{number}"] = draw.pick(list(parents)) if parents and draw.chance(40) else OUTSIDE
    return parents


def _doors(draw: Draw, parents: dict, controllers: list) -> dict:
    """Draw a door into each area from the zone around it, and some more; each board has one at least."""
    pairs = [(parents[area], area) for area in parents]
    for _ in range(max(0, len(controllers) - len(pairs)) + draw.between(0, 3)):
        area = draw.pick(list(parents))
        others = [zone for zone in [OUTSIDE, *parents] if zone != area]
        pairs.append((parents[area] if draw.chance(60) else draw.pick(others), area))
    owners = draw.shuffled(controllers) + [draw.pick(controllers) for _ in pairs]
    return {f"d{place + 1}": (*pair, owners[place]) for place, pair in enumerate(pairs)}


def _sensed(layout: Layout, areas: dict) -> set:
    """Return the doors that must have a sensor."""
    entry = [area for area in areas.values() if area["moves_on"] == "entry"]
    return {layout.ways[reader].door for area in entry for reader in area["entrances"] + area["exits"]}


def _door(draw: Draw, layout: Layout, door: str, needs_sensor: bool) -> dict:
    sensor = needs_sensor or draw.chance(75)
    written = {
        "controller": layout.doors[door][2],
        "sensor": sensor,
        "egress": "mechanical",
        "unlock_s": draw.between(3, 6),
        "relock_on": draw.pick(("open", "close", "timer")) if sensor else "timer",
        "lock": draw.pick(("fail_secure", "fail_safe")),
        "rex": draw.weighted({"unlock": 50, "shunt": 15, "report": 15, "none": 20}),
    }
    if draw.chance(6):
        written |= {"unlock_schedule": "hours", "unlock_after_first": draw.chance(50)}
    return written


def _users(draw: Draw) -> dict:
    """Draw the people: one in eight is exempt, and passes in a lockdown."""
    count = draw.between(2, draw.weighted(_PEOPLE))
    users = {}
    for number in range(1, count + 1):
        group = "security" if draw.chance(12) else "staff"
        users[f"p{number}"] = {"groups": [group], "cards": [f"H10301:118:{1000 + number}"], "extended": draw.chance(10)}
    return users


def _groups() -> dict:
    everywhere = [{"doors": ["*"]}]
    return {"staff": {"access": everywhere}, "security": {"access": everywhere, "lockdown": True}}


def _range(draw: Draw) -> str:
    start = draw.between(0, 22)
    return f"{start:02}:{draw.between(0, 59):02}-{draw.between(start + 1, 23):02}:59"


def _start_ms(draw: Draw, zone: str) -> int:
    local = datetime.fromisoformat(draw.weighted(_STARTS)).replace(hour=draw.between(6, 20), minute=draw.between(0, 59))
    return unix_ms(local, ZoneInfo(zone))
