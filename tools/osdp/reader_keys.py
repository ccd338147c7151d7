"""The keys of one reader, and where they are kept. Runs on MicroPython.

A key that may go out is kept first, beside the one there is, until the reader proves which of the two it has.
"""

from firmware.wire.osdp_secure import is_weak

_KEY_BYTES = 16


class ReaderKeys:
    """`key`: what the reader is asked for, or None; `identity`: who it is, as osdp_cp tells it, or None.

    keys: two where it is not known which one the reader has. keeper: see tools.osdp.key_file. random: gives so many bytes,
    which nobody can foresee.
    """

    def __init__(self, keys: list, identity: bytes | None, keeper, random):
        self.key = keys[0] if keys else None
        self.identity = identity
        self._others = keys[1:]
        self._keeper, self._random = keeper, random
        self._new = None
        self._is_kept = True

    @property
    def place(self) -> str:
        return self._keeper.place

    def try_other(self) -> bool:
        """Turn to the other key, if there is one."""
        if not self._others:
            return False
        self.key = self._others.pop()
        return True

    def fresh(self) -> bytes:
        """Return a new key, which is kept. Raises: OSError, where it cannot be."""
        new = self._random(_KEY_BYTES)
        assert not is_weak(new)
        self._keeper.make()
        self._keeper.keep([new, self.key] if self.key else [new], self.identity)
        self._new = new
        return new

    def proved(self) -> None:
        """The reader has the key that it is asked for."""
        self._is_kept = self._is_kept and not self._others
        self._others = []

    def took(self) -> dict:
        """The reader has the new key. Returns: what a person may know of it."""
        self.key, self._new = self._new, None
        self._is_kept = False
        return self._keeper.tell(self.key)

    def gave_back(self) -> None:
        """Nobody has the new key."""
        self._new = None
        self._is_kept = False
        if not self.key:
            self._keeper.drop()

    def met(self, identity: bytes) -> None:
        """This is who the reader is."""
        self.identity = identity
        self._is_kept = False

    def keep(self) -> None:
        """Keep what is known by now. Raises: OSError."""
        if not self._is_kept:
            self._is_kept = True
            self._keeper.keep([key for key in (self._new, self.key) if key], self.identity)
