"""Small sites for hand-made cases."""

START = "2026-01-05T09:00:00"


def site(areas: dict, doors: dict, **more) -> dict:
    """`doors`: {door: controller}; every door has readers <door>_in and <door>_out."""
    return {
        "site": "small",
        "timezone": "UTC",
        "controllers": {name: {"board": "sim"} for name in sorted(set(doors.values()))},
        "doors": {d: {"controller": c, "sensor": True, "egress": "mechanical", "relock_on": "timer"} for d, c in doors.items()},
        "readers": {f"{d}_{side}": {"door": d} for d in doors for side in ("in", "out")},
        "areas": areas,
        "groups": {"staff": {"access": [{"doors": ["*"]}]}, "security": {"access": [{"doors": ["*"]}], "lockdown": True}},
        "users": {
            name: {"groups": ["security" if name == "lee" else "staff"], "cards": [f"H10301:118:{number}"]}
            for number, name in enumerate(("kim", "lee", "pat", "sam"), 1000)
        },
        "operators": {"ada": {"role": "site_admin"}, "max": {"role": "site_manager"}, "vic": {"role": "viewer"}},
    } | more


def area(doors: str, **settings) -> dict:
    """An area whose doors are named in one string."""
    names = doors.split()
    return {"entrances": [d + "_in" for d in names], "exits": [d + "_out" for d in names]} | settings


def office(mode="hard", **settings) -> dict:
    """One area, one door, one controller."""
    return site({"office": area("lobby", anti_passback=mode, **settings)}, {"lobby": "c1"})


def hall(mode="hard", **settings) -> dict:
    """One area over two controllers."""
    return site({"hall": area("north south", anti_passback=mode, **settings)}, {"north": "c1", "south": "c2"})


def nested(outer=None, inner=None) -> dict:
    """A lab inside an office, on one controller."""
    hard = {"anti_passback": "hard"}
    areas = {"office": area("lobby", **hard | (outer or {})), "lab": area("glass", parent="office", **hard | (inner or {}))}
    return site(areas, {"lobby": "c1", "glass": "c1"})


def badge(at: float, reader: str, user: str = "kim") -> dict:
    return {"at": at, "badge": {"reader": reader, "user": user}}


def command(at: float, action: str, operator: str = "ada", **fields) -> dict:
    return {"at": at, "command": {"operator": operator, "action": action, "reason": "test", **fields}}
