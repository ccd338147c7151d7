"""A mosquitto for a benchmark: on a free port of the loopback, frozen and killed by its process id."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tools.web.port import free

_PROGRAM = Path(__file__).resolve().parents[2] / ".cache/mosquitto"
_CONFIGURATION = "listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\nlog_dest none\n"
_START_S = 10


def is_here() -> bool:
    """Say whether there is one; none is a notice."""
    if not _PROGRAM.exists():
        print("NOTICE: no mosquitto, so nothing is measured over it: run `make setup`", file=sys.stderr)
    return _PROGRAM.exists()


class Mosquitto:
    """`with Mosquitto() as broker`: listens. `settings`: of an MqttLink."""

    def __init__(self):
        self.port = free()
        self.settings = {"host": "127.0.0.1", "port": self.port, "user": None, "password": None, "tls": None}
        self._folder = tempfile.TemporaryDirectory(prefix="backstop-")

    def __enter__(self) -> "Mosquitto":
        configuration = Path(self._folder.name) / "mosquitto.conf"
        configuration.write_text(_CONFIGURATION.format(port=self.port))
        self._process = subprocess.Popen([str(_PROGRAM), "-c", str(configuration)], stderr=subprocess.DEVNULL)
        end_s = time.monotonic() + _START_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            except OSError:
                if time.monotonic() > end_s:
                    raise
                time.sleep(0.02)

    def __exit__(self, *_) -> None:
        self.kill()
        self._folder.cleanup()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def freeze(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self._process.pid, signal.SIGCONT)
