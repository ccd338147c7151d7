"""Readers of libosdp on one line, as a program: `python pd.py SETTINGS`, run where libosdp is installed.

SETTINGS, in JSON: "line" is "pty" or "tcp", "at" its port for tcp, 0 for any; "baud" paces the bytes, null does not; "echo": the
    panel hears itself; "readers" are [{"address", "key"}], a key in hex
    or null for install mode.
Prints {"type": "port", "port": ..} first, then what the readers are told: {"type": its name, "address", ..}, bytes in hex.
Reads events to submit: {"address", "event": {..}}, as libosdp has them, numbers for names and bytes in hex.
"""

import json
import os
import pty
import select
import socket
import sys
import time
import tty

from osdp import Capability, Channel, Command, LibFlag, LogLevel, PDCapabilities, PDInfo, PdId, PeripheralDevice

_REFRESH_S = 0.005
_PACED_S = 0.001
_PIECE = 4096
_COMMANDS = {
    Command.Output: "output", Command.LED: "led", Command.Buzzer: "buzzer", Command.Text: "text", Command.Keyset: "keyset",
}  # fmt: skip
_CAPABILITIES = [
    (Capability.ContactStatusMonitoring, 1, 2), (Capability.OutputControl, 1, 4), (Capability.LEDControl, 4, 2),
    (Capability.AudibleControl, 2, 1), (Capability.TextOutput, 1, 1), (Capability.CardDataFormat, 1, 1),
]  # fmt: skip


def say(**what):
    print(json.dumps(what), flush=True)


def texts(values):
    """Bytes in hex, all else as it is."""
    return {name: value.hex() if isinstance(value, bytes) else value for name, value in values.items()}


class Pty:
    """The far end of a pty. It stays open while nobody uses the near one."""

    def __init__(self, _):
        self.file, self._near = pty.openpty()
        tty.setraw(self._near)
        os.set_blocking(self.file, False)
        self.port = os.ttyname(self._near)

    def read(self):
        return os.read(self.file, _PIECE)

    def write(self, data):
        os.write(self.file, data)


class Tcp:
    """A serial server for one client at a time."""

    def __init__(self, at):
        self._listener = self.file = socket.create_server(("127.0.0.1", at))
        self.port = "tcp://127.0.0.1:%d" % self.file.getsockname()[1]

    def read(self):
        if self.file is self._listener:
            self.file, _ = self._listener.accept()
            return b""
        data = self.file.recv(_PIECE)
        if not data:
            self.file.close()
            self.file = self._listener
        return data

    def write(self, data):
        if self.file is not self._listener:
            self.file.sendall(data)


class Bus(Channel):
    """One reader's end of the line that all of them hear."""

    def __init__(self, line, number):
        self.id = number
        self._line = line
        self.heard = b""
        super().__init__()

    def read(self, size):
        data, self.heard = self.heard[:size], self.heard[size:]
        return data

    def write(self, data):
        self._line.send(self, data)
        return len(data)

    def flush(self):
        """Nothing: it is called before each reply, and a question may be there."""


class Line:
    """Bytes on their way, at the pace of the baud rate. `ends`: the readers, each of which hears all the others, too.

    Questions arrive as a whole, when their last byte has: libosdp 3.2.9 answers none that it reads in two pieces. Answers
    go out byte by byte.
    """

    def __init__(self, far, baud, echo):
        self.far, self.ends, self._echo = far, [], echo
        self._byte_s = 10 / baud if baud else 0
        self._free_s = 0.0
        self._coming = []  # (when, who hears it, bytes)

    def send(self, sender, data):
        start_s = max(self._free_s, time.monotonic())
        self._free_s = start_s + len(data) * self._byte_s
        for end in self.ends:
            if end is not sender:
                self._coming.append((self._free_s, end, data))
        if sender or self._echo:
            for at in range(len(data)):
                self._coming.append((start_s + (at + 1) * self._byte_s, self.far, data[at : at + 1]))
        self._coming.sort(key=lambda one: one[0])

    def move(self):
        """Deliver what has arrived by now."""
        now_s, out = time.monotonic(), b""
        while self._coming and self._coming[0][0] <= now_s:
            _, end, data = self._coming.pop(0)
            if end is self.far:
                out += data
            else:
                end.heard += data
        if out:
            self.far.write(out)


def reader(settings, end):
    address = settings["address"]

    def told(command):
        name = _COMMANDS.get(command["command"], "other")
        say(**texts({**command, "type": name, "address": address}))
        return 0, None

    key = settings["key"] and bytes.fromhex(settings["key"])
    flags = [] if key else [LibFlag.InstallMode]
    info = PDInfo(address, end, scbk=key, flags=flags, id=PdId(1, 2, 0x5C2623, 0x12345600 + address, 0x030201))
    return PeripheralDevice(info, PDCapabilities(_CAPABILITIES), LogLevel.Emergency, command_handler=told)


def main(settings):
    far = {"pty": Pty, "tcp": Tcp}[settings["line"]](settings["at"])
    line = Line(far, settings["baud"], settings["echo"])
    readers = {}
    for one in settings["readers"]:
        end = Bus(line, one["address"] + 1)
        line.ends.append(end)
        readers[one["address"]] = reader(one, end)
    say(type="port", port=far.port)
    while True:
        ready, _, _ = select.select([far.file, 0], [], [], _PACED_S if settings["baud"] else _REFRESH_S)
        if far.file in ready:
            line.send(None, far.read())
        if 0 in ready and not order(readers):
            return
        line.move()
        for one in readers.values():
            one.ctx.refresh()
        line.move()


def order(readers):
    """Take an event to submit. Returns: whether more may come."""
    text = sys.stdin.buffer.raw.readline()
    if text:
        said = json.loads(text)
        event = {name: bytes.fromhex(value) if isinstance(value, str) else value for name, value in said["event"].items()}
        readers[said["address"]].ctx.submit_event(event)
    return bool(text)


main(json.loads(sys.argv[1]))
