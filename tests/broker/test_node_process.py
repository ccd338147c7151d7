"""`host_sim node` with its pins over a socket: a controller that crashes comes back with its flash, on either interpreter."""

import json
import signal
import socket
import subprocess
import sys
import time

import pytest

from firmware.wire.wiegand_texts import encode_card
from host_sim.broker import EmbeddedBroker
from host_sim.hands import BIT_MS
from tests import interpreters
from tests.brokers import UMQTT, need
from tests.tools.sites import small

pytestmark = [pytest.mark.broker, pytest.mark.slow]
PATIENCE_S = 30
CARD = encode_card(small()["users"]["kim"]["cards"][0])


class Pins:
    """A simulator that listens for one controller. `lines`: what the controller has said since it called last."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(PATIENCE_S)
        self.address = "%s:%d" % self._listener.getsockname()
        self._file = None
        self.lines: list[list] = []

    def close(self) -> None:
        self._listener.close()
        if self._file:
            self._file.close()

    def power_on(self, told: list) -> None:
        """Take its call, and let it work. `told`: names of events that it has told."""
        connection, _ = self._listener.accept()
        connection.settimeout(PATIENCE_S)
        self._file, self.lines = connection.makefile("rw"), []
        boot = {"contacts": {}, "hardware": "c1-test", "seed": 1, "entropy": f"{time.time_ns()}", "misses": [], "told": told}
        self.say("boot", boot | {"start_ms": time.time_ns() // 1_000_000})
        self.say("go", {"cause": "power_on", "at_ms": time.time_ns() // 1_000_000})

    def say(self, *words) -> None:
        self._file.write(json.dumps(words) + "\n")
        self._file.flush()

    def hears(self, is_it) -> list:
        """Return the first line that is so."""
        for line in self._file:
            self.lines.append(json.loads(line))
            if is_it(self.lines[-1]):
                return self.lines[-1]
        raise AssertionError(f"the controller has gone; it said {self.lines}")

    def hears_event(self, kind: str) -> dict:
        return self.hears(lambda line: line[0] == "event" and line[1]["type"] == kind)[1]

    def hears_end(self) -> None:
        assert self._file.read() is not None


@pytest.fixture
def pins():
    made = Pins()
    yield made
    made.close()


@pytest.fixture
def node(tmp_path, pins, request):
    """The command as a person gives it; ends with the test."""
    if request.param == interpreters.MICROPYTHON:
        need(interpreters.ROOT / ".cache/micropython64/micropython", "MicroPython")
        need(UMQTT, "umqtt.simple")
    file = tmp_path / "site.json"
    file.write_text(json.dumps(small()))
    with EmbeddedBroker() as url:
        words = ["node", "c1", "--site", str(file), "--broker", url, "--flash", str(tmp_path / "c1.img"), "--pins", pins.address]
        words += ["--micropython"] * (request.param == interpreters.MICROPYTHON)
        command = [sys.executable, "-m", "host_sim", *words]
        with subprocess.Popen(command, cwd=interpreters.ROOT, stderr=subprocess.PIPE, text=True) as process:
            try:
                yield process
            finally:
                process.kill()


@pytest.mark.parametrize("node", [interpreters.CPYTHON, interpreters.MICROPYTHON], indirect=True)
def test_after_a_crash_it_starts_again_and_knows_from_its_flash_who_is_inside(node, pins):
    pins.power_on([])
    assert pins.hears(lambda line: line[0] == "ready") == ["ready", []]
    pins.hears(lambda line: line == ["link", True])
    pins.say("bits", "lobby_in", CARD, 0, BIT_MS)
    pins.hears(lambda line: line == ["lock", "lobby", False])
    granted = pins.hears_event("access.granted")
    time.sleep(0.5)  # durable within 100 ms

    pins.say("leaf", "no such door", True)  # breaks the firmware, as a bug would
    pins.hears(lambda line: line[0] == "safe")
    pins.hears_end()
    name = [granted["inc"], granted["stream"], granted["seq"]]
    pins.power_on([name])
    assert pins.hears(lambda line: line[0] == "ready") == ["ready", [name]]
    assert pins.hears_event("controller.started")["reset_cause"] == "crash"
    pins.say("bits", "lobby_in", CARD, 0, BIT_MS)
    assert pins.hears_event("access.denied")["reason"] == "double_entrance"

    node.send_signal(signal.SIGTERM)
    pins.hears_end()
    _, said = node.communicate(timeout=PATIENCE_S)
    assert node.returncode == 0
    assert "KeyError" in said and "no such door" in said, "its last words are lost"
