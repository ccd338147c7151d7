"""What passes between the door loop and the thread that carries messages: two bounded queues and the state of the link.

Some MicroPythons have a global interpreter lock and some have none, so every access is under one lock of our own, held
for a few steps only, and nothing but bytes, flags and counts passes.
"""

from _thread import allocate_lock

from firmware.hal.mqtt_queue import MessageQueue

BYTES_MAX = 4096  # of one payload
_COUNTS = (
    "connects",  # connections that came up: subscribed, ready
    "failures",  # attempts and connections that ended in trouble
    "half_open",  # of these, connections over which nothing came back any more
    "too_long",  # messages above the limit, in either direction: skipped, not carried
    "strange",  # messages and packets that nobody asked for
)


def full_topic(root: bytes, topic: bytes) -> bytes:
    """Return a topic as the broker knows it: below the root, unless it begins with /."""
    return topic[1:] if topic[:1] == b"/" else root + topic


class Mailbox:
    """The door loop calls `put` and `take`, neither of which waits for the network; the thread calls the rest.

    Limits: each queue holds `items_max` messages and `bytes_max` bytes.
    """

    def __init__(self, items_max: int, bytes_max: int):
        self._lock = allocate_lock()
        self._out = MessageQueue(items_max, bytes_max)
        self._in = MessageQueue(items_max, bytes_max)
        self._counts = {name: 0 for name in _COUNTS}
        self._is_up = False
        self._told_up = False
        self._has_broken = False  # since the last `take`, although it may be up again

    def put(self, topic: str, payload: bytes, is_retained: bool = False) -> None:
        """Queue a message for sending, below the root unless its topic begins with /. What the full queue drops is counted."""
        if len(payload) > BYTES_MAX:
            self.count("too_long")
            return
        message = (topic.encode(), payload, bool(is_retained))
        with self._lock:
            self._out.put(message)

    def take(self) -> list:
        """Return what came since: ("link", is_up) and ("message", topic, payload, is_retained)."""
        with self._lock:
            found = self._in.take_all()
            changes = self._changes()
            is_up = self._is_up
        messages = [message for message in map(self._readable, found) if message]
        return changes + messages if is_up else messages + changes

    @property
    def counts(self) -> dict:
        """Return all counts since the start, by name."""
        with self._lock:
            counts = dict(self._counts)
            counts["dropped_out"], counts["dropped_in"] = self._out.dropped, self._in.dropped
        return counts

    def arrived(self, topic: bytes, payload: bytes, is_retained: bool) -> None:
        """Take a message from the network."""
        with self._lock:
            self._in.put((topic, payload, is_retained))

    def next_out(self):
        """Remove and return the oldest message to send, or None."""
        with self._lock:
            return self._out.take()

    def set_up(self, is_up: bool) -> None:
        """Note that the link came up or broke. The door loop hears of each break, also of one that has healed already."""
        with self._lock:
            self._has_broken |= self._is_up and not is_up
            self._is_up = is_up

    def count(self, name: str) -> None:
        """Add one to a count."""
        with self._lock:
            self._counts[name] += 1

    def _changes(self) -> list:
        changes = []
        if self._told_up and self._has_broken:
            changes.append(("link", False))
            self._told_up = False
        self._has_broken = False
        if self._is_up and not self._told_up:
            changes.append(("link", True))
            self._told_up = True
        return changes

    def _readable(self, message: tuple):
        """The message as the door loop reads it. A topic that is no text comes from nobody we know."""
        try:
            return ("message", str(message[0], "utf-8"), message[1], message[2])
        except ValueError:
            self.count("strange")
            return None
