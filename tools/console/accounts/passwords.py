"""Passwords: which are good enough, and their hashes."""

import threading
import unicodedata

import argon2
from zxcvbn import zxcvbn

LENGTH_MIN = 12
LENGTH_MAX = 256
# zxcvbn takes time with long ones; what is longer than this is judged by its beginning.
_JUDGED_MAX = 64
_SCORE_MIN = 3
_MORE_MIN = 8  # characters besides a name
# Each takes 64 MB and a quarter of a second: a crowd at the door must not take all memory.
_AT_ONCE_MAX = 2


def weakness(password: str, words: list[str]) -> str | None:
    """Say what is wrong with a new password. `words`: names that somebody who knows its owner would try."""
    if len(password) < LENGTH_MIN:
        return f"it must have at least {LENGTH_MIN} characters"
    if len(password) > LENGTH_MAX:
        return f"it must have at most {LENGTH_MAX} characters"
    folded = password.casefold()
    for word in words:
        if len(word) >= 3 and word.casefold() in folded and len(password) - len(word) < _MORE_MIN:
            return f"it is little more than {word!r}: add something that nobody would guess"
    found = zxcvbn(password[:_JUDGED_MAX], user_inputs=[word[:_JUDGED_MAX] for word in words])
    if found["score"] < _SCORE_MIN:
        remarks = [found["feedback"]["warning"], *found["feedback"]["suggestions"]]
        return " ".join(["it is easy to guess."] + [remark for remark in remarks if remark])
    return None


class Hasher:
    """`made`: with which costs. Verifying takes as long for nobody's password as for somebody's."""

    def __init__(self, made: argon2.PasswordHasher | None = None):
        self._argon2 = made or argon2.PasswordHasher()
        self._nobody = self._argon2.hash("nobody has this password")
        self._free = threading.BoundedSemaphore(_AT_ONCE_MAX)

    def hash(self, password: str) -> str:
        with self._free:
            return self._argon2.hash(_bytes(password))

    def is_right(self, known: str | None, password: str) -> bool:
        with self._free:
            try:
                is_right = self._argon2.verify(known or self._nobody, _bytes(password[: LENGTH_MAX + 1]))
            except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
                return False
        return is_right and known is not None

    def is_outdated(self, known: str) -> bool:
        return self._argon2.check_needs_rehash(known)


def _bytes(password: str) -> bytes:
    """The same for the same characters, however a keyboard has put them together."""
    return unicodedata.normalize("NFC", password).encode(errors="surrogatepass")
