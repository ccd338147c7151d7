"""The settings of single things as a controller gets them: milliseconds, minutes, numbers, every default filled in."""

from tools.site import profiles
from tools.site.compiler.layout import controllers_of, owned, readers_at, readers_of
from tools.site.compiler.numbers import Numbers
from tools.site.model import Site
from tools.site.values import texts

_DOOR_KEYS = ("lock", "sensor", "relock_on", "rex", "egress", "unlock_schedule", "unlock_after_first")
_READER_KEYS = ("door", "protocol", "mode", "keypad", "parity")
_OSDP_KEYS = ("bus", "address", "baud", "allow_plain")
_AREA_KEYS = (
    "violation_timeout_s",
    "presence_timeout_s",
    "schedule",
    "first_use",
    "parent",
    "moves_on",
    "when_isolated",
    "confirm_grants",
    "confirm_ms",
    "capacity",
    "minimum",
    "after_emergency",
)


def door(site: Site, name: str) -> dict:
    entry = site.doors[name]
    return _copied(entry, _DOOR_KEYS) | {
        "unlock_ms": round(entry.unlock_s * 1000),
        "held_open_ms": round(entry.held_open_s * 1000),
        "interlock": sorted(set(entry.interlock)),
        "readers": readers_at(site, [name]),
    }


def can_lock_down(door) -> bool:
    """Say whether a lockdown leaves a way out of a door."""
    return door.egress != "none" or door.rex == "unlock"


def reader(site: Site, numbers: Numbers, name: str) -> dict:
    entry = site.readers[name]
    directions = {area: "in" for area in sorted(site.areas) if name in site.areas[area].entrances}
    directions |= {area: "out" for area in sorted(site.areas) if name in site.areas[area].exits}
    return _copied(entry, _READER_KEYS + (_OSDP_KEYS if entry.protocol == "osdp" else ())) | {
        "no": numbers.by_name["readers"][name],
        "formats": sorted(set(entry.formats)),
        "areas": directions,
    }


def area(site: Site, numbers: Numbers, name: str) -> dict:
    entry = site.areas[name]
    return _copied(entry, _AREA_KEYS) | {
        "no": numbers.by_name["areas"][name],
        "anti_passback": {"entrances": entry.anti_passback.entrances, "exits": entry.anti_passback.exits},
        "exempt_groups": sorted(set(entry.exempt_groups)),
        "reset_at": sorted({texts.minute_of_day(text) for text in entry.reset_at}),
        "controllers": controllers_of(site, readers_of(site, [name])),
        "has_exits": bool(entry.exits),
        "has_sensors": all(site.doors[site.readers[reader].door].sensor for reader in readers_of(site, [name])),
    }


def reader_numbers(site: Site, numbers: Numbers, areas: list) -> dict:
    """The numbers of all readers of some areas, those on other controllers included."""
    return {name: numbers.by_name["readers"][name] for name in readers_of(site, areas)}


def group(site: Site, name: str, doors: list) -> dict:
    """What a group may open of some doors."""
    entry, here = site.groups[name], {"*", *doors}
    access = {(door, rule.schedule) for rule in entry.access for door in rule.doors if door in here}
    return {"access": [list(rule) for rule in sorted(access)], "lockdown": entry.lockdown}


def schedules(site: Site) -> dict:
    """All schedules: an operator may put any of them in force for an area."""
    return {name: _schedule(site, name) for name in sorted(site.schedules)}


def _schedule(site: Site, name: str) -> dict:
    entry, weekly = site.schedules[name], [[] for _ in texts.DAYS]
    for days, ranges in entry.weekly.items():
        for day in texts.days_of_week(days):
            weekly[day] = _ranges(ranges)
    holidays = {texts.day_number(date): _ranges(ranges) for date, ranges in entry.holidays.items()}
    return {"weekly": weekly, "holidays": {str(day): holidays[day] for day in sorted(holidays)}}


def _ranges(texts_of_ranges: list) -> list:
    return sorted(texts.range_of_day(text) for text in texts_of_ranges)


def inputs(site: Site, controller: str) -> dict:
    """A controller's inputs. A simulated one has a fire input without being told."""
    found = {name: _copied(site.inputs[name], ("kind", "contact")) for name in owned(site.inputs, controller)}
    is_told = any(entry["kind"] == "fire" for entry in found.values())
    if site.controllers[controller].board == profiles.SIMULATED and not is_told:
        found[_free_name("fire", found)] = {"kind": "fire", "contact": "nc"}
    return found


def wiring(site: Site, controller: str) -> dict:
    """What hangs where on a real board. A simulated one has no terminals."""
    entry = site.controllers[controller]
    if not profiles.is_real(entry.board):
        return {}
    told = {"board": entry.board, "terminals": {name: entry.terminals[name] for name in sorted(entry.terminals)}}
    return told | ({"network": entry.network} if entry.network else {})


def _free_name(name: str, taken: dict) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    return free


def _copied(entry, keys: tuple) -> dict:
    return {key: getattr(entry, key) for key in keys}
