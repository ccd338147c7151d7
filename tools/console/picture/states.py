"""What doors, readers and controllers said last of themselves: of each thing the newest by stamp, whatever the order it came in."""

# type -> (what of the thing it tells, the value); a value of ... is a field of the event.
_DOORS = {
    "door.unlocked": ("lock", False), "door.locked": ("lock", True), "door.opened": ("leaf", True), "door.closed": ("leaf", False),
    "door.forced": ("alarm", "forced"), "door.held": ("alarm", "held"), "door.restored": ("alarm", None),
}  # fmt: skip
_READERS = {"reader.offline": "offline", "reader.online": None, "reader.tamper": "tamper", "reader.paired": None}


class States:
    """`told`: {"kind name": {what: [stamp, at_ms, value]}}, plain values."""

    def __init__(self):
        self.told: dict[str, dict[str, list]] = {}

    def take(self, event: dict) -> None:
        kind = event["type"]
        if kind in _DOORS:
            what, value = _DOORS[kind]
            self._note(event, f"door {event.get('door')}", what, value)
            if what == "lock":
                self._note(event, f"door {event.get('door')}", "why", event.get("why"))
        elif kind in _READERS:
            trouble = "in plain" if kind == "reader.online" and event.get("why") == "plain" else _READERS[kind]
            self._note(event, f"reader {event.get('reader')}", "trouble", trouble)
        elif kind in ("output.on", "output.off"):
            self._note(event, f"controller {event['controller']}", f"output {event.get('output')}", kind == "output.on")
        elif kind in ("area.isolated", "area.joined"):
            missing = event.get("controllers", []) if kind == "area.isolated" else []
            self._note(event, f"controller {event['controller']}", f"isolated {event.get('area')}", missing)
        elif kind == "log.lost" and _is_its_own_past(event):
            self._note(event, f"controller {event['controller']}", "forgot", event["at_ms"])
        elif kind == "controller.started":
            self._note(event, f"controller {event['controller']}", "version", event.get("version"))
            self._note(event, f"controller {event['controller']}", "outputs", False)  # all are off when it starts
            for what in [what for what in self.told.get(f"controller {event['controller']}", {}) if what.startswith("isolated ")]:
                self._note(event, f"controller {event['controller']}", what, [])

    def get(self, kind: str, name: str, what: str):
        """What a thing said last, or None."""
        told = self.told.get(f"{kind} {name}", {}).get(what)
        return told[2] if told else None

    def since_ms(self, kind: str, name: str) -> int | None:
        return max((told[1] for told in self.told.get(f"{kind} {name}", {}).values()), default=None)

    def output(self, controller: str, name: str) -> tuple[bool | None, int | None]:
        """(whether an output is on, since when), by the newest of what its controller said of it and of its own start."""
        told = self.told.get(f"controller {controller}", {})
        found = max((told[what] for what in (f"output {name}", "outputs") if what in told), default=None, key=lambda each: each[0])
        return (found[2], found[1]) if found else (None, None)

    def isolated(self, controller: str) -> dict[str, list[str]]:
        """{area: who does not answer}, as a controller said last."""
        told = self.told.get(f"controller {controller}", {})
        return {what.partition(" ")[2]: value for what, (_, _, value) in sorted(told.items()) if what.startswith("isolated ") and value}

    def _note(self, event: dict, thing: str, what: str, value) -> None:
        told = self.told.setdefault(thing, {})
        if what not in told or told[what][0] <= event["stamp"]:
            told[what] = [event["stamp"], event["at_ms"], value]


def _is_its_own_past(event: dict) -> bool:
    """Whether a board says that the facts of the one before it are lost: its table began anew."""
    origin = event.get("origin")
    if not isinstance(origin, list) or len(origin) != 3 or type(origin[1]) is not int:
        return False
    return (origin[0], origin[2]) == (event["controller"], "facts") and origin[1] < event["inc"]
