"""One Wiegand reader: pulses become cards and keys, or faults. Pure: time arrives as an argument.

A frame ends with silence. Pulses are at most 20 ms apart and the interpreter may stamp one some ms late, so
30 ms cannot split a frame; the next frame of a reader comes later than that.
One key is one frame, and only of the configured keypad's length. Several keys in one frame are refused: a damaged
card of 36 or 40 bits would then be nine or ten digits of a PIN.
Two swapped wires invert every bit. All formats but C15001 then fail their check; C15001 reads as another card.
"""

from firmware.wire.keypad_codec import KEY_BITS, decode_key
from firmware.wire.wiegand_cards import RAW, read
from firmware.wire.wiegand_formats import format_names

FRAME_GAP_MS = 30
FRAME_BITS_MIN, FRAME_BITS_MAX = 4, 128
FAULTS = (
    "short",  # fewer than 4 bits: noise, or a line held low
    "long",  # more than 128 bits: noise; deaf until the gap
    "length",  # as long as no accepted format
    "parity",  # as long as an accepted format, and not one of its frames
    "ambiguous",  # two accepted formats hold it true
    "key",  # a keypad's frame that is no key
    "capture",  # whoever captured the pulses does not vouch for them
)
FAULT_COUNT_MAX = 65535


class Line:
    """The two wires of one reader.

    Layout: every verb returns a list of ("card", text), ("keys", key) or ("fault", one of FAULTS).
    Limits: 128 bits a frame; `faults` counts each kind up to 65535.
    """

    def __init__(self, formats: list, parity: bool = True, keypad: str | None = "4bit"):
        for name in formats:
            assert name == RAW or name in format_names()
        self.formats = formats
        self.parity = parity
        self.keypad = keypad
        self.faults = {}
        self._frame = bytearray(FRAME_BITS_MAX)  # a frame as one int would be a new heap block per bit
        self._len = 0
        self.last_ms = None  # when the last pulse of the frame in progress came; None between frames
        self._is_deaf = False

    def edge(self, bit: int, now_ms: int) -> list:
        """Take a pulse: 0 on D0, 1 on D1. Returns the frame before it, if nobody ticked in the gap."""
        assert bit in (0, 1)
        results = self._hear(now_ms)
        if self._len == FRAME_BITS_MAX:
            return self.spoil("long", now_ms)
        if not self._is_deaf:
            self._frame[self._len] = 48 + bit  # "0" or "1"
            self._len += 1
        return results

    def spoil(self, why: str, now_ms: int) -> list:
        """Give up the frame in progress: both lines low at once, one held low, pulses lost or out of order."""
        assert why in FAULTS
        results = self._hear(now_ms)
        if self._is_deaf:
            return results
        self._is_deaf = True
        self._len = 0
        return results + [self._fault(why)]

    def tick(self, now_ms: int) -> list:
        """The frame that has ended by now, if any."""
        if self.last_ms is None or now_ms - self.last_ms < FRAME_GAP_MS:
            return []
        results = [] if self._is_deaf else [self._read()]
        self._len, self.last_ms, self._is_deaf = 0, None, False
        return results

    def next_deadline_ms(self) -> int | None:
        """When the frame in progress ends, or None between frames."""
        return None if self.last_ms is None else self.last_ms + FRAME_GAP_MS

    def _hear(self, now_ms: int) -> list:
        results = self.tick(now_ms)
        self.last_ms = now_ms
        return results

    def _read(self) -> tuple:
        frame = bytes(self._frame[:self._len])
        if self._len < FRAME_BITS_MIN:
            return self._fault("short")
        if self.keypad and self._len == KEY_BITS[self.keypad]:
            key = decode_key(self.keypad, str(frame, "ascii"))
            return ("keys", key) if key else self._fault("key")
        result = read(frame, self.formats, self.parity)
        return self._fault(result[1]) if result[0] == "fault" else result

    def _fault(self, why: str) -> tuple:
        self.faults[why] = min(self.faults.get(why, 0) + 1, FAULT_COUNT_MAX)
        return ("fault", why)
