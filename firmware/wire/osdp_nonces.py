"""Numbers that nobody can foresee, and that never come again: from the entropy of one start, as long as it is another one's.

Each is HMAC-SHA256 of a state that goes on under HMAC itself, so that who sees one knows neither those before nor those after.
"""

from firmware.const import const
from firmware.wire.osdp_secure import is_weak
from firmware.wire.seal import hmac

_KEY_BYTES = const(16)


class Nonces:
    def __init__(self, entropy: bytes):
        self._state = hmac(entropy, b"osdp")

    def __call__(self, count: int) -> bytes:
        """Return so many bytes, 32 at most."""
        drawn = hmac(self._state, b"number")[:count]
        self._state = hmac(self._state, b"next")
        return drawn

    def key(self) -> bytes:
        """Return a key that is fit for a reader."""
        while True:
            drawn = self(_KEY_BYTES)
            if not is_weak(drawn):
                return drawn
