"""Processes that run board.py, and somebody who listens to and speaks with them over the same broker."""
import json
import subprocess
import sys
import threading
import time

from paho.mqtt import client as paho

from tests import interpreters
from tests.broker.board import ROOT
from tests.brokers import UMQTT, need, wait_for

BOARD = interpreters.ROOT / "tests/broker/board.py"


def command(kind: str) -> list[str]:
    """How to start an interpreter as a board; without it the test is left out, or fails where CI says so."""
    if kind == interpreters.CPYTHON:
        return [sys.executable]
    if not interpreters.find(kind):
        need(interpreters.ROOT / ".cache" / kind, kind)
    need(UMQTT, "umqtt.simple")
    return [interpreters.find(kind), "-X", "heapsize=1m"]


class Board:
    """`with Board(kind, port)`: a process. `lines`: (seconds, what it printed), oldest first."""

    def __init__(self, kind: str, port: int):
        self.kind = self.name = kind
        self.lines: list[tuple[float, dict]] = []
        self._command = [*command(kind), str(BOARD), str(interpreters.ROOT), str(UMQTT), str(port), self.name]
        self._process = None

    def __enter__(self) -> "Board":
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        threading.Thread(target=self._read, daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        self.kill()

    def _read(self) -> None:
        for line in self._process.stdout:
            try:
                self.lines.append((time.monotonic(), json.loads(line)))
            except ValueError:
                self.lines.append((time.monotonic(), {"error": line.rstrip()}))

    def kill(self) -> None:
        """End it as a power cut would."""
        self._process.kill()
        self._process.wait()

    def wait_link(self, is_up: bool, since: int = 0, patience_s: float = 30) -> float:
        """Wait until it says so, after so many lines, and return when it did."""
        found = wait_for(
            lambda: [at_s for at_s, line in self.lines[since:] if line.get("link") is is_up],
            f"{self.kind}: the link is not {'up' if is_up else 'down'}",
            patience_s,
        )
        return found[0]

    def messages(self, topic: str) -> list[dict]:
        """What it heard there. amqtt also sends new clients retained messages that only others have asked for."""
        return [line for _, line in list(self.lines) if line.get("topic") == topic]

    def stats(self) -> dict:
        """The newest figures, of this moment or a fifth of a second before."""
        return next((line for _, line in reversed(self.lines) if "stats" in line), {"stats": {}, "heard": 0})

    def next_stats(self) -> dict:
        """The figures from now on."""
        since = len(self.lines)
        wait_for(lambda: sum("stats" in line for _, line in self.lines[since:]) >= 2, f"{self.kind}: silent")
        return self.stats()

    def assert_no_call_waited(self) -> None:
        """Neither put nor take took a second: generous, because other tests run on the same cores."""
        calls = self.next_stats()["calls"]
        assert not [line["error"] for _, line in self.lines if "error" in line], self.kind
        assert calls["put"][0] and calls["take"][0] and calls["put"][2] == calls["take"][2] == 0, f"{self.kind}: {calls}"


class Listener:
    """`with Listener(port)`: hears everything under the root, in order, as (topic, payload, is_retained)."""

    def __init__(self, port: int):
        self.heard: list[tuple[str, bytes, bool]] = []
        self._port = port
        self._client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id="listener")
        self._client.on_connect = lambda client, *_: client.subscribe(f"{ROOT}/#")
        self._client.on_message = self._arrived
        self._is_ready = threading.Event()
        self._client.on_subscribe = lambda *_: self._is_ready.set()

    def __enter__(self) -> "Listener":
        self._client.connect("127.0.0.1", self._port)
        self._client.loop_start()
        assert self._is_ready.wait(20)
        return self

    def __exit__(self, *_) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _arrived(self, _client, _data, message) -> None:
        self.heard.append((message.topic.removeprefix(f"{ROOT}/"), message.payload, message.retain))

    def say(self, topic: str, payload: bytes, is_retained: bool = False) -> None:
        self._client.publish(f"{ROOT}/{topic}", payload, retain=is_retained)

    def payloads(self, topic: str) -> list[bytes]:
        """What was said there since this listener came; what the broker had kept from before does not count."""
        return [payload for heard, payload, is_retained in list(self.heard) if heard == topic and not is_retained]
