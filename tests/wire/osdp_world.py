"""A line with readers in time that only tests move: what is sent arrives, and so does the reply, spoiled if a test wants it."""

from firmware.hal import aes
from firmware.wire.osdp_bus import OsdpBus
from firmware.wire.osdp_cp import OsdpReader
from tests.wire.osdp_pd import Pd, ecb

KEY = bytes([0x9C, 0x1F, 0x0B, 0x6E, 0x5A, 0xD2, 0x87, 0x44, 0x33, 0xE8, 0x17, 0x20, 0xCB, 0xF5, 0xA9, 0x6D])
NEW_KEY = ecb(KEY, bytes(16))
OTHER_KEY = ecb(KEY, bytes(15) + b"\1")


class Dice:
    """Numbers that look drawn, each another one."""

    def __init__(self, seed=0):
        self.drawn = seed

    def __call__(self, count):
        self.drawn += 1
        return ecb(b"a test's dice 16", self.drawn.to_bytes(16, "big"))[:count]


class World:
    """Readers r0, r1, .. at addresses 0, 1, .. and their other side. `spoil(question, reply)` may change each reply,
    `spoil_question(question)` what readers hear of a question.

    `events`: [(ms, name, event)]; `line`: [(ms, name of who sent or None for us, bytes)].
    """

    def __init__(self, pds, key=KEY, baud=115200, **more):
        self.pds, self.baud, self.now_ms = pds, baud, 0
        self.dice = Dice()
        readers = {}
        for pd in pds:
            readers["r%d" % pd.address] = OsdpReader(pd.address, key, aes, self.dice, **more)
        self.bus = OsdpBus(readers, baud)
        self.events, self.line, self.coming = [], [], []
        self.spoil = self.spoil_question = None

    def reader(self, name="r0"):
        return self.bus.readers[name]

    def run(self, span_ms):
        """Let so much time go by."""
        end_ms, turns, last_ms = self.now_ms + span_ms, 0, -1
        while True:
            turns = turns + 1 if last_ms == self.now_ms else 0
            last_ms = self.now_ms
            assert turns < 100, "time stands still"
            next_ms = self.bus.next_deadline_ms()
            if self.coming:
                next_ms = min(next_ms, self.coming[0][0])
            if next_ms > end_ms:
                self.now_ms = end_ms
                return
            self.now_ms = max(self.now_ms, next_ms)
            if self.coming and self.coming[0][0] <= self.now_ms:
                self.take(self.bus.feed(self.coming.pop(0)[1], self.now_ms))
            else:
                self.take(self.bus.tick(self.now_ms))

    def take(self, actions):
        for action in actions:
            if action[0] == "send":
                self.sent(action[1])
            else:
                self.events.append((self.now_ms, action[1], action[2]))

    def sent(self, data):
        self.line.append((self.now_ms, None, data))
        at_ms = self.now_ms + len(data) * 10000 // self.baud + 3
        if self.spoil_question:
            data = self.spoil_question(data)
        for pd in self.pds:
            reply = pd.hear(data)
            if reply and self.spoil:
                reply = self.spoil(data, reply)
            if reply:
                self.line.append((at_ms, "r%d" % pd.address, reply))
                self.coming.append((at_ms + len(reply) * 10000 // self.baud + 1, reply))
        self.coming.sort(key=lambda one: one[0])

    def say(self, *kinds, name=None):
        """Events of these kinds, or all."""
        return [one[2] for one in self.events if (not kinds or one[2][0] in kinds) and name in (None, one[1])]

    def questions(self):
        """(code, was it sealed, was it SCBK-D that was asked for) of each question."""
        asked = []
        for _, who, data in self.line:
            if who is None:
                block = data[6 : 6 + data[6]] if data[5] & 8 else b""
                is_sealed = len(block) == 2
                asked.append((data[6 + len(block)], is_sealed, len(block) == 3 and block[2] == 0))
        return asked

    def forget(self):
        self.events, self.line = [], []


class Once:
    """Spoils one reply, or one question: of a code if one is given. `at`: how many it has seen; `is_done`."""

    def __init__(self, how, code=None):
        self.how, self.code, self.is_done = how, code, False

    def __call__(self, data, reply=None):
        spoiled = data if reply is None else reply
        asked = data[8] if data[5] & 8 and data[6] == 2 else data[9] if data[5] & 8 else data[6]
        if self.is_done or (self.code is not None and asked != self.code):
            return spoiled
        self.is_done = True
        return self.how(spoiled)


def online(pd=None, **more):
    """A world whose reader is online in Secure Channel, and nothing said yet."""
    world = World([pd or Pd(0, KEY)], **more)
    world.run(500)
    assert ("online", True) in world.say(), world.events
    world.forget()
    return world
