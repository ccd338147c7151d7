"""How fast the firmware's OSDP is on some interpreter: `osdp_probe.py ROOT MESSAGES`, as osdp_messages.py made them.

Prints what is done in a second as JSON, and `asked`, the questions that went out, in hex.
"""
import json
import sys
from binascii import hexlify, unhexlify

try:
    from time import process_time
except ImportError:
    from time import ticks_us

    def process_time():
        return ticks_us() / 1000000


AT_LEAST_S, REPEAT = 0.1, 5
FIRST = 2  # the number of the first poll: those before it are the handshake's


def rate(call):
    """The best of some runs: what else the machine does only ever slows it down."""
    best = 0
    for _ in range(REPEAT):
        calls, start_s = 0, process_time()
        taken_s = 0
        while taken_s < AT_LEAST_S:
            call()
            calls += 1
            taken_s = process_time() - start_s
        best = max(best, calls / taken_s)
    return best


class Panel:
    """One reader's line in Secure Channel, from its first poll on as often as one likes."""

    def __init__(self, told):
        from firmware.hal import aes
        from firmware.wire.osdp_frame import Frames
        from firmware.wire.osdp_link import Link
        from firmware.wire.osdp_secure import Session
        self.frames, self.link = Frames(), Link(0)
        self.link.session = Session(aes, told["key"], told["nonce"])
        assert self.link.session.answer(told["theirs"], told["cryptogram"])
        self.link.is_secure = True
        self.first_mac = self.link.session._reply_mac

    def exchange(self, replies, kind):
        """Poll, and take the reply, for each of them. Returns: the questions."""
        from firmware.wire.osdp_replies import read
        self.link._number, self.link.session._reply_mac = FIRST, self.first_mac
        asked = []
        for reply in replies:
            asked.append(self.link.ask(0x60, b""))
            self.frames.feed(reply)
            verdict = self.link.judge(self.frames.next())
            assert read(verdict[1], verdict[2])[0] == kind
        return asked


def measure(told):
    from firmware.wire.osdp_frame import Frames, body, closed
    panel, frames, replies = Panel(told), Frames(), told["plain"]

    def encode():
        return [closed(body(0, 6, b"", 0x60, b"")), closed(body(0, 6, b"", 0x69, told["led"]))]

    def decode():
        found = []
        for reply in replies:
            frames.feed(reply)
            found.append(frames.next().code)
        return found

    assert encode() == told["commands"] and decode() == [0x40, 0x50]
    asked = panel.exchange(told["acks"], "ack")
    return {
        "encoded": 2 * rate(encode),
        "decoded": 2 * rate(decode),
        "polls": len(asked) * rate(lambda: panel.exchange(told["acks"], "ack")),
        "cards": len(asked) * rate(lambda: panel.exchange(told["cards"], "card")),
        "asked": [hexlify(question).decode() for question in asked],
    }


def load(path):
    """Return the messages as bytes."""
    with open(path) as file:
        told = json.load(file)
    return {name: [unhexlify(each) for each in told[name]] if isinstance(told[name], list) else unhexlify(told[name]) for name in told}


if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])
    print(json.dumps(measure(load(sys.argv[2]))))
