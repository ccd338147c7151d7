"""Readers of libosdp and the installer's tool, as processes that talk to each other."""

import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.brokers import need
from tests.interpreters import ALL, CPYTHON, ROOT, find, is_required
from tests.programs import WAIT_S, Printed, wait_until

PEER = ROOT / ".cache/osdp-peer"
KEY = "9c1f0b6e5ad2874433e81720cbf5a96d"
OTHER_KEY = "b0527fd69d14c1e83a61f86e0bf1974c"
ADDRESS = 5
_POLLED_S = 1  # what a reader says to the first poll of a panel may be old, and is dropped: nobody is that fast
CARD = {"event": 1, "reader_no": 0, "format": 1, "direction": 0, "length": 26, "data": "bb032180"}
CREDENTIAL = "H10301:118:1603"
KEYS = {"event": 2, "reader_no": 0, "data": "31327f0d"}
TAMPER = {"event": 4, "type": 2, "report": "0100"}
INPUT = {"event": 4, "type": 0, "report": "0100"}
_TRIES, _TRY_S = 4, 5
INTERPRETERS = pytest.mark.parametrize("interpreter", ALL)
LINES = pytest.mark.parametrize("line", ("pty", "tcp"))


class Program:
    """A process that prints JSON and reads lines. Everything that it prints is in `events`."""

    def __init__(self, command: list, folder: Path = ROOT):
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder, env=environment)
        self._printed = Printed(self._process)

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        self._process.stdin.close()
        self._process.kill()
        self._process.wait(WAIT_S)
        self._printed.close()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def events(self) -> list[dict]:
        return list(self._printed.events)

    def of(self, *kinds: str) -> list[dict]:
        return self._printed.of(*kinds)

    def say(self, line: str) -> None:
        self._process.stdin.write(line.encode() + b"\n")
        self._process.stdin.flush()

    def wait_for(self, kind: str, count: int = 1, wait_s: float = WAIT_S) -> dict:
        """Return the last event of a kind, when there are so many."""
        wait_until(lambda: len(self.of(kind)) >= count or self._process.poll() is not None, f"{count} {kind}: {self.events}", wait_s)
        assert len(self.of(kind)) >= count, self.events
        if kind in ("online", "reader.online"):
            time.sleep(_POLLED_S)
        return self.of(kind)[-1]

    def end(self, line: str = "quit") -> int:
        """Have it end. Returns: its exit status."""
        if line:
            self.say(line)
        self._process.stdin.close()
        status = self._process.wait(WAIT_S)
        self._printed.close()
        return status


class Readers(Program):
    """libosdp's readers on one line. keys: {address: key in hex, or None for install mode}."""

    def __init__(self, line: str = "pty", keys: dict | None = None, baud: int | None = None, at: int = 0, echo: bool = False):
        need(PEER / ".ready", "libosdp")
        readers = [{"address": address, "key": key} for address, key in (keys or {ADDRESS: KEY}).items()]
        settings = {"line": line, "baud": baud, "at": at, "echo": echo, "readers": readers}
        super().__init__([str(PEER / "bin/python"), str(ROOT / "tests/osdp/pd.py"), json.dumps(settings)])
        self.port = self.wait_for("port")["port"]

    def present(self, event: dict, one: Program, kind: str, address: int = ADDRESS) -> dict:
        """Have a reader say something until the panel shows it. libosdp 3.2.9 forgets what was in a reply that came too late."""
        before = len(one.of(kind))
        for _ in range(_TRIES):
            self.say(json.dumps({"address": address, "event": event}))
            with contextlib.suppress(AssertionError):
                return one.wait_for(kind, before + 1, _TRY_S)
        raise AssertionError(f"no {kind}: {one.events}")


def tool(port: str, *words: str, address: int = ADDRESS, folder: Path = ROOT) -> Program:
    """Start the command line itself, in a folder where it may write where the test has it write."""
    return Program([sys.executable, "-m", "tools.osdp", "--port", port, "--address", str(address), *words], folder)


def program(interpreter: str, port: str, keys: tuple = (KEY,), baud: int = 9600, addresses: tuple = (ADDRESS,), **more) -> Program:
    """Start the same panel on an interpreter."""
    path = sys.executable if interpreter == CPYTHON else find(interpreter)
    if not path:
        (pytest.fail if is_required() else pytest.skip)(f"no {interpreter}: run `make setup`")
    settings = {"port": port, "baud": baud, "addresses": addresses, "keys": keys, "pair": False, "allow_plain": False} | more
    return Program([path, str(ROOT / "tests/osdp/program.py"), str(ROOT), json.dumps(settings)])


def panel(interpreter: str, port: str, folder: Path, key: str | None = KEY, pair: bool = False, allow_plain: bool = False) -> Program:
    """Start a panel: the command line on CPython, the same panel in a small program on MicroPython. folder: for key files."""
    if interpreter != CPYTHON:
        keys = () if pair or not key else (key,)
        return program(interpreter, port, keys, pair=pair, allow_plain=allow_plain)
    words = ["--pair", "--show-key"] if pair else ["--key", key] if key else []
    return tool(port, *words, *(["--allow-plain"] if allow_plain else []), folder=folder)
