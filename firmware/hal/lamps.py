"""Lights and buzzers of readers that have wires for them.

`levels(pattern, since_ms)` returns (light is on, buzzer sounds, ms until that may change or None): firmware.wire.feedback.
"""

from firmware.hal.moments import sooner


class Lamps:
    """One light and one buzzer for each reader, each an Output or None."""

    def __init__(self, levels):
        self._levels = levels
        self._outputs = {}  # reader -> (light, buzzer)
        self._shown = {}  # reader -> [pattern, since_ms, due_ms]

    def add(self, reader: str, light, buzzer) -> None:
        """Let a reader show and sound."""
        self._outputs[reader] = (light, buzzer)

    def show(self, reader: str, pattern: str, now_ms: int) -> None:
        """Begin a pattern; it takes the place of one that is still shown."""
        if reader in self._outputs:
            self._shown[reader] = [pattern, now_ms, now_ms]
            self.tick(now_ms)

    def tick(self, now_ms: int) -> None:
        """Do what is due."""
        due_ms = self.next_ms()
        if due_ms is None or now_ms < due_ms:
            return
        for reader in sorted(self._shown):
            pattern, since_ms, due_ms = self._shown[reader]
            if due_ms <= now_ms:
                is_lit, sounds, rest_ms = self._levels(pattern, now_ms - since_ms)
                self._set(reader, is_lit, sounds)
                if rest_ms is None:
                    del self._shown[reader]
                else:
                    self._shown[reader][2] = now_ms + rest_ms

    def next_ms(self) -> int | None:
        """Return when `tick` has something to do."""
        first_ms = None
        for reader in self._shown:
            first_ms = sooner(first_ms, self._shown[reader][2])
        return first_ms

    def dark(self) -> None:
        """Let all of them be off."""
        self._shown = {}
        for reader in self._outputs:
            self._set(reader, False, False)

    def _set(self, reader: str, is_lit: bool, sounds: bool) -> None:
        for output, is_on in zip(self._outputs[reader], (is_lit, sounds)):
            if output and output.is_on != is_on:
                output.switch(is_on)
