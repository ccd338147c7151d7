"""A line with real readers: a serial port of this machine, or a serial server."""

from collections.abc import Callable

from firmware.hal.rs485 import Rs485
from host_sim.views import WorldError
from tools.osdp.opening import opened
from tools.osdp.unusable import Unusable

_TURN_MS = 5  # much less than a reader takes to answer


class RealLine:
    """`time`: as a RealTime; `heard(data)` takes what comes; `say(words)` what happens to the port. Raises: WorldError."""

    def __init__(self, port: str, baud: int, time, heard: Callable[[bytes], None], say: Callable[[str], None]):
        try:
            self._end = opened(port, baud)
        except Unusable as error:
            raise WorldError(str(error)) from None
        self._line, self._port = Rs485(self._end, baud), port
        self._time, self._heard, self._say = time, heard, say
        self._turn()

    def write(self, data: bytes) -> None:
        self._line.write(data, self._time.now_ms)

    def close(self) -> None:
        self._end.close()

    def _turn(self) -> None:
        data = self._line.read()
        if data:
            self._heard(data)
        for news in self._end.tick(self._time.now_ms):
            self._say(f"{self._port}: {'open again' if news['open'] else 'gone: ' + news['reason']}")
        self._time.after(_TURN_MS, self._turn)
