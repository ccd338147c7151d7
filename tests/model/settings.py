"""What an area's settings are: those of the site file, then those of `area.set` facts."""

DEFAULTS = {
    "anti_passback": "off",
    "exempt_groups": [],
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
}
SIDES = {"in": "entrances", "out": "exits"}
STRICT = ("deny", "hard")


def mode(settings: dict, direction: str) -> str:
    """The mode of one direction, "in" or "out"."""
    both = settings["anti_passback"]
    return both if isinstance(both, str) else both.get(SIDES[direction], "off")


def of_site(site: dict, area: str) -> dict:
    """The settings in the site file, defaults filled in."""
    written = site["areas"][area]
    return DEFAULTS | {key: value for key, value in written.items() if key in DEFAULTS}


def changed(settings: dict, fact: dict) -> dict:
    """The settings after an `area.set` fact."""
    return settings | {key: value for key, value in fact["settings"].items() if key in DEFAULTS}


def forgives(before: dict, after: dict) -> bool:
    """Does this change end the area's violations: a direction comes to deny more, or the area turns off."""
    severity = ("off", "soft", "deny", "hard").index
    stricter = any(mode(after, d) in STRICT and severity(mode(after, d)) > severity(mode(before, d)) for d in SIDES)
    was_off, is_off = (all(mode(s, d) == "off" for d in SIDES) for s in (before, after))
    return stricter or (is_off and not was_off)


def readers(site: dict, area: str) -> dict:
    """{reader: direction} of an area."""
    written = site["areas"][area]
    return {r: "in" for r in written["entrances"]} | {r: "out" for r in written.get("exits", [])}


def areas_of(site: dict, reader: str) -> dict:
    """{area: direction} of a reader."""
    return {area: readers(site, area)[reader] for area in sorted(site["areas"]) if reader in readers(site, area)}


def parent(site: dict, area: str):
    return site["areas"][area].get("parent")


def around(site: dict, area: str) -> list:
    """The areas around an area, nearest first."""
    outer = parent(site, area)
    return [outer, *around(site, outer)] if outer else []


def outermost_first(site: dict) -> list:
    return sorted(site["areas"], key=lambda area: (len(around(site, area)), area))


def controllers(site: dict, area: str) -> set:
    """The controllers asked before a denial: of the area and of every area around it."""
    names = [area, *around(site, area)]
    return {site["doors"][site["readers"][r]["door"]]["controller"] for a in names for r in readers(site, a)}


def owners(site: dict, area: str) -> set:
    """The controllers that have a reader of this area."""
    return {site["doors"][site["readers"][r]["door"]]["controller"] for r in readers(site, area)}
