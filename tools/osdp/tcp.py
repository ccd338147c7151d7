"""A line that a serial server carries over TCP. Runs on MicroPython."""

import socket

DELAY_MS = 160  # as OsdpBus has it; a sender that waits for acknowledgements may hold bytes back for 40 ms
_CONNECT_S = 3
_PIECE_BYTES = 4096
_IPPROTO_TCP, _NODELAY = 6, 1  # MicroPython has no names for these
_UNSENT_MS = 10_000
_WOULD_BLOCK = (11, 35)
_ECONNRESET = 104


class Tcp:
    """One connection. Raises: OSError, where there is none, or it has ended."""

    def __init__(self, host: str, port: int):
        found = socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM)[0]
        self.file = socket.socket(found[0], found[1])
        try:
            self.file.settimeout(_CONNECT_S)
            self.file.connect(found[-1])
            self._set_up()
        except OSError:
            self.file.close()
            raise

    def write(self, data: bytes) -> int:
        """Return how many bytes were taken. What was not is lost: the question is asked again."""
        try:
            return self.file.send(data)
        except OSError as error:
            return _nothing(error, 0)

    def read(self) -> bytes:
        """Return what came by now."""
        try:
            data = self.file.recv(_PIECE_BYTES)
        except OSError as error:
            return _nothing(error, b"")
        if not data:
            raise OSError(_ECONNRESET, "the other side has closed the connection")
        return data

    def close(self) -> None:
        self.file.close()

    def _set_up(self) -> None:
        """Small pieces go out at once; a connection over which nothing gets through ends."""
        self.file.setsockopt(_IPPROTO_TCP, _NODELAY, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            self.file.setsockopt(_IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNSENT_MS)
        self.file.setblocking(False)


def _nothing(error, value):
    """Return a value where it only means that it is not the time. Raises: the error."""
    if error.errno not in _WOULD_BLOCK:
        raise error
    return value
