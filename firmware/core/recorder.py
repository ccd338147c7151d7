"""Writes this controller's events: who, when, in which order, and in which log."""

from firmware.core import events
from firmware.core.stamp import Stamps


class Recorder:
    """Gives each event its place. `id_of(no)` names a person for those who read events."""

    def __init__(self, controller: str, inc: int, wall, id_of):
        self.controller = controller
        self.inc = inc
        self.wall = wall
        self.stamps = Stamps()
        self.seqs = {"site": 0, "facts": 0, "notes": 0}
        self._id_of = id_of
        self._unsettled = []  # events written before the clock was set

    def resume(self, event: dict) -> None:
        """Take an event found in the log after a restart."""
        self.stamps.hear(event["stamp"])
        if event["controller"] == self.controller and event["inc"] == self.inc:
            self.seqs[event["stream"]] = max(self.seqs[event["stream"]], event["seq"])

    def draw_stamp(self, now_ms: int) -> int:
        return self.stamps.draw(self.wall.at_ms(now_ms))

    def next_name(self, stream: str) -> tuple:
        """Return (controller, inc, seq) of the event that will be written next."""
        return (self.controller, self.inc, self.seqs[stream] + 1)

    def write(self, kind: str, fields: dict, now_ms: int, at_ms: int | None = None) -> dict:
        """Return a new event. `at_ms`: when it happened, where that was before now."""
        stream = events.STREAMS[kind]
        self.seqs[stream] += 1
        event = {
            "type": kind,
            "controller": self.controller,
            "inc": self.inc,
            "stream": stream,
            "seq": self.seqs[stream],
            "at_ms": self.wall.at_ms(now_ms) if at_ms is None else at_ms,
            "stamp": self.draw_stamp(now_ms),
            "err_ms": self.wall.err_ms(now_ms),
        }
        event.update(fields)
        if event.get("no") is not None:
            event["user"] = self._id_of(event["no"])
        if not self.wall.is_trusted:
            self._unsettled.append(event)
        return event

    def settle(self, moved_ms: int, now_ms: int) -> list:
        """Stamp again what was written before the clock was set; `moved_ms`: how far it moved."""
        settled, self._unsettled = self._unsettled, []
        for event in settled:
            event["at_ms"] += moved_ms
            event["err_ms"] = self.wall.err_ms(now_ms)
            event["stamp"] = self.stamps.draw(event["at_ms"])
        return settled

    def is_settled(self, event: dict) -> bool:
        """Say whether an event has its final stamp, so that others may have it."""
        return event not in self._unsettled
