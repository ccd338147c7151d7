"""Which key a reader is asked for, and how it gets a new one.

A reader with a key is never asked for SCBK-D, and never spoken to in plain: whoever claims that it lost its key, or cannot
encrypt, may be somebody else on the wire. Only an operator opens a window in which SCBK-D is accepted, and a key goes out
in it once: who took it and does not prove it keeps what nobody else will be given.
    steady    the key
    pairing   SCBK-D, until the new key was told or the window is over
    rotating  the key, until the new one was told
    told      the new key was said; did the reader hear it? The new one and the old one by turns, until one is proved
Events: ("paired",), ("rotated",), ("pairing_failed", why), ("rotation_failed", why).
"""

from firmware.const import const
from firmware.wire.osdp_secure import DEFAULT_KEY, is_same, is_weak, wipe

_STEADY, _PAIRING, _ROTATING, _TOLD = const(0), const(1), const(2), const(3)
_DEFAULT, _OWN = const(0), const(1)  # as a challenge names them


class Keys:
    """The keys of one reader. `is_keyed`: it had one, if only a weak one, which is never used."""

    def __init__(self, key, other=None):
        """other: what the reader may have instead, where a change of its key was cut off."""
        self.is_keyed = key is not None
        self.is_weak = self.is_keyed and is_weak(key)
        self._key = bytearray(key) if self.is_keyed and not self.is_weak else None
        self._old = bytearray(other) if other and self._key else None
        self._new = self.until_ms = self._before = None
        self._state, self._name = (_TOLD, "rotation") if self._old else (_STEADY, "")
        self._is_old_next = False

    def choice(self) -> tuple | None:
        """Return what to challenge with: (0 for SCBK-D or 1, key), or None where there is no key."""
        if self._state == _PAIRING:
            return _DEFAULT, DEFAULT_KEY
        key = self._old if self._is_old_next else self._key
        return (_OWN, key) if key else None

    def pair(self, until_ms: int, new_key) -> bool:
        """Open the window for one key. Returns: whether the key is fit for it."""
        if is_weak(new_key) or self.holds(new_key):
            return False
        self._begin(_PAIRING, "pairing", new_key)
        self.until_ms = until_ms
        return True

    def rotate(self, new_key) -> bool:
        """Have the reader given another key inside its next session."""
        if self._state != _STEADY or not self._key or is_weak(new_key) or self.holds(new_key):
            return False
        self._begin(_ROTATING, "rotation", new_key)
        return True

    def holds(self, key) -> bool:
        """Say whether this reader has the key, or may have it."""
        return bool([one for one in (self._key, self._old, self._new) if one and is_same(one, key)])

    def is_pairing(self) -> bool:
        """Say whether a new key is on its way to a reader that may be another one than before."""
        return self._state != _STEADY and self._name == "pairing"

    def wants_to_tell(self) -> bool:
        return self._state in (_PAIRING, _ROTATING)

    def tell(self) -> bytes:
        """Return the new key, which goes out now: from here on the reader may have it."""
        wipe(self._old)
        self._old, self._key, self._new = self._key, self._new, None
        self._state = _TOLD
        self._before = self.is_keyed, self.is_weak
        self.is_keyed, self.is_weak = True, False
        return bytes(self._key)

    def rejected(self, why) -> list:
        """The reader said inside the session that it does not take the key."""
        wipe(self._key)
        self._key, self._old = self._old, None
        self.is_keyed, self.is_weak = self._before
        return self._end(why)

    def takes_turn(self) -> bool:
        """A challenge failed: of two keys take the other one. Returns: whether that one has its turn yet, too."""
        self._is_old_next = not self._is_old_next and self._old is not None
        return self._is_old_next

    def proved(self) -> list:
        """A session stands under the key that was chosen."""
        is_old = self._is_old_next
        if is_old:
            self._key, self._old = self._old, self._key
        wipe(self._old)
        self._old, self._is_old_next = None, False
        if self._state != _TOLD:
            return []
        return self._end("old_key" if is_old else "")

    def tick(self, now_ms: int) -> list:
        """Close the window when its time is over. A key that was told is tried on: it may be the reader's."""
        if self.until_ms is None or now_ms < self.until_ms:
            return []
        if self._state == _TOLD:
            self.until_ms = None
            return [("pairing_failed", "no_proof")]
        return self._end("timeout")

    def _begin(self, state: int, name: str, new_key) -> None:
        wipe(self._new)
        self._new = bytearray(new_key)
        self._state, self._name = state, name
        self._is_old_next = False

    def _end(self, why) -> list:
        wipe(self._new)
        self._new = self.until_ms = None
        self._state, self._is_old_next = _STEADY, False
        if why:
            return [(self._name + "_failed", why)]
        return [("paired",) if self._name == "pairing" else ("rotated",)]
