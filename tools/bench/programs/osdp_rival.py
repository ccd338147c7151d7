"""How fast PyPI's osdp is with the same messages: `osdp_rival.py MESSAGES`, by an interpreter that has it.

Prints what osdp_probe.py prints.
"""

import json
import sys

from osdp._bus import Bus
from osdp._command import PollCommand, ReaderLedControlCommand
from osdp._device import Device
from osdp._reply import Reply
from osdp_probe import FIRST, load, rate


class Wire:
    """What its bus reads from."""

    def __init__(self):
        self.coming = b""
        self.said = []

    def write(self, data):
        self.said.append(data)

    def read(self, size):
        part, self.coming = self.coming[:size], self.coming[size:]
        return part


class Led:
    """A record that it does not check, as ours is made beforehand."""

    def __init__(self, data):
        self.build_data = lambda: data


class Rival:
    """Its panel with one reader, plain or in Secure Channel."""

    def __init__(self, told, is_secure):
        self.wire = Wire()
        self.bus = Bus(self.wire, None)
        self.device = Device(0, True, is_secure, told["master"])
        self.rmac = told["rmac"]
        if is_secure:
            channel = self.device._secure_channel
            channel.server_random_number = told["nonce"]
            channel.initialize(told["cuid"], told["theirs"], told["cryptogram"])
            channel.establish(self.rmac)
        self.device.message_control.sequence = FIRST

    def exchange(self, replies, code):
        """Poll, and take the reply, for each of them. Returns: the questions."""
        self.device._secure_channel._rmac, self.device.message_control.sequence = self.rmac, FIRST
        self.wire.said = []
        for reply in replies:
            self.wire.coming = reply
            said = self.bus.send_command_and_receive_reply(bytearray(b"\xff"), PollCommand(0), self.device)
            assert said.type.value == code and said.is_valid_reply
            self.bus.process_reply(said, self.device)
        return self.wire.said

    def decode(self, reply):
        """Find a reply in what came, and read it."""
        self.wire.coming, buffer = reply, bytearray()
        self.bus.wait_for_start_of_message(buffer)
        self.bus.wait_for_message_length(buffer)
        self.bus.wait_for_rest_of_message(buffer, self.bus.extract_message_length(buffer))
        said = Reply.parse(bytes(buffer), self.bus.id, PollCommand(0), self.device)
        assert said.is_valid_reply
        return said.type.value


def measure(told):
    plain, secure = Rival(told, False), Rival(told, True)

    def encode():
        return [command.build_command(plain.device) for command in (PollCommand(0), ReaderLedControlCommand(0, Led(told["led"])))]

    def decode():
        return [plain.decode(reply) for reply in told["plain"]]

    assert [b"\xff" + made for made in encode()] == told["commands"] and decode() == [0x40, 0x50]
    asked = secure.exchange(told["acks"], 0x40)
    return {
        "encoded": 2 * rate(encode),
        "decoded": 2 * rate(decode),
        "polls": len(asked) * rate(lambda: secure.exchange(told["acks"], 0x40)),
        "cards": len(asked) * rate(lambda: secure.exchange(told["cards"], 0x50)),
        "asked": [question.hex() for question in asked],
    }


if __name__ == "__main__":
    print(json.dumps(measure(load(sys.argv[1]))))
