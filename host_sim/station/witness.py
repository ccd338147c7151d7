"""What a simulator is told of a controller besides its pins: its events, and where it holds people to be."""

from host_sim import standings


class Witness:
    """Sees one node. `start_ms`: Unix time that the simulator counts seconds from."""

    def __init__(self, node, clock, start_ms: int):
        self._node, self._clock, self._start_ms = node, clock, start_ms

    def kept(self, told: list) -> list:
        """Return which of the events that were told are in the flash."""
        has, name = self._node.log.has, self._node.name
        return [[inc, stream, seq] for inc, stream, seq in told if has(name, inc, stream, seq)]

    def is_news(self, event: dict) -> bool:
        """Say whether an event that is written here happened here, under the name that this log has now."""
        return event["controller"] == self._node.name and event["inc"] in (0, self._node.controller.recorder.inc)

    def answer(self, what: str, *words):
        """Answer a question: row area user, rows area, occupancy area, log controller, faults; or "here", which is known to
        be heard."""
        core, now_ms = self._node.controller, self._clock.now_ms()
        if what == "row":
            return standings.row(core, words[0], words[1], now_ms, self._start_ms)
        if what == "rows":
            return standings.rows(core, words[0], now_ms)
        if what == "occupancy":
            return standings.occupancy(core, words[0], now_ms)
        if what == "log":
            return standings.log(self._node.log, words[0])
        return self._node.faults if what == "faults" else True
