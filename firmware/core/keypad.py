"""The keypad of one reader: an entry of digits, who is asked for a PIN, and the lock after wrong ones.

`*` clears the entry and `#` submits it; `#` alone does nothing. 8 s after the last key the entry is forgotten.
By mode:
    card          keys are ignored, and counted
    card_and_pin  keys count only after `ask`, which the controller calls when all that comes before the PIN is in order
    card_or_pin   an entry by itself names a person, or nobody
Who is asked and gives no PIN in time (or is followed by somebody else's card, or meets a locked keypad) is denied like
one with a wrong PIN, so that no badge goes without an answer.

Actions:
    ("pin", who, digits)   judge this entry and tell `result`; who is None at card_or_pin. The digits go into no event
    ("no_pin", who)        deny `bad_pin`, and tell `result` too
    ("keypad_locked",)     report it
"""

from firmware.const import const

_KEY_TIMEOUT_MS = const(8000)
_LOCKED_MS = const(60000)
_BAD_PINS_MAX = const(5)
PIN_DIGITS_MAX = 16


class Keypad:
    """Limits: one entry of at most PIN_DIGITS_MAX digits, one person asked at a time; `ignored` counts keys without effect."""

    def __init__(self, mode: str):
        self.mode = mode
        self.ignored = 0
        self._bad_pins = 0
        self._locked_until_ms = None
        self._forget()

    def ask(self, who, now_ms: int) -> list:
        """Wait for the PIN of somebody whose card is in order. who is handed back as it came.

        Asking for an equal who again starts the 8 s again: a card held to the reader is no wrong PIN.
        """
        assert who is not None and self.mode == "card_and_pin"
        actions = self.tick(now_ms)
        if who != self._asked:
            actions += self._give_up()
        if self.is_locked(now_ms):
            return actions + [("no_pin", who)]
        self._digits = ""
        self._asked = who
        self._deadline_ms = now_ms + _KEY_TIMEOUT_MS
        return actions

    def keys(self, text: str, now_ms: int) -> list:
        """Take keys. Hand them over one by one, so that a lock stops those that come after the fifth wrong PIN."""
        actions = self.tick(now_ms)
        for key in text:
            if key in "0123456789*#" and self._is_listening(now_ms):
                actions += self._key(key, now_ms)
            else:
                self.ignored += 1
        return actions

    def result(self, ok: bool, now_ms: int) -> list:
        """Take what became of an entry. What is judged while locked no longer counts: a lock ends when it says."""
        if ok:
            self._bad_pins = 0
        elif not self.is_locked(now_ms):
            self._bad_pins += 1
        if self._bad_pins < _BAD_PINS_MAX:
            return []
        self._bad_pins = 0
        self._locked_until_ms = now_ms + _LOCKED_MS
        return [("keypad_locked",)] + self._give_up()

    def is_locked(self, now_ms: int) -> bool:
        return self._locked_until_ms is not None and now_ms < self._locked_until_ms

    def tick(self, now_ms: int) -> list:
        is_over = self._deadline_ms is not None and now_ms >= self._deadline_ms
        return self._give_up() if is_over else []

    def next_deadline_ms(self) -> int | None:
        return self._deadline_ms

    def _is_listening(self, now_ms: int) -> bool:
        is_wanted = self.mode == "card_or_pin" or (self.mode == "card_and_pin" and self._asked is not None)
        return is_wanted and not self.is_locked(now_ms)

    def _key(self, key: str, now_ms: int) -> list:
        self._deadline_ms = now_ms + _KEY_TIMEOUT_MS
        if key == "#":
            return self._submit()
        if key == "*":
            self._digits = ""
        elif len(self._digits) <= PIN_DIGITS_MAX:
            # One digit too many is kept: an entry that is too long must be wrong, not cut to a right one.
            self._digits += key
        return []

    def _submit(self) -> list:
        if not self._digits:
            return []
        actions = [("pin", self._asked, self._digits)]
        self._forget()
        return actions

    def _give_up(self) -> list:
        """End an entry that was not submitted."""
        actions = [] if self._asked is None else [("no_pin", self._asked)]
        self._forget()
        return actions

    def _forget(self) -> None:
        self._asked = None
        self._digits = ""
        self._deadline_ms = None
