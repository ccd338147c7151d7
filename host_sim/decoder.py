"""What stations hear, decoded once for all of them: a fifth of a simulated day went into reading the same bytes again."""

import marshal

from firmware.wire import messages

_KEPT_MAX = 64  # on their way at one time; what comes later than that is read anew


class Decoder:
    """Does what `messages.decode` does. Each caller gets values of its own, free to be changed."""

    def __init__(self):
        self._known: dict[bytes, bytes] = {}

    def decode(self, payload: bytes) -> dict | None:
        known = self._known.get(payload)
        if known is None:
            known = self._known[payload] = marshal.dumps(messages.decode(payload))
            if len(self._known) > _KEPT_MAX:
                del self._known[next(iter(self._known))]
        return marshal.loads(known)
