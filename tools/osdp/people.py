"""Who speaks to the panel besides the reader: lines on the standard input, and signals."""

import os
import signal
import socket
import stat

_PIECE_BYTES = 4096
_STDIN = 0


class Input:
    """Lines of the standard input. `file` is None where nobody will say anything: no input, or the null device."""

    def __init__(self, panel):
        self.file = _STDIN if _is_anybody_there() else None
        self._panel = panel
        self._rest = b""

    def take(self, now_ms: int) -> list:
        """Read what there is; its end ends the panel, once the commands before it are done."""
        data = os.read(_STDIN, _PIECE_BYTES)
        *lines, self._rest = (self._rest + data).split(b"\n") if data else (self._rest, b"")
        if not data:
            self.file = None
            lines.append(b"quit")
        actions = []
        for line in lines:
            actions += self._panel.order(line.decode(errors="replace"), now_ms)
        return actions


class Signals:
    """Ctrl-C and the wish of others that this program ends."""

    def __init__(self, panel):
        self._panel = panel
        self.file, self._waker = socket.socketpair()
        self.file.setblocking(False)
        self._waker.setblocking(False)
        signal.set_wakeup_fd(self._waker.fileno())
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _wake)

    def take(self, _: int) -> list:
        """Take that one has come."""
        self.file.recv(_PIECE_BYTES)
        return self._panel.stop()


def _wake(*_) -> None:
    """What has to be done is done when the loop sees it."""


def _is_anybody_there() -> bool:
    try:
        there = os.fstat(_STDIN)
    except OSError:
        return False
    is_null = stat.S_ISCHR(there.st_mode) and there.st_rdev == os.stat(os.devnull).st_rdev
    return not is_null
