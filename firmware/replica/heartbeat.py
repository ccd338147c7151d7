"""When to give a sign of life: 1, 4 and 16 s after our last event, and every 30 s."""

from firmware.const import const

NEVER = 1 << 62
_STEPS_MS = const((1000, 4000, 16000))
_EVERY_MS = const(30000)
_JITTER_MS = const(6000)  # RULES.md, "Numbers": 64 boards must not drown each other
_STEP_JITTER = const(10)  # a step comes later by up to one part in so many


class Heartbeat:
    """`due_ms` is when the next one goes; NEVER while there is no link."""

    def __init__(self, dice):
        self._dice = dice
        self._event_ms = None
        self._step = 0
        self._latest_ms = 0  # however busy we are
        self.due_ms = NEVER

    def start(self, now_ms: int) -> None:
        """The link is up: one is due."""
        self._event_ms = None
        self._latest_ms = self.due_ms = now_ms

    def stop(self) -> None:
        self.due_ms = NEVER

    def event(self, now_ms: int) -> None:
        """An event of ours went out."""
        if self.due_ms != NEVER:
            self._event_ms, self._step = now_ms, 0
            self.due_ms = min(self._latest_ms, self._step_ms())

    def soon(self, due_ms: int) -> None:
        """Somebody has just come, and wants to hear us."""
        self.due_ms = min(self.due_ms, due_ms) if self.due_ms != NEVER else NEVER

    def sent(self, now_ms: int) -> None:
        """One went out; reckon the next."""
        regular_ms = now_ms + _EVERY_MS - _JITTER_MS + self._dice.below(2 * _JITTER_MS + 1)
        self._latest_ms = self.due_ms = regular_ms
        if self._event_ms is None:
            return
        while self._step < len(_STEPS_MS) and self._event_ms + _STEPS_MS[self._step] <= now_ms:
            self._step += 1
        if self._step < len(_STEPS_MS):
            self.due_ms = min(regular_ms, self._step_ms())
        else:
            self._event_ms = None

    def _step_ms(self) -> int:
        step_ms = _STEPS_MS[self._step]
        return self._event_ms + step_ms + self._dice.below(step_ms // _STEP_JITTER)
