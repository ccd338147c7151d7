"""Our control panel on a wire. `refresh` does what is due, `cards` is what it knows of cards: the face of both panels."""

import os

from firmware.hal import aes
from firmware.wire.osdp_bus import OsdpBus
from firmware.wire.osdp_cp import OsdpReader


class Ours:
    """`cards`: [(when, its bits)]."""

    name = "ours"

    def __init__(self, addresses: list[int], key: bytes, end, clock):
        self.cards: list[tuple[int, str]] = []
        self._end = end
        self._clock = clock
        self._bus = OsdpBus({f"r{no}": OsdpReader(no, key, aes, os.urandom) for no in addresses}, end.baud)

    def refresh(self) -> None:
        now_us = self._clock()
        data, now_ms = self._end.read(now_us), now_us // 1000
        if data:
            self._do(self._bus.feed(data, now_ms))
        elif self._bus.next_deadline_ms() <= now_ms:
            self._do(self._bus.tick(now_ms))

    def _do(self, actions: list) -> None:
        for action in actions:
            if action[0] == "send":
                self._end.write(action[1], self._clock())
            elif action[2][0] == "card":
                self.cards.append((self._clock(), action[2][1]))
