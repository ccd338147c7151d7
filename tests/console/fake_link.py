"""A link whose broker is the test."""

import threading

from firmware.hal.mailbox import Mailbox


class FakeLink(Mailbox):
    """`sent`: (topic, payload, is_retained) as they were put; `hear` lets a message arrive."""

    def __init__(self):
        super().__init__(5000, 8_000_000)
        self.sent: list[tuple] = []
        self.on_put = lambda topic, payload: None
        self.is_started = False

    def start(self) -> None:
        self.is_started = True

    def stop(self) -> None:
        self.is_started = False

    def put(self, topic: str, payload: bytes, is_retained: bool = False) -> None:
        self.sent.append((topic, payload, is_retained))
        # As a broker does: the answer comes in a thread of its own.
        threading.Thread(target=self.on_put, args=(topic, payload)).start()

    def hear(self, topic: str, payload: bytes, is_retained: bool = False) -> None:
        self.arrived(topic.encode(), payload, is_retained)
