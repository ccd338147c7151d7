"""The sockets that umqtt.simple works on here: bounded in time, whole reads or none, one packet in one piece.

umqtt.simple takes timeouts away from its socket (`setblocking(True)` after each first byte), reads too few bytes as if
they were enough, and writes a message in four pieces, each of which may wait for the other side. Its versions differ in
what they do about TLS and timeouts. So it gets sockets that need none of that.
"""

from firmware.const import const

_TIMEOUT_S = const(3)  # of one system call
_PACKET_MS = const(6000)  # from the first byte of a packet to its last
_PIECE_BYTES = const(256)
_JOINED_BYTES = const(1400)  # about one TCP segment
_ETIMEDOUT = const(110)
_ECONNRESET = const(104)
_POLLIN = const(1)


class Socket:
    """One connection. Raises: OSError when it broke, ended, or took too long; it is of no use then.

    `libraries` has `socket`, `select` and `now_ms()`; see mqtt_thread.py. `context`: of TLS, or None. `busy`: a Busy, which
    hears of the handshake.
    """

    def __init__(self, libraries, host: str, context, busy):
        self._libraries, self._busy = libraries, busy
        self._now_ms = libraries.now_ms
        self._host = host
        self._context = context
        self._poll = libraries.select.poll()
        self._ready = getattr(self._poll, "ipoll", self._poll.poll)  # ipoll allocates nothing
        self._raw = self._stream = libraries.socket.socket()
        self._raw.settimeout(_TIMEOUT_S)
        self._joined = bytearray()
        self._piece = memoryview(bytearray(_PIECE_BYTES))
        self._end_ms = 0

    def connect(self, address) -> None:
        """Connect. Where TLS is asked for, keys are agreed on when the first bytes are sent."""
        self._raw.connect(address)
        if self._context:
            self._stream = self._context.wrap_socket(self._raw, server_hostname=self._host, do_handshake_on_connect=False)
        self._poll.register(self._stream, _POLLIN)
        self.begin()

    def settimeout(self, _) -> None:
        """Keep our own timeout, whatever a version of umqtt.simple thinks right."""

    setblocking = settimeout

    def is_readable(self) -> bool:
        """Say whether a read would return at once: with bytes, or with the end of the connection."""
        for _ in self._ready(0):
            return True
        return False

    def begin(self) -> None:
        """Begin to read a packet, which has to come whole within some seconds."""
        self._end_ms = self._now_ms() + _PACKET_MS

    def read(self, size: int) -> bytes:
        """Return exactly `size` bytes."""
        self.flush()
        data = self._some(size)
        while len(data) < size:
            data += self._some(size - len(data))
        return data

    def skip(self, size: int) -> None:
        """Read `size` bytes, a few at a time, into the same memory."""
        into = getattr(self._stream, "readinto", None) or self._stream.recv_into
        while size:
            self._check_time()
            size -= _checked(into(self._piece[: min(size, _PIECE_BYTES)]))

    def write(self, data, size=None) -> int:
        """Take bytes to send: at once when they are many, else with those that follow."""
        data = data if size is None else data[:size]
        if len(self._joined) + len(data) > _JOINED_BYTES:
            self.flush()
        if len(data) > _JOINED_BYTES:
            self._send(data)
        else:
            self._joined += data
        return len(data)

    def flush(self) -> None:
        """Send all that was written."""
        if self._joined:
            joined, self._joined = self._joined, bytearray()
            self._send(joined)

    def close(self) -> None:
        """Close. What was not sent is lost."""
        try:
            self._stream.close()  # a TLS stream closes the socket below it
        except OSError:  # it was broken anyway
            pass

    def _some(self, size: int) -> bytes:
        self._check_time()
        # What has come, up to `size`. A TLS socket has only `read`, which waits for all of it.
        data = (getattr(self._stream, "recv", None) or self._stream.read)(size)
        _checked(data and len(data))
        return data

    def _send(self, data) -> None:
        send = getattr(self._stream, "send", None) or self._stream.write
        view = memoryview(data)
        if self._context:
            view = view[self._agree(view) :]
        while len(view):
            view = view[_checked(send(view)) :]

    def _agree(self, view) -> int:
        """Agree on keys and send the first bytes. Return how many went."""
        from firmware.hal.handshake import Handshake  # who has no TLS never loads it

        self._context = None
        count = Handshake(self._libraries, self._raw, self._stream, self._busy).send(view)
        self._raw.settimeout(_TIMEOUT_S)
        return count

    def _check_time(self) -> None:
        if self._now_ms() > self._end_ms:
            raise OSError(_ETIMEDOUT)


def _checked(count):
    """How many bytes went through. Nothing at all means: too late (None), or the other side has closed."""
    if not count:
        raise OSError(_ETIMEDOUT if count is None else _ECONNRESET)
    return count
