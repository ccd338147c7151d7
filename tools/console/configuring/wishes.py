"""Settings of an area as a form shows and takes them, all as texts; and what of them is to change. Pure.

Layout: a form is {name: text}; `exempt_groups` and `reset_at` are words with spaces between.
"""

from collections.abc import Iterable

SIDES = ("entrances", "exits")
MODES = ("off", "soft", "deny", "hard")
CHOICES = {
    "entrances": MODES, "exits": MODES, "when_isolated": ("soft", "enforce"), "first_use": ("either", "entrance"),
    "moves_on": ("grant", "entry"), "after_emergency": ("reset", "keep"), "confirm_grants": ("no", "yes"),
}  # fmt: skip
NUMBERS = ("violation_timeout_s", "presence_timeout_s", "confirm_ms", "capacity", "minimum")
WORDS = ("exempt_groups", "reset_at")
NAMES = (*CHOICES, *NUMBERS, "schedule", *WORDS)
_TEXT_MAX = 1000


def shown(settings: dict) -> dict[str, str]:
    """Settings in force, as the core has them, in a form."""
    told = {side: settings["anti_passback"][side] for side in SIDES}
    told |= {name: str(settings[name]) for name in ("when_isolated", "first_use", "moves_on", "after_emergency", "schedule")}
    told |= {name: "" if settings[name] is None else str(settings[name]) for name in NUMBERS}
    told["confirm_grants"] = "yes" if settings["confirm_grants"] else "no"
    told["reset_at"] = " ".join(f"{minute // 60:02}:{minute % 60:02}" for minute in settings["reset_at"])
    return told | {"exempt_groups": " ".join(settings["exempt_groups"])}


def change(settings: dict, given: dict[str, str]) -> dict:
    """What differs from the settings in force, as the command `set` takes it. Raises: ValueError."""
    now, wanted = shown(settings), {name: given[name].strip() for name in NAMES if name in given}
    if any(len(text) > _TEXT_MAX for text in wanted.values()):
        raise ValueError(f"a setting has at most {_TEXT_MAX} characters")
    differs = {name for name in wanted if wanted[name] != now[name]}
    found = {name: _taken(name, wanted[name]) for name in sorted(differs - set(SIDES))}
    if differs & set(SIDES):
        found["anti_passback"] = {side: wanted.get(side, now[side]) for side in SIDES}
    return found


def _taken(name: str, text: str):
    if name in WORDS:
        return text.replace(",", " ").split()
    if name == "confirm_grants":
        return {"yes": True, "no": False}.get(text, text)
    if name not in NUMBERS:
        return text
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        raise ValueError(f"{name}: a whole number")
    return int(text)


def denies(settings: dict, wanted: dict) -> bool:
    """Whether doors of the area would be kept shut to some: for that everybody needs a way out in hardware."""
    return bool({"deny", "hard"} & set(wanted.get("anti_passback", settings["anti_passback"]).values()))


def told(wanted: dict) -> Iterable[str]:
    """A change in words, a line each."""
    for name, value in wanted.items():
        if name == "anti_passback":
            yield f"anti-passback {value['entrances']} at entrances, {value['exits']} at exits"
        else:
            text = " ".join(value) if isinstance(value, list) else "none" if value is None else str(value)
            yield f"{name.replace('_', ' ')}: {text or 'none'}"
