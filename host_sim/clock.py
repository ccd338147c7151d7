"""A board's time: its crystal, which may drift, and what a time server or a fault makes of its calendar."""

_MILLION = 1000000


class Clock:
    """Monotonic milliseconds since power-on, and the answers of NTP. Times of the world are true times."""

    def __init__(self, timeline, start_ms: int, random):
        self.offset_ms = 0  # by which every synchronisation misleads this board
        self.has_ntp = True
        self.ntp_err_ms = 0  # an answer of NTP is wrong by up to that much
        self._timeline, self._start_ms, self._random = timeline, start_ms, random
        self._rate = _MILLION
        self._world_ms = self._local_ms = 0

    def boot(self) -> None:
        """Begin at 0, as after every power-on."""
        self._world_ms, self._local_ms = self._timeline.now_ms, 0

    def drift(self, ppm: int) -> None:
        """Let the crystal run fast or, below 0, slow from now on."""
        self._world_ms, self._local_ms = self._timeline.now_ms, self.local_ms()
        self._rate = _MILLION + ppm

    def local_ms(self) -> int:
        """Return the board's own monotonic time."""
        return self._local_ms + (self._timeline.now_ms - self._world_ms) * self._rate // _MILLION

    def world_ms(self, local_ms: int) -> int:
        """Return the first moment of the world at which the board's own time is that late."""
        return self._world_ms - (self._local_ms - local_ms) * _MILLION // self._rate

    def unix_ms(self) -> int:
        """Return the time of day that this board takes for the true one."""
        return self._start_ms + self._timeline.now_ms + self.offset_ms

    def ntp_ms(self) -> int:
        """Return what a time server answers."""
        err_ms = self.ntp_err_ms
        return self.unix_ms() + (self._random.randint(-err_ms, err_ms) if err_ms else 0)
