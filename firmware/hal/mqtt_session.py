"""One connection to the broker, from the first byte to the trouble that ends it: subscribe, carry, and see that it lives.

A link can be half open: this side may still write, and nobody is there. So a message to oneself goes through the broker
every few seconds, and the link is closed when it does not come back.
"""

from firmware.const import const
from firmware.hal.mailbox import BYTES_MAX, full_topic

# Both together are the longest time for which a dead link goes unnoticed.
_ECHO_EVERY_MS = const(3000)
_ECHO_WAIT_MS = const(6000)
_SUBSCRIBED_MS = const(6000)  # until all subscriptions are confirmed
# Messages in a row in one direction, and their bytes inwards: then the door loop has its turn, before a queue overflows.
_BATCH = const(8)
_BATCH_BYTES = const(4096)
_ETIMEDOUT = const(110)


class Session:
    """Carries messages between a connected client and a mailbox. Topics in the mailbox are without `root`."""

    def __init__(self, client, mailbox, root: bytes, subscriptions: list, echo: bytes, now_ms: int):
        self._client = client
        self._mailbox = mailbox
        self._root = root
        self._echo = echo
        self._echo_number = 0
        self._has_echo = True  # the last one has come back
        self._echo_ms = now_ms  # when the last one was sent
        self._asked = {client.subscribe(root + topic) for topic in [echo] + subscriptions}
        self._asked_ms = now_ms + _SUBSCRIBED_MS
        client.sock.flush()
        self.is_proved = False  # by an echo
        self.is_half_open = False  # by one that did not come back

    def step(self, now_ms: int) -> bool:
        """Carry what is there, a few messages each way. Say whether there was any. Raises: OSError"""
        received = self._receive()
        if self._asked:
            if now_ms > self._asked_ms:
                raise OSError(_ETIMEDOUT)
            return received > 0
        if received < _BATCH:  # else an echo may lie behind what has not been read yet
            self._tend_echo(now_ms)
        has_sent = self._send()
        self._client.sock.flush()
        return has_sent or received > 0

    def _receive(self) -> int:
        """Return how many packets came; a full batch where more may be waiting."""
        left = _BATCH_BYTES
        for count in range(_BATCH):
            if not self._client.sock.is_readable():
                return count
            left -= self._heard(self._client.read(BYTES_MAX))
            if left <= 0:
                break
        return _BATCH

    def _heard(self, packet: tuple) -> int:
        """Take a packet, and return how many bytes of it stay."""
        if packet[0] == "message":
            self._arrived(*packet[1:])
            return len(packet[2])
        if packet[0] == "subscribed":
            self._subscribed(packet[1])
        else:
            self._mailbox.count(packet[0])
        return 0

    def _subscribed(self, number: int) -> None:
        if number not in self._asked:
            self._mailbox.count("strange")
            return
        self._asked.discard(number)
        if not self._asked:
            self._mailbox.count("connects")
            self._mailbox.set_up(True)

    def _arrived(self, topic: bytes, payload: bytes, is_retained: bool) -> None:
        if not topic.startswith(self._root):
            self._mailbox.count("strange")
            return
        topic = topic[len(self._root) :]
        if topic != self._echo:
            self._mailbox.arrived(topic, payload, is_retained)
        elif payload == str(self._echo_number).encode():
            self.is_proved = self._has_echo = True

    def _send(self) -> bool:
        for count in range(_BATCH):
            message = self._mailbox.next_out()
            if not message:
                return count > 0
            self._client.publish(full_topic(self._root, message[0]), message[1], message[2])
        return True

    def _tend_echo(self, now_ms: int) -> None:
        since_ms = now_ms - self._echo_ms
        if self._has_echo and since_ms >= _ECHO_EVERY_MS:
            self._has_echo = False
            self._echo_ms = now_ms
            self._echo_number += 1
            self._client.publish(self._root + self._echo, str(self._echo_number).encode(), False)
        elif not self._has_echo and since_ms > _ECHO_WAIT_MS:
            self.is_half_open = True
            raise OSError(_ETIMEDOUT)
