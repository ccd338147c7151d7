"""The far end of a line that may go away: an adapter is pulled, a connection closes. It is told, and opened again.

To `Rs485` it looks like a UART that never raises. Runs on MicroPython.
"""

from firmware.hal.backoff import Backoff


class Port:
    """`file`: what to wait for, or None while it is closed.

    make: opens an end, which has `write`, `read`, `close` and `file`. Raises: OSError of `make`, the first time only.
    """

    def __init__(self, make, seed: int):
        self._make = make
        self._backoff = Backoff(seed)
        self._end = make()
        self._again_ms = None  # when to open it again, once it is known
        self._news = []

    @property
    def file(self):
        return self._end.file if self._end else None

    def write(self, data: bytes) -> int:
        """Say something. Returns: how many bytes were taken."""
        if not self._end:
            return 0
        try:
            return self._end.write(data) or 0
        except OSError as error:
            self._lose(error)
            return 0

    def read(self) -> bytes:
        """Return what came by now."""
        if not self._end:
            return b""
        try:
            data = self._end.read()
        except OSError as error:
            self._lose(error)
            return b""
        if data:
            self._backoff.worked()
        return data

    def tick(self, now_ms: int) -> list:
        """Open it again, when it is time for that. Returns: what happened since the last time, to show."""
        if not self._end:
            if self._again_ms is None:
                self._again_ms = now_ms + self._backoff.next_ms()
            if now_ms >= self._again_ms:
                self._open(now_ms)
        news, self._news = self._news, []
        return news

    def next_deadline_ms(self) -> int | None:
        """Return when `tick` has something to do; 0 for at once."""
        return None if self._end else self._again_ms or 0

    def close(self) -> None:
        if self._end:
            self._end.close()
            self._end = None

    def _open(self, now_ms: int) -> None:
        try:
            self._end = self._make()
        except OSError:  # it was told already that the port is gone
            self._again_ms = now_ms + self._backoff.next_ms()
            return
        self._again_ms = None
        self._news.append({"type": "port", "open": True})

    def _lose(self, error) -> None:
        self._news.append({"type": "port", "open": False, "reason": str(error)})
        self.close()
