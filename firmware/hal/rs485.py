"""An RS-485 line over a UART. Nobody waits for a frame to go out; what a transceiver hears of our own frame is thrown away.

A transceiver's driver has to be off before the reader answers, a few milliseconds after our last bit. Some switch it by
themselves; others have a pin for it, which is let go here once the UART says that all is out. Its `flush` would hold the
whole interpreter for as long.
Where the receiver is never switched off all that we say comes back, in front of the answer. An answer differs from its
question in the address, so that what begins like the question is held back until it differs, or is the whole of it.
Units: ms; bytes of ten bits, 8N1.
Limits: make the UART with timeout=0, and a txbuf and an rxbuf of 1472 bytes, a frame and more: `write` waits where they are
    smaller. A board that ticks late lets the driver go late.
Source: MicroPython, machine.UART: on the ESP32 there is no RS-485 mode, and `txdone` is right to the last bit.
"""

from firmware.const import const

_LATE_MS = const(20)  # a UART that is not done by then never says so; the driver must not hold the line of all


class Rs485:
    """A line. `uart` has `write`, `read` and, for a pin, `txdone`; `enable` is the pin of the driver, on while it is 1.

    `lost`: bytes that the UART did not take; `late`: how often it never said that it was done. Raises: OSError of the UART.
    """

    def __init__(self, uart, baud: int, enable=None):
        self.lost = self.late = 0
        self._uart = uart
        self._baud = baud
        self._enable = enable
        self._out_ms = self._late_ms = None  # when all is out, and when that is late
        self._said = self._heard = b""  # what may come back, and what of it came
        if enable:
            enable.value(0)

    def write(self, data: bytes, now_ms: int) -> None:
        """Say a frame."""
        if self._enable:
            self._enable.value(1)
            self._out_ms = now_ms + (len(data) * 10_000 + self._baud - 1) // self._baud
            self._late_ms = self._out_ms + _LATE_MS
        self._said, self._heard = data, b""
        self.lost += len(data) - (self._uart.write(data) or 0)

    def read(self) -> bytes:
        """Return what came, without what we said ourselves."""
        data = self._uart.read() or b""
        return self._without_echo(data) if self._said and data else data

    def tick(self, now_ms: int) -> None:
        """Let the driver go when the frame is out."""
        if self._out_ms is None or now_ms < self._out_ms:
            return
        is_done = self._uart.txdone()
        if not is_done and now_ms < self._late_ms:
            self._out_ms = now_ms + 1
            return
        self._enable.value(0)
        self._out_ms = None
        self.late += not is_done

    def next_deadline_ms(self) -> int | None:
        """Return when `tick` has something to do."""
        return self._out_ms

    def _without_echo(self, data: bytes) -> bytes:
        heard = self._heard + data
        size = min(len(heard), len(self._said))
        if heard[:size] == self._said[:size]:
            if size < len(self._said):
                self._heard = heard
                return b""
            heard = heard[size:]
        self._said = self._heard = b""
        return heard
