"""One process and the socket to its pins. It is started without power: it has all its code by the time that power comes."""

import contextlib
import json
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

_LINE_BYTES = 1 << 16


class Process:
    """A controller's process. `heard(line)` is called for each line, `gone()` when it has ended by itself."""

    def __init__(self, time, log: Path, heard: Callable[[list], None], gone: Callable[[int], None]):
        self._time, self._log, self._heard, self._gone = time, log, heard, gone
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setblocking(False)
        self._socket: socket.socket | None = None
        self._process: subprocess.Popen | None = None
        self._buffer, self._outbox = b"", b""
        self._log_bytes = 0  # of the log before the newest process
        time.listen(self._listener, self._accept)

    @property
    def address(self) -> list:
        return list(self._listener.getsockname())

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def is_there(self) -> bool:
        """It waits for power, or works."""
        return self._socket is not None

    def start(self, command: list[str]) -> None:
        """Start it. What it says on its error output is added to the log."""
        with self._log.open("ab") as log:
            self._log_bytes = log.tell()
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def said(self) -> str:
        """Return what the newest process said on its error output."""
        return self._log.read_bytes()[self._log_bytes :].decode(errors="replace") if self._log.exists() else ""

    def look(self) -> None:
        """Notice a process that has ended before it ever listened."""
        if self._process and not self._socket and self._process.poll() is not None:
            self._end()

    def say(self, *words) -> None:
        """Send a line, or keep it until the process listens."""
        self._outbox += json.dumps(words).encode() + b"\n"
        self._flush()

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process:
            self._process.kill()
            self._process.wait()
        self._accept()  # it may have called, and nobody has answered yet
        self._hang_up()
        self._process = None

    def close(self) -> None:
        self.kill()
        self._time.forget(self._listener)
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._socket, _ = self._listener.accept()
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._time.listen(self._socket, self._read)
            self._flush()

    def _flush(self) -> None:
        if self._socket and self._outbox:
            with contextlib.suppress(OSError):
                self._socket.sendall(self._outbox)
            self._outbox = b""

    def _read(self) -> None:
        try:
            data = self._socket.recv(_LINE_BYTES)
        except OSError:
            data = b""
        if not data:
            self._end()
            return
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        for line in lines:
            self._heard(json.loads(line))

    def _end(self) -> None:
        """It closed the socket: it has failed."""
        self._hang_up()
        process, self._process = self._process, None
        if process:
            self._gone(process.wait(10))

    def _hang_up(self) -> None:
        if self._socket:
            self._time.forget(self._socket)
            self._socket.close()
        self._socket, self._buffer, self._outbox = None, b"", b""
