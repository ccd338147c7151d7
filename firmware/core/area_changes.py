"""Changes of an area's settings: which are allowed, and what others told of theirs.

Seldom is there one: whoever needs this imports it then, and until then its code takes no heap.
"""

from firmware.const import const
from firmware.core.area_rules import MODES

_DENY = const(2)
_OWN = const(("no", "controllers", "has_exits", "has_sensors"))  # follow from readers and doors, not from a setting
_TIMEOUT_MAX_S = const(1 << 31)
_CONFIRM_MAX_MS = const(2000)
_PEOPLE_MAX = const(65535)


def told(settings: dict, fact: dict) -> dict:
    """Return settings with those of an `area.set` fact that are sound; `parent` is the configuration's alone."""
    new = dict(settings)
    for key in fact:
        if _is_sound(key, fact[key]):
            new[key] = fact[key]
    return new


def _is_sound(key: str, value) -> bool:
    if key == "reset_at":
        return isinstance(value, list) and all(type(minute) is int and 0 <= minute < 1440 for minute in value)
    if key == "exempt_groups":
        return isinstance(value, list) and all(isinstance(group, str) for group in value)
    if key == "schedule":
        return isinstance(value, str)
    try:
        return _checked(key, value) == value
    except (ValueError, TypeError):
        return False


def changed(settings: dict, change: dict, groups: dict, schedules: dict) -> dict:
    """Return the settings after a change that an operator asked for, with the names that the site has.

    Raises: ValueError naming the setting that is wrong and what it may be.
    """
    new = dict(settings)
    for key in sorted(change):
        if key == "exempt_groups":
            new[key] = _groups(change[key], groups)
        elif key == "schedule":
            new[key] = _one_of(key, change[key], tuple(sorted(schedules)))
        else:
            new[key] = _checked(key, change[key])
    _check_whole(new)
    return new


def _checked(key: str, value):
    if key == "anti_passback":
        return _modes(value)
    if key == "first_use":
        return _one_of(key, value, ("either", "entrance"))
    if key == "moves_on":
        return _one_of(key, value, ("grant", "entry"))
    if key == "when_isolated":
        return _one_of(key, value, ("soft", "enforce"))
    if key == "after_emergency":
        return _one_of(key, value, ("reset", "keep"))
    if key == "violation_timeout_s" or key == "presence_timeout_s":
        return _number(key, value, 0, _TIMEOUT_MAX_S)
    if key == "confirm_ms":
        return _number(key, value, 1, _CONFIRM_MAX_MS)
    if key == "capacity" or key == "minimum":
        return None if value is None else _number(key, value, 1, _PEOPLE_MAX)
    if key == "confirm_grants":
        return _one_of(key, value, (True, False))
    if key == "reset_at":
        return _minutes(value)
    raise ValueError("setting '%s' cannot be changed by command" % key)


def _one_of(key: str, value, allowed: tuple):
    # By type, too: 1 equals True, and on MicroPython a bool is no int.
    if type(value) is not type(allowed[0]) or value not in allowed:
        words = ", ".join(str(word) for word in allowed)
        raise ValueError("setting '%s' must be one of: %s" % (key, words))
    return value


def _modes(value) -> dict:
    if isinstance(value, dict) and sorted(value) == ["entrances", "exits"]:
        return {side: _one_of("anti_passback", value[side], MODES) for side in value}
    mode = _one_of("anti_passback", value, MODES)
    return {"entrances": mode, "exits": mode}


def _groups(value, groups: dict) -> list:
    if not isinstance(value, list):
        raise ValueError("setting 'exempt_groups' must be a list of groups")
    for group in value:
        if not isinstance(group, str) or group not in groups:
            raise ValueError("unknown group '%s'" % (group,))
    return sorted(value)


def _number(key: str, value, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValueError("setting '%s' must be a whole number from %d to %d" % (key, low, high))
    return value


def _minutes(value) -> list:
    if not isinstance(value, list):
        raise ValueError("setting 'reset_at' must be a list of times like \"04:00\"")
    return sorted({_minute(time) for time in value})


def _minute(time) -> int:
    parts = time.split(":") if isinstance(time, str) else ()
    if len(parts) != 2 or not all(part.isdigit() and len(part) == 2 for part in parts):
        raise ValueError("'%s' is not a time like \"04:00\"" % (time,))
    minute = int(parts[0]) * 60 + int(parts[1])
    if int(parts[1]) > 59 or minute >= 1440:
        raise ValueError("'%s' is not a time of day" % time)
    return minute


def _check_whole(new: dict) -> None:
    """Refuse what a site file may not say either (RULES.md, "Area settings")."""
    if new["capacity"] is not None and new["presence_timeout_s"]:
        raise ValueError("'capacity' cannot stand with 'presence_timeout_s'")
    if new["capacity"] is not None and new["minimum"] and new["capacity"] < new["minimum"]:
        raise ValueError("'capacity' must not be below 'minimum'")
    if new["moves_on"] == "entry" and not new["has_sensors"]:
        raise ValueError("'moves_on' can be 'entry' only where every door has a sensor")
    locks_out = MODES.index(new["anti_passback"]["entrances"]) >= _DENY
    if locks_out and not (new["has_exits"] or new["presence_timeout_s"] or new["reset_at"]):
        raise ValueError("without exits, presence_timeout_s or reset_at everyone would be locked out")


def shared(settings: dict) -> dict:
    """Return the settings that an `area.set` fact carries: all but what is each controller's own."""
    return {key: settings[key] for key in sorted(settings) if key not in _OWN}
