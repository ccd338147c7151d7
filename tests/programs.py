"""Programs that tests start: servers on free ports of the loopback, ended by whoever started them, and what others print."""

import json
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterable
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

WAIT_S = 20
# Debian keeps servers where only root's PATH looks.
_PATH = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))


def find(name: str) -> str:
    """Find a program. None found is a failure where CI says so, else the test is left out."""
    path = shutil.which(name, path=_PATH)
    if path is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"no {name}: run `make setup`")
    return path


def free_ports(count: int) -> list[int]:
    """Find ports nobody listens on."""
    with ExitStack() as probes:
        found = [probes.enter_context(socket.socket()) for _ in range(count)]
        for probe in found:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in found]


@contextmanager
def running(command: list[str], ports: Iterable[int], log: Path):
    """Run a server from when it listens on all its ports; what it says is added to a file."""
    with log.open("ab") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, stdin=subprocess.DEVNULL)
    try:
        for port in ports:
            _await(process, port, log)
        yield process
    finally:
        process.terminate()
        process.wait(WAIT_S)


def _await(process: subprocess.Popen, port: int, log: Path) -> None:
    until_s = time.monotonic() + WAIT_S
    while time.monotonic() < until_s and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.02)
    pytest.fail(f"{process.args[0]} does not listen on {port}: {log.read_text()}")


class Printed:
    """The events that a process prints, one JSON object a line. `events`: until now."""

    def __init__(self, process: subprocess.Popen):
        self._lines = process.stdout
        self.events: list[dict] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in self._lines:
            self.events.append(json.loads(line))

    def of(self, *kinds: str) -> list[dict]:
        return [event for event in list(self.events) if event["type"] in kinds]

    def close(self) -> None:
        """Read the rest; the process has ended."""
        self._reader.join()
        self._lines.close()


def wait_until(condition, what: str, wait_s: float = WAIT_S) -> None:
    """Wait for a condition, and fail where it does not come true."""
    until_s = time.monotonic() + wait_s
    while not condition():
        assert time.monotonic() < until_s, f"waited {wait_s} s in vain: {what}"
        time.sleep(0.01)
