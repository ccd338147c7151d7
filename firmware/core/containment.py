"""Clocks that run ahead: noticed by the others, and given up by their owner. `desk` is the controller.

An event stamped far ahead is held by everybody else. Where clocks contradict each other, all ask their time servers. What
that does not settle, the majority does: whoever it leaves ahead sets its clock, opens a new incarnation and writes again
what lies ahead, each entry with `was`. Of two alone the one ahead yields, once: nobody could say which of them is wrong.
"""

from firmware.const import const
from firmware.core import stamp
from firmware.core.recorder import follow_names
from firmware.core.throttle import Throttle

AHEAD_MS = 10000
_HEARD_MS = const(75000)  # how long a peer's clock counts
_PATIENCE_MS = const(5000)  # for an answer of the time server


class Containment:
    """Compares our clock with those of the others."""

    def __init__(self, desk, log):
        self._desk = desk
        self._site = desk.site
        self._log = log
        self._clocks = {}  # controller -> (how far it is ahead of us, when it said so)
        self._since_ms = None  # since when somebody's clock contradicts ours
        self._has_yielded = False  # to one other alone, since our clock was set
        self._throttle = Throttle()

    def is_ahead(self, drawn: int) -> bool:
        """Say whether a stamp lies too far ahead of our clock to be believed."""
        return self._site.is_clock_trusted() and stamp.at_ms(drawn) > self._site.at_ms() + AHEAD_MS

    def note_ahead(self, controller: str, error_ms: int) -> None:
        """Report a controller whose events lie ahead."""
        if self._throttle.pass_count("clock.error", controller, self._site.now_ms) is not None:
            self._desk.write("clock.error", {"peer": controller, "error": error_ms})

    def compare(self, controller: str, at_ms: int) -> None:
        """Take what another controller's clock says now; give up ours if most contradict it."""
        now_ms = self._site.now_ms
        self._clocks[controller] = (at_ms - self._site.at_ms(), now_ms)
        if not self._site.is_clock_trusted():
            return
        heard = [offset for offset, heard_ms in self._clocks.values() if now_ms - heard_ms < _HEARD_MS]
        if all(abs(offset) <= AHEAD_MS for offset in heard):
            self._since_ms = None
        elif self._since_ms is None:
            self._since_ms = now_ms
            self._desk.put(("synchronise",))
        elif now_ms - self._since_ms >= _PATIENCE_MS:
            self._decide(heard)

    def clock_set(self, moved_ms: int) -> None:
        """Our clock was set by what knows the time: what others said of it before counts no more.

        If it was ahead, so are our stamps, and nobody believes them.
        """
        self._clocks, self._since_ms, self._has_yielded = {}, None, False
        if moved_ms < 0 and self.is_ahead(self._desk.recorder.stamps.newest):
            self._come_down(-moved_ms)

    def _decide(self, heard: list) -> None:
        """Yield to a majority that is behind us."""
        behind = sorted([offset for offset in heard if offset < -AHEAD_MS])
        with_us = 1 + len(heard) - len(behind)
        is_pair = len(behind) == with_us == 1 and not self._has_yielded
        if len(behind) > with_us or is_pair:
            error_ms = -behind[len(behind) // 2]
            self._give_up(error_ms)
            self._has_yielded = is_pair

    def _give_up(self, error_ms: int) -> None:
        self._clocks, self._since_ms = {}, None
        self._site.wall.set(self._site.at_ms() - error_ms, self._site.now_ms)
        self._come_down(error_ms)

    def _come_down(self, error_ms: int) -> None:
        """Write again under a new name what was stamped ahead."""
        desk = self._desk
        limit = stamp.at(self._site.at_ms())
        own = self._own_events()
        ahead = [event for event in own if event["stamp"] > limit]
        floor = max([event["stamp"] for event in own if event["stamp"] <= limit] + [0])
        self._log.forget_ahead(limit)
        desk.recorder.stamps.newest = max(limit, self._log.newest_stamp)
        desk.open_incarnation()
        self._write_again(ahead, error_ms, floor)
        self._log.drop_checkpoints(limit)
        desk.relearn()
        self.note_ahead(desk.name, error_ms)

    def _own_events(self) -> list:
        """Return what this incarnation has written and still has, in the order of the stamps."""
        name, inc = self._desk.name, self._desk.recorder.inc
        found = []
        for stream in sorted(self._desk.recorder.seqs):
            last = self._desk.recorder.seqs[stream]
            found += self._log.between(name, inc, stream, 1, last)
        return sorted(found, key=lambda event: event["stamp"])

    def _write_again(self, ahead: list, error_ms: int, floor: int) -> None:
        renamed = {}
        for event in ahead:
            new = self._desk.recorder.write_again(event, error_ms, floor)
            floor = new["stamp"]
            follow_names(event, new, renamed)
            self._log.replace(new)
            self._log.add(new)
            self._desk.put(("append", new))
