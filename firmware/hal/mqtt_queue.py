"""A bounded queue of messages that drops the oldest heartbeat first, and counts what it drops."""

from firmware.const import const

_HEARTBEAT = const(b"have/")  # a newer one says all that an older one said


class MessageQueue:
    """Messages (topic, payload, is_retained), topic and payload as bytes, oldest first. Not locked: a mailbox does that.

    Limits: `items_max` messages and `bytes_max` bytes of topics and payloads.
    """

    def __init__(self, items_max: int, bytes_max: int):
        self.items_max = items_max
        self.bytes_max = bytes_max
        self.dropped = 0
        self._items = []
        self._bytes = 0

    def put(self, message: tuple) -> None:
        """Take a message at the end. Older ones make room for it; one too large for the whole queue is dropped itself."""
        size = _size(message)
        if size > self.bytes_max:
            self.dropped += 1
            return
        while len(self._items) >= self.items_max or self._bytes + size > self.bytes_max:
            self._remove(self._least())
            self.dropped += 1
        self._items.append(message)
        self._bytes += size

    def take(self):
        """Remove and return the oldest message, or None."""
        return self._remove(0) if self._items else None

    def take_all(self) -> list:
        """Remove and return all messages."""
        items, self._items, self._bytes = self._items, [], 0
        return items

    def _least(self) -> int:
        """Index of the message that is missed least: the oldest heartbeat, else the oldest of all."""
        for index, message in enumerate(self._items):
            if message[0].startswith(_HEARTBEAT):
                return index
        return 0

    def _remove(self, index: int) -> tuple:
        message = self._items.pop(index)
        self._bytes -= _size(message)
        return message


def _size(message: tuple) -> int:
    return len(message[0]) + len(message[1])
