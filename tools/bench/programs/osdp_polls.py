"""A bus of readers that lives through recorded answers: `osdp_polls.py ROOT ANSWERS COUNT`, as osdp_messages.py made them.

Does nothing more once so many of the answers were heard. Prints {"events": how many, "bytes": taken from the heap since the
first COUNT_FROM answers, or null where that cannot be told} as JSON.
"""
import gc
import json
import sys
from binascii import unhexlify

READERS = 4
COUNT_FROM = 200


class Line:
    """What a shell does with a bus."""

    def __init__(self, answers):
        from firmware.hal import aes
        from firmware.wire.osdp_bus import OsdpBus
        from firmware.wire.osdp_cp import OsdpReader
        from tests.wire.osdp_world import KEY, Dice
        dice = Dice()
        self.bus = OsdpBus({"r%d" % address: OsdpReader(address, KEY, aes, dice) for address in range(READERS)}, 115200)
        self.answers = answers
        self.events = 0
        self.heard = 0

    def live(self, count):
        """Hear so many answers in all, each at its time, and tick when the bus asks for it in between."""
        while self.heard < count:
            at_ms, answer = self.answers[self.heard]
            due_ms = self.bus.next_deadline_ms()
            if due_ms < at_ms:
                self.take(self.bus.tick(due_ms))
            else:
                self.heard += 1
                self.take(self.bus.feed(answer, at_ms))

    def take(self, actions):
        for action in actions:
            self.events += action[0] == "reader"


def taken():
    return gc.mem_alloc() if hasattr(gc, "mem_alloc") else None


def main(path, count):
    with open(path) as file:
        answers = [(at_ms, unhexlify(answer)) for at_ms, answer in json.load(file)]
    line = Line(answers)
    line.live(COUNT_FROM)
    assert all([reader.is_secure for reader in line.bus.readers.values()])
    gc.collect()
    gc.disable()
    before = taken()
    line.live(count)
    print(json.dumps({"events": line.events, "bytes": None if before is None else taken() - before}))


if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])
    main(sys.argv[2], int(sys.argv[3]))
