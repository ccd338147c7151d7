"""A TLS handshake in steps. Their arithmetic stops the interpreter, on a board for up to a second, and is announced; the waits
between them do not, and are not: a broker that is slow spoils no frame of a reader.

MicroPython has no call for a handshake: on a stream that does not block, what is written first goes out after it.
"""

from firmware.const import const

_POLLIN = const(1)
_WAIT_MS = const(200)  # for the other side, before a step is tried in case it has a reason of its own
_ALL_MS = const(10_000)
_CALM_MS = const(5)
_READING_MS_MAX = const(500)  # so long readers that never stop sending can hold up a step
_ETIMEDOUT = const(110)


class Handshake:
    """Of `stream`, over the socket `raw`. `libraries` as in mqtt_thread.py, `busy`: a Busy."""

    def __init__(self, libraries, raw, stream, busy):
        self._libraries, self._raw, self._stream, self._busy = libraries, raw, stream, busy

    def send(self, data) -> int:
        """Agree on keys and send `data`, or some of it. Return how many bytes went. The socket does not block then. Raises: OSError"""
        poll = self._libraries.select.poll()
        poll.register(self._raw, _POLLIN)
        self._raw.setblocking(False)
        end_ms = self._libraries.now_ms() + _ALL_MS
        while True:
            sent = self._step(data)
            if sent:
                return sent
            if self._libraries.now_ms() > end_ms:
                raise OSError(_ETIMEDOUT)
            poll.poll(_WAIT_MS)

    def _step(self, data) -> int | None:
        for _ in range(0, _READING_MS_MAX, _CALM_MS):
            if not self._busy.is_reading():
                break
            self._libraries.sleep_ms(_CALM_MS)
        with self._busy:
            return self._stream.write(data)
