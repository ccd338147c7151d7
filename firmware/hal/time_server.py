"""The time from a server, by SNTP, in a thread of its own: looking up a name may take long, and no door waits for that.

Answers that are late, from somebody else, or of a server that does not know the time itself are none: the next question
is asked soon. Source: RFC 4330.
"""

from firmware.const import const

_PORT = const(123)
_PACKET_BYTES = const(48)
_CLIENT = const(0x23)  # version 4, mode 3
_TO_UNIX_S = const(2_208_988_800)
_ERA_S = 1 << 32  # the first one ends in 2036
_TIMEOUT_S = const(2)
_NAP_MS = const(200)
_AGAIN_MS = const(30_000)  # after no answer
_EVERY_MS = const(3_600_000)  # after an answer: a clock that nobody sets errs by more and more
_STALE_MS = const(1000)  # an answer that took longer says little


class TimeServer:
    """`ask()`, and soon `take()` gives a time. `socket`: the module; `now_ms`: of a clock of the thread's own; `sleep_ms`."""

    def __init__(self, host: str, socket, now_ms, sleep_ms, port: int = _PORT):
        self.answers = self.failures = 0
        self._host, self._port, self._socket = host, port, socket
        self._now_ms, self._sleep_ms = now_ms, sleep_ms
        self._is_asked = self._is_ending = False
        self._found = self._answered_ms = None

    def ask(self) -> None:
        """Have the time asked for, as often as it takes, and again each hour."""
        self._is_asked = True

    def take(self) -> int | None:
        """Return Unix time in ms as of now, once after each answer; else None."""
        found, self._found = self._found, None
        return found

    def run(self) -> None:
        """Do the thread's work, until `stop`."""
        due_ms = self._now_ms()
        while not self._is_ending:
            now_ms = self._now_ms()
            is_late = self._answered_ms is not None and now_ms - self._answered_ms >= _EVERY_MS
            if (self._is_asked or is_late) and now_ms >= due_ms:
                found = self.query()
                if found is None:
                    due_ms = self._now_ms() + _AGAIN_MS
                else:
                    self._is_asked, self._found, self._answered_ms = False, found, now_ms
            self._sleep_ms(_NAP_MS)

    def stop(self) -> None:
        self._is_ending = True

    def query(self) -> int | None:
        """Ask once, and wait. Returns Unix time in ms, or None."""
        line = None
        try:
            address = self._socket.getaddrinfo(self._host, self._port, 0, self._socket.SOCK_DGRAM)[0][-1]
            line = self._socket.socket(self._socket.AF_INET, self._socket.SOCK_DGRAM)
            line.settimeout(_TIMEOUT_S)
            asked_ms = self._now_ms()
            mark = asked_ms.to_bytes(8, "big")  # comes back: an answer to something else has another
            line.sendto(bytes([_CLIENT]) + bytes(_PACKET_BYTES - 9) + mark, address)
            data = line.recv(_PACKET_BYTES)
            at_ms = read(data, mark, self._now_ms() - asked_ms)
        except OSError:
            at_ms = None
        finally:
            if line:
                line.close()
        self.answers += at_ms is not None
        self.failures += at_ms is None
        return at_ms


def read(data: bytes, mark: bytes, took_ms: int) -> int | None:
    """Return the Unix time in ms that an answer says, or None for none. took_ms: since it was asked."""
    if len(data) < _PACKET_BYTES or data[0] & 7 != 4 or data[0] >> 6 == 3 or not 0 < data[1] < 16 or data[24:32] != mark:
        return None
    if took_ms > _STALE_MS:
        return None
    seconds, fraction = int.from_bytes(data[40:44], "big"), int.from_bytes(data[44:46], "big")
    if seconds < _TO_UNIX_S:
        seconds += _ERA_S
    return (seconds - _TO_UNIX_S) * 1000 + (fraction * 1000 >> 16) + took_ms // 2
