"""Every event reaches all who follow it and every console's history, once, in order, as it was written."""

from collections import defaultdict

from host_sim.fuzz.checkers.checker import Checker
from host_sim.fuzz.truth import KEPT


class Delivery(Checker):
    invariant = "2 nothing is lost"

    def at_end(self) -> None:
        streams = self._streams()
        for origin, entries in streams.items():
            self._look_for_gaps(origin, entries)
            for name, board in self.life.world.boards.items():
                if origin[2] != "notes" and (origin[0] == name or origin[0] in board.part.settings["follows"][origin[2]]):
                    self._compare(name, origin, entries, board.node.log.between(*origin, 1, max(entries)))
        for console, history in getattr(self.life.world, "histories", {}).items():
            self._look_at_history(console, history, streams)

    def _streams(self) -> dict[tuple, dict]:
        """Return {(controller, inc, stream): {seq: event}} of all that must be everywhere."""
        streams: dict[tuple, dict] = defaultdict(dict)
        for key, entry in self.life.truth.entries.items():
            if entry.state == KEPT and key[:2] not in self.life.truth.doubtful:
                streams[key[:3]][key[3]] = entry.event
        return streams

    def _look_for_gaps(self, origin: tuple, entries: dict) -> None:
        self.checked += 1
        is_renewed = any(entry.state == "gone" for key, entry in self.life.truth.entries.items() if key[:3] == origin)
        if sorted(entries) != list(range(1, len(entries) + 1)) and not is_renewed:
            self.broken(f"{origin} has gaps: {sorted(entries)}")

    def _compare(self, name: str, origin: tuple, entries: dict, held: list) -> None:
        """Compare what one holds with what was written."""
        self.checked += len(entries)
        here = {event["seq"]: event for event in held}
        for seq, event in entries.items():
            if seq not in here:
                self.broken(f"{name} lacks {origin} {seq}: {event}")
            told = here[seq]
            if (told["type"], told["stamp"], told["at_ms"]) != (event["type"], event["stamp"], event["at_ms"]):
                self.broken(f"{name} holds {origin} {seq} as {told}, not as {event}")

    def _look_at_history(self, console: str, history, streams: dict) -> None:
        """Compare a console's history: each event once, in order per origin and stream."""
        told = defaultdict(list)
        for event in history.events:
            told[event["controller"], event["inc"], event["stream"]].append(event)
        for origin, entries in streams.items():
            numbers = [event["seq"] for event in told[origin]]
            if numbers != sorted(set(numbers)):
                self.broken(f"{console} has {origin} not once and in order: {numbers}")
            self._compare(console, origin, entries, told[origin])
