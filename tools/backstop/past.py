"""The log of one controller, read from its end back to a moment.

It asks with `want`, as a replica does, and takes whatever answers: the controller, or others in its stead. It is no replica:
it keeps nothing, wants only what is new enough, and tells nobody what it has, so that no controller drops an event for it.
"""

import time

from firmware.wire import messages
from tools.backstop.errors import Unreachable
from tools.backstop.line import Line

_STREAMS = ("facts", "notes", "site")
_LISTS_S = 12  # a controller tells its full list at most every 10 s
_ALL_LISTS_S = 0.7  # the others tell theirs within that, and a long one comes in several messages
_LOOK_S = 0.1
_BLOCK = 40  # entries asked for at a time: less than a second of what a controller serves
_ANSWER_S = 3
_TRIES = 3


class Tail:
    """The end of one stream of one incarnation, as it comes. `events`: {seq: event}."""

    def __init__(self, inc: int, stream: str, last: int):
        self.inc, self.stream = inc, stream
        self.events: dict[int, dict] = {}
        self.first = self.last = last + 1  # of the block that is under way
        self._gone: set[int] = set()

    def turn_back(self) -> None:
        """Go on to the block before."""
        self.first, self.last = max(1, self.first - _BLOCK), self.first - 1

    def is_whole(self) -> bool:
        return all(seq in self.events or seq in self._gone for seq in range(self.first, self.last + 1))

    def has_reached(self, since_ms: int) -> bool:
        """Whether what is older than this block is too old, or there is nothing older."""
        if self.first == 1 or set(range(self.first, self.last + 1)) <= self._gone:
            return True
        return any(self.events[seq]["at_ms"] < since_ms for seq in range(self.first, self.last + 1) if seq in self.events)

    def take(self, message: dict, controller: str) -> None:
        for event in message["entries"]:
            if (event["controller"], event["inc"], event["stream"]) == (controller, self.inc, self.stream):
                self.events[event["seq"]] = event
        for row in message.get("gone", ()):
            if row[:3] == [controller, self.inc, self.stream]:
                self._gone.update(range(max(row[3], self.first), min(row[4], self.last) + 1))


class Past:
    """Reads over a line that has settled.

    `missing`: (inc, stream, seq): up to there not all has come, and no more was asked for.
    """

    def __init__(self, line: Line, controller: str):
        self._line, self._controller = line, controller
        self._console = line.station.console
        self._ends: dict[tuple[int, str], int] = {}
        self._listed: set[str] = set()
        self._speaks: set[int] = set()
        self.missing: list[tuple[int, str, int]] = []

    def read(self, since_ms: int) -> list[dict]:
        """The events from a moment on, in their order. Raises: Unreachable."""
        if not self._line.online():
            raise Unreachable("no controller is reachable: nothing was asked")
        self._ask_for_lists(since_ms)
        if not self._ends:
            raise Unreachable(f"nobody has told what the log of {self._controller} holds")
        tails = [Tail(inc, stream, last) for (inc, stream), last in sorted(self._ends.items()) if last]
        for tail in tails:
            self._read(tail, since_ms)
        return in_order([event for tail in tails for event in tail.events.values()], since_ms)

    def _read(self, tail: Tail, since_ms: int) -> None:
        while True:
            tail.turn_back()
            if not self._fetch(tail):
                self.missing.append((tail.inc, tail.stream, tail.last))
                return
            if tail.has_reached(since_ms):
                return

    def _fetch(self, tail: Tail) -> bool:
        """Ask for a block until it is here. Any entry that comes is a sign that more will."""
        for _ in range(_TRIES):
            self._say({"t": "want", "origin": [self._controller, tail.inc], "stream": tail.stream, "first": tail.first,
                       "last": tail.last, "any": self._controller not in self._line.online()})  # fmt: skip
            end_s = time.monotonic() + _ANSWER_S
            while time.monotonic() < end_s and not tail.is_whole():
                for topic, message in self._line.take(end_s - time.monotonic()):
                    if topic.startswith("log/") and message["t"] == "log":
                        tail.take(message, self._controller)
            if tail.is_whole():
                return True
        return False

    # -- where the streams end -------------------------------------------------------------------

    def _ask_for_lists(self, since_ms: int) -> None:
        """Ask everybody what is there, without telling what is here: nothing is."""
        self._say({"t": "have", "hw": self._console, "asks": True})
        end_s, is_enough = time.monotonic() + _LISTS_S, False
        while time.monotonic() < end_s and not self._is_in_one_incarnation(since_ms):
            for topic, message in self._line.take(_LOOK_S):
                if topic != "link":
                    self._note(message)
            if not is_enough and self._has_heard_enough():
                is_enough, end_s = True, min(end_s, time.monotonic() + _ALL_LISTS_S)

    def _is_in_one_incarnation(self, since_ms: int) -> bool:
        """Whether all that is wanted is of the incarnation that speaks: it has begun at the Unix time that is its number."""
        inc = self._line.status.get(self._controller, {}).get("inc")
        return inc in self._speaks and inc * 1000 < since_ms

    def _has_heard_enough(self) -> bool:
        """Whether the controller has told its list; of one that is offline, all others theirs."""
        online = self._line.online()
        return self._controller in self._listed if self._controller in online else set(online) <= self._listed

    def _note(self, message: dict) -> None:
        rows = message.get("vector", []) + message.get("beyond", []) if message["t"] == "have" else []
        for controller, inc, stream, last in rows:
            self._end(controller, inc, stream, last)
        for stream in _STREAMS:
            self._end(message["from"], message["inc"], stream, message["heads"][stream])
        if message["from"] == self._controller:
            self._speaks.add(message["inc"])
        if "vector" in message:
            self._listed.add(message["from"])

    def _end(self, controller: str, inc: int, stream: str, last: int) -> None:
        if controller == self._controller:
            self._ends[inc, stream] = max(last, self._ends.get((inc, stream), 0))

    def _say(self, message: dict) -> None:
        opening = {"from": self._console, "inc": 0, "heads": dict.fromkeys(_STREAMS, 0), "stamp": None}
        self._line.send(f"{message['t']}/{self._console}", self._line.sealed(messages.encode(opening | message)))


def in_order(events: list[dict], since_ms: int) -> list[dict]:
    """By stamp. One that was written again under another name counts once."""
    replaced = {(*event["was"], event["stream"]) for event in events if "was" in event}
    kept = [event for event in events if (event["inc"], event["seq"], event["stream"]) not in replaced]
    return sorted((event for event in kept if event["at_ms"] >= since_ms), key=lambda event: event["stamp"])
