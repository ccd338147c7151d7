"""The settings of one area, drawn: mostly those that deny, seldom those about which nothing is promised."""

from host_sim.fuzz.draw import Draw
from host_sim.fuzz.layout import Layout

_MODES = {"hard": 45, "deny": 25, "soft": 25, "off": 5}
_STRICT = ("deny", "hard")


def draw_area(draw: Draw, layout: Layout, area: str) -> dict:
    """Draw an area that all who cross its border badge at, but seldom only those who enter."""
    modes = _modes(draw)
    has_exits = not draw.chance(4)
    settings = {
        "entrances": layout.readers_towards(area, "in"),
        "exits": _exits(draw, layout, area) if has_exits else [],
        "anti_passback": modes,
        "exempt_groups": ["security"] if draw.chance(50) else [],
        "violation_timeout_s": draw.weighted({0: 60, 900: 10, 7200: 20, 90_000: 10}),
        "presence_timeout_s": draw.weighted({0: 80, 1800: 5, 10_000: 10, 50_000: 5}),
        "reset_at": [f"{draw.between(0, 23):02}:{draw.between(0, 59):02}"] if draw.chance(10) else [],
        "schedule": "hours" if draw.chance(5) else "always",
        "first_use": "entrance" if draw.chance(35) else "either",
        "moves_on": "entry" if draw.chance(30) else "grant",
        "when_isolated": "enforce" if draw.chance(12) else "soft",
        "confirm_grants": draw.chance(15),
        "confirm_ms": draw.weighted({300: 70, 1000: 20, 2000: 10}),
        "after_emergency": draw.pick(("reset", "keep")),
    }
    if layout.parents[area]:
        settings["parent"] = layout.parents[area]
    _limit(draw, settings)
    _let_out(settings)
    return settings


def _modes(draw: Draw) -> dict:
    both = draw.weighted(_MODES)
    apart = draw.chance(25)
    return {"entrances": both, "exits": draw.weighted(_MODES) if apart else both}


def _exits(draw: Draw, layout: Layout, area: str) -> list:
    """Return the readers that lead out; who leaves the area around as well may have left this one by that alone."""
    parent = layout.parents[area]
    readers = layout.readers_towards(area, "out")
    around = layout.readers_towards(parent, "out") if parent else []
    named = [reader for reader in readers if reader not in around or draw.chance(70)]
    return named or readers


def _limit(draw: Draw, settings: dict) -> None:
    if draw.chance(4) and not settings["presence_timeout_s"]:
        settings["capacity"] = draw.between(2, 6)
    if draw.chance(3):
        settings["minimum"] = 2


def _let_out(settings: dict) -> None:
    """Without exits somebody must be forgotten some day, or the site file is refused."""
    is_closed = settings["anti_passback"]["entrances"] in _STRICT and not settings["exits"]
    if is_closed and not settings["presence_timeout_s"] and not settings["reset_at"]:
        settings["reset_at"] = ["12:00"]
