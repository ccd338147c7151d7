"""Every event reaches all who follow it and every console's history, once, in order, as it was written."""

from collections import defaultdict

from host_sim.fuzz.checkers.checker import Checker
from host_sim.fuzz.truth import KEPT


class Delivery(Checker):
    invariant = "2 nothing is lost"

    def lacking(self) -> list[str]:
        """Return who does not have everything yet, without reading it all."""
        found = []
        for origin, entries in self._streams().items():
            for name in self._followers(origin):
                if self.life.world.boards[name].node.log.last(*origin) < max(entries):
                    found.append(f"{name} lacks some of {origin}")
            for console, history in self.life.world.histories.items():
                if len(history.of(*origin)) < len(entries):
                    found.append(f"{console} lacks some of {origin}")
        return found

    def _followers(self, origin: tuple) -> list[str]:
        """Return the boards that have a stream: its origin, and for facts and site events those that follow it."""
        if origin[2] == "notes":
            return [origin[0]]
        boards = self.life.world.boards.items()
        return [name for name, board in boards if name == origin[0] or origin[0] in board.part.settings["follows"][origin[2]]]

    def at_end(self) -> None:
        streams = self._streams()
        for origin, entries in streams.items():
            self._look_for_gaps(origin, entries)
            for name in self._followers(origin):
                log = self.life.world.boards[name].node.log
                self._compare(name, origin, entries, log.between(*origin, 1, max(entries)))
        for console, history in self.life.world.histories.items():
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
        is_torn = origin[:2] in self.life.truth.torn
        if sorted(entries) != list(range(1, len(entries) + 1)) and not is_torn:
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
        for origin, entries in streams.items():
            told = history.of(*origin)
            numbers = [event["seq"] for event in told]
            if numbers != sorted(set(numbers)):
                self.broken(f"{console} has {origin} not once and in order: {numbers}")
            self._compare(console, origin, entries, told)
