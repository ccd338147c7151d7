"""Entries of others: which we take into the log, and what is wrong with those that we do not."""

from firmware.const import const
from firmware.core import events
from firmware.core import stamp as stamps
from firmware.core.throttle import Throttle

AHEAD_MS = 10000  # what is stamped further ahead of our clock waits until its time has come
_LOOK_MS = const(1000)  # between two looks into the flash for what should be here: all hear what is served to one
_REACH = const(512)  # beyond what is here nothing is taken: the gap is asked for, in order


class Intake:
    """`follows`: {stream: controllers whose events are kept}; `inc`: our own incarnation.

    `tell_time(now_ms)` lets the others hear our clock soon.
    """

    def __init__(self, name: str, follows: dict, log, clock, origins, gaps, tell_time):
        self.inc = 0
        self.name = name
        self._follows = {stream: set(follows[stream]) for stream in follows}
        self._log, self._clock = log, clock
        self._origins, self._gaps = origins, gaps
        self._tell_time = tell_time
        self._throttle = Throttle()
        self._looked_ms = -_LOOK_MS

    def keeps(self, controller: str, inc: int, stream: str) -> bool:
        """Say whether a stream is kept here: what we follow, and what boards before us wrote under our name."""
        if inc <= 0 or self._origins.is_blocked(controller, inc):
            return False
        if controller == self.name:
            return inc != self.inc and stream != "notes"
        return controller in self._follows[stream]

    def is_closed(self, controller: str, inc: int) -> bool:
        """Say whether this is our name, but an incarnation that writes no more."""
        return controller == self.name and 0 < inc != self.inc

    def is_own(self, controller: str, inc: int) -> bool:
        """Say whether this is the incarnation that we write."""
        return controller == self.name and inc == self.inc and inc > 0

    def read(self, entries: list, now_ms: int):
        """Take entries, one by one. Yields results."""
        has_new = False
        for event in entries:
            key = (event["controller"], event["inc"], event["stream"])
            verdict = self._take(event, key, now_ms)
            if verdict == "new":
                has_new = True
                self._origins.seen(key[0], key[1])
                self._gaps.arrived(key, now_ms)
                yield ("take", event)
                for name in events.replaced(event):
                    # It may have been held back, and need not come any more.
                    self._gaps.arrived(name[:3], now_ms)
            elif verdict != "known" and verdict != "foreign":
                yield from self._read_odd(verdict, key, event, now_ms)
        if has_new:
            yield ("taken",)

    def _take(self, event: dict, key: tuple, now_ms: int) -> str:
        """Take an entry. Returns one of

        `new` (it is in the log now), `known`, `foreign` (not kept here), `far` (of no use yet), `held` (stamped ahead
        of our clock), `conflict` (its name is here with other content), `forgotten` (of ours, and not here, or not so).
        """
        controller, inc, stream = key
        is_own, seq = self.is_own(controller, inc), event["seq"]
        if not (is_own or self.keeps(controller, inc, stream)):
            return "foreign"
        if self._log.has(controller, inc, stream, seq):
            if self._log.was_seen(event) or now_ms - self._looked_ms < _LOOK_MS:
                return "known"  # one of many is looked up: two boards of one name differ in all
            self._looked_ms = now_ms
            return "known" if self._log.same_as_known(event) else "forgotten" if is_own else "conflict"
        if is_own:
            return "forgotten"
        if seq > self._log.last(controller, inc, stream) + _REACH:
            return "far"
        if self.ahead_ms(event["stamp"], now_ms):
            return "held"
        self._log.add(event)
        return "new"

    def _read_odd(self, verdict: str, key: tuple, event: dict, now_ms: int) -> list:
        if verdict == "held":
            self._gaps.held(key, now_ms)
            return self.tell_ahead(key[0], event["stamp"], now_ms)
        if verdict == "conflict":
            self._origins.block(key[0], key[1])
            return self.throttled(("conflict", key[0], key[1]), key, now_ms)
        if verdict == "forgotten":
            return self.throttled(("forgotten", key[1], event["seq"]), key, now_ms)
        return []

    def read_gone(self, row: list, sender: str, now_ms: int) -> list:
        """Take that a range is kept nowhere: by its origin's word, or by another's while that is offline."""
        controller, inc, stream, first, last = row
        here = self._log.last(controller, inc, stream)
        if not self.keeps(controller, inc, stream) or not first <= here + 1 <= last:
            return []
        if sender != controller and self._origins.serves(controller, inc, now_ms):
            return []
        if stream != "notes":
            return [("gone", controller, inc, stream, last)]
        self.skip((controller, inc, stream), last, now_ms)
        return []

    def read_closed(self, row: list, message: dict, now_ms: int) -> list:
        """Take that a range was lost with the board that wrote it: by the word of the one in its place."""
        controller, inc, stream, first, last = row
        is_successor = message["from"] == controller and inc < message["inc"]
        if not (is_successor and self.keeps(controller, inc, stream)):
            return []
        if not first <= self._log.last(controller, inc, stream) + 1 <= last:
            return []
        self.skip((controller, inc, stream), last, now_ms)
        return [("closed", controller, inc, stream, last)]

    def read_lacks(self, row: list, sender: str) -> list:
        """Take that somebody lacks what boards before us wrote under our name, as we do."""
        controller, inc, stream, first, last = row
        if not self.is_closed(controller, inc) or stream == "notes":
            return []
        seq, names = self._gaps.lacked((controller, inc, stream), first, last, sender)
        return [("lacked", inc, stream, self._log.last(controller, inc, stream) + 1, seq, names)] if seq else []

    def skip(self, key: tuple, seq: int, now_ms: int) -> None:
        """Wait no longer for anything of a stream up to a seq."""
        self._log.skip(key[0], key[1], key[2], seq)
        self._gaps.arrived(key, now_ms)

    # -- clocks ----------------------------------------------------------------------------------

    def ahead_ms(self, stamp: int, now_ms: int) -> int:
        """Return by how much a stamp is ahead of our clock; 0 where that may be."""
        at_ms = self._clock(now_ms)
        if at_ms is None:
            return 0
        ahead_ms = stamps.at_ms(stamp) - at_ms
        return ahead_ms if ahead_ms > AHEAD_MS else 0

    def tell_ahead(self, controller: str, stamp: int, now_ms: int) -> list:
        """Report somebody's clock, to the core and to its owner: that compares the clocks it hears."""
        results = self.throttled(("ahead", controller, self.ahead_ms(stamp, now_ms)), controller, now_ms)
        if results:
            self._tell_time(now_ms)
        return results

    def throttled(self, result: tuple, source, now_ms: int) -> list:
        """Return a result, or nothing where its like was handed out within 10 s."""
        return [] if self._throttle.pass_count(result[0], source, now_ms) is None else [result]
