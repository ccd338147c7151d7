"""Real brokers for tests: mosquitto in a process of its own, on a free loopback port. Stopped by its process id."""
import contextlib
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from tests.interpreters import ROOT, is_required

MOSQUITTO = ROOT / ".cache/mosquitto"
UMQTT = ROOT / ".cache/umqtt"
PATIENCE_S = 20
_CONFIGURATION = """listener {port} 127.0.0.1
allow_anonymous true
persistence false
log_dest stderr
log_type all
connection_messages true
"""


def need(path: Path, what: str) -> None:
    """Leave a test out, or fail where CI says so, when setup could not get something."""
    if not path.exists():
        (pytest.fail if is_required() else pytest.skip)(f"no {what}: run `make setup`")


def free_port() -> int:
    """A port of the loopback interface that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Mosquitto:
    """`with Mosquitto(folder) as broker`: one broker, its configuration and its log in `folder`."""

    def __init__(self, folder: Path):
        need(MOSQUITTO, "mosquitto")
        self.folder = folder
        self.port = free_port()
        self.log = folder / "mosquitto.log"
        self._process = None

    def __enter__(self) -> "Mosquitto":
        (self.folder / "mosquitto.conf").write_text(_CONFIGURATION.format(port=self.port))
        self.start()
        return self

    def __exit__(self, *_) -> None:
        self.kill()

    @property
    def settings(self) -> dict:
        """What a link needs to find it."""
        return {"host": "127.0.0.1", "port": self.port, "user": None, "password": None, "tls": None}

    def start(self) -> None:
        """Start, on the same port as before, and wait until it listens."""
        with open(self.log, "ab") as log:
            command = [str(MOSQUITTO), "-c", str(self.folder / "mosquitto.conf")]
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        wait_for(self._listens, f"mosquitto does not listen: {self.log}")

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """Stop it in the middle: its connections stay open, and nobody answers."""
        os.kill(self._process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self._process.pid, signal.SIGCONT)

    def _listens(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return False


def wait_for(is_so, complaint="", patience_s: float = PATIENCE_S):
    """Wait until is_so() holds, and return what it says."""
    end_s = time.monotonic() + patience_s
    while not (found := is_so()):
        assert time.monotonic() < end_s, complaint or f"not within {patience_s} s: {is_so}"
        time.sleep(0.02)
    return found
