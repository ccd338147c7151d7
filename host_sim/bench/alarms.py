"""What stands until somebody ends it: the sources of an emergency, the doors in lockdown, readers that are not well."""

from host_sim.bench.names import Names


class Alarms:
    """Followed from the events, as an operator's console would."""

    def __init__(self) -> None:
        self.sources: set[tuple] = set()
        self.locked_down: set[str] = set()
        self.readers: dict[str, tuple[str, str]] = {}
        """What was told of a reader last, and why."""

    def take(self, event: dict) -> None:
        """Follow one event."""
        doors = event.get("doors") or []
        if event["type"] == "emergency.started":
            self.sources.add(tuple(event["source"]))
        elif event["type"] == "emergency.ended":
            self.sources -= {tuple(source) for source in event.get("ends") or []}
        elif event["type"] == "lockdown.started":
            self.locked_down |= set(doors)
        elif event["type"] == "lockdown.ended":
            self.locked_down -= set(doors)
        elif event["type"] in ("reader.online", "reader.offline", "reader.tamper", "reader.paired"):
            kind = "online" if event["type"] == "reader.paired" else event["type"].removeprefix("reader.")
            self.readers[event["reader"]] = kind, event.get("why", "")

    def text(self, names: Names) -> str:
        """Say what the emergency is, in one sentence; empty without one."""
        if not self.sources:
            return ""
        who = [f"fire at {names.of('controllers', s[0])}" if len(s) == 3 else f"started by {names.of('operators', s[0])}"
               for s in sorted(self.sources, key=str)]
        return f"Emergency: {', '.join(who)}. Fail-safe doors stand unlocked."
