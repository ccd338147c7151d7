"""Writes this controller's events: who, when, in which order, and in which log."""

from firmware.const import const
from firmware.core import events, stamp
from firmware.core.stamp import Stamps
from firmware.core.wall import DRIFT_MS_PER_MS

_GUESSED_MS = const(200)  # how well it is known by how much a clock was ahead
_WAS_MAX = const(16)  # numbers, two a name


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
        self.resumed = {}  # stream -> last seq that the log had at the start
        self.boot = 1  # how many times this log has seen a start, this one included

    def resume(self, log, boot: int) -> None:
        """Go on where the log ends, after a restart; `boot`: the highest known before this one."""
        self.inc = log.inc
        self.stamps.hear(max(log.newest_stamp, log.ceiling))
        # What waits under an earlier incarnation has got other names since.
        self._unsettled = [event for event in log.unsettled() if event["inc"] in (0, self.inc)]
        self.boot = max([boot] + [event["boot"] for event in self._unsettled]) + 1
        self.resumed = {}
        for stream in self.seqs:
            written = [event["seq"] for event in self._unsettled if event["stream"] == stream]
            self.seqs[stream] = max([log.highest(self.controller, self.inc, stream)] + written)
            self.resumed[stream] = self.seqs[stream]

    def open_incarnation(self, inc: int) -> None:
        """Write under a new incarnation from here on."""
        self.inc = inc
        for stream in self.seqs:
            self.seqs[stream] = 0

    def draw_stamp(self, now_ms: int) -> int:
        return self.stamps.draw(self.wall.at_ms(now_ms))

    def next_name(self, stream: str) -> tuple:
        """Return (controller, inc, seq) of the event that will be written next."""
        return (self.controller, self.inc, self.seqs[stream] + 1)

    def write(self, kind: str, fields: dict, now_ms: int, at_ms: int | None = None) -> dict:
        """Return a new event. `at_ms`: when it happened, where that was before now."""
        stream = events.stream_of(kind)
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
            event["boot"], event["up_ms"] = self.boot, now_ms - (self.wall.at_ms(now_ms) - event["at_ms"])
            self._unsettled.append(event)
        return event

    def write_again(self, event: dict, error_ms: int, floor: int) -> dict:
        """Return an event that was stamped ahead as it should have been written, at its own time and above `floor`."""
        stream = event["stream"]
        self.seqs[stream] += 1
        new = copied(event)
        # Written again twice: whoever never hears of the second name must still know that the first is replaced.
        new["was"] = ([event["inc"], event["seq"]] + event.get("was", []))[:_WAS_MAX]
        new["inc"], new["seq"] = self.inc, self.seqs[stream]
        new["at_ms"] = max(event["at_ms"] - error_ms, 0)
        new["err_ms"] = event["err_ms"] + _GUESSED_MS
        new["stamp"] = max(floor + 1, stamp.at(new["at_ms"]))
        self.stamps.hear(new["stamp"])
        return new

    def unsettled(self) -> list:
        """Return the events that wait for their stamps."""
        return self._unsettled

    def first_unpublished(self, stream: str) -> int:
        """Return the first seq of a stream that was written since the start, or waits for its stamp."""
        waiting = [event["seq"] for event in self._unsettled if event["stream"] == stream]
        return min(waiting + [self.resumed.get(stream, self.seqs[stream]) + 1])

    def forget_unsettled(self) -> None:
        """Wait for no stamps any more: what waits gets other names."""
        self._unsettled = []

    def name_next(self, event: dict) -> dict:
        """Return an event under the present incarnation, otherwise as it is."""
        new = copied(event)
        self.seqs[event["stream"]] += 1
        new["inc"], new["seq"] = self.inc, self.seqs[event["stream"]]
        if not is_settled(new):
            self._unsettled.append(new)
        return new

    def draw_inc(self, inc: int) -> None:
        """Take the incarnation of a log that was formatted before anybody knew which one it is."""
        if self.inc == 0:
            self.inc = inc

    def settle(self, now_ms: int, limit: int | None = None) -> list:
        """Date and stamp what was written before the clock was set, in the order it was written.

        Returns [(event, its incarnation before)]. Stamps above `limit` were heard of a clock that is ahead: without a
        clock of our own nobody could tell. They bind nothing.

        What an earlier boot wrote is dated as late as it can have been: as if the power had never been off.
        """
        settled, self._unsettled = self._unsettled, []
        was = [event["inc"] for event in settled]
        starts_ms = self._boot_starts(settled, self.wall.at_ms(now_ms) - now_ms)
        floor, granted = 0, {}
        if limit is not None and self.stamps.newest > limit:
            self.stamps.newest = stamp.at(self.wall.at_ms(now_ms))
        for event in settled:
            boot, up_ms = event.pop("boot"), event.pop("up_ms")
            self._name_anew(event)
            if event.get("lost"):
                # It was lost with the power: after its grant, before anything that happened elsewhere until the restart.
                grant = granted.get((event.get("reader"), event.get("no")))
                if grant:
                    event["at_ms"] = max(event["at_ms"], grant["at_ms"])
                    floor = event["stamp"] = max(floor + 1, event["stamp"])
                    self.stamps.hear(floor)
                continue
            if event["type"] == "access.granted":
                granted[(event.get("reader"), event.get("no"))] = event
            at_ms = starts_ms[boot] + up_ms
            event["err_ms"] = self.wall.err_ms(now_ms) + (self.wall.at_ms(now_ms) - at_ms) // DRIFT_MS_PER_MS
            if boot != self.boot:
                event["err_ms"] += max(at_ms - event["at_ms"], 0)
            event["at_ms"] = at_ms
            # Above what was known when it was written, not above what has been heard since.
            known = 0 if limit is not None and event["stamp"] > limit else event["stamp"]
            floor = event["stamp"] = max(floor + 1, known, stamp.at(at_ms))
            self.stamps.hear(floor)
        return list(zip(settled, was))

    def _name_anew(self, event: dict) -> None:
        """Give an event, and the own events it names, the incarnation that is drawn now."""
        event["inc"] = event["inc"] or self.inc
        names = [event["of"]] if "of" in event else []
        for name in names + list(event.get("after", {}).values()):
            if name[0] == self.controller:
                name[1] = name[1] or self.inc

    def _boot_starts(self, unsettled: list, start_ms: int) -> dict:
        """Return {boot: Unix ms of its start, at the latest}, going back from this boot."""
        starts_ms = {self.boot: start_ms}
        for boot in sorted({event["boot"] for event in unsettled if event["boot"] != self.boot}, reverse=True):
            start_ms -= max(event["up_ms"] for event in unsettled if event["boot"] == boot)
            starts_ms[boot] = start_ms
        return starts_ms


def follow_names(event: dict, new: dict, renamed: dict) -> None:
    """Let an event that is written under another name tell of events under theirs. `renamed`: (inc, seq) -> new event."""
    if event["stream"] == "facts":
        renamed[(event["inc"], event["seq"])] = new
    for name in [new["of"]] if "of" in new else list(new.get("after", {}).values()):
        twin = renamed.get((name[1], name[2])) if name[0] == event["controller"] else None
        if twin:
            name[1], name[2] = twin["inc"], twin["seq"]


def copied(value):
    """Return a copy of plain values at any depth."""
    if isinstance(value, dict):
        return {key: copied(value[key]) for key in value}
    return [copied(each) for each in value] if isinstance(value, list) else value


def is_settled(event: dict) -> bool:
    """Say whether an event has its final stamp, so that others may have it."""
    return "up_ms" not in event
