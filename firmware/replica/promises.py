"""Heartbeats and answers that wait until what they promise is in the flash. Not for ever: a heartbeat goes without."""

from firmware.const import const
from firmware.replica.heartbeat import NEVER

_PATIENCE_MS = const(1000)
_ANSWERS_MAX = const(64)


class Promises:
    """`clock(now_ms)` returns Unix milliseconds, or None while nobody may trust it."""

    def __init__(self, publisher, clock):
        self.due_ms = NEVER  # when our patience ends
        self.dropped = 0
        self._publisher = publisher
        self._clock = clock
        self._answers = []  # (asker, question)
        self._has_beat = False

    def add_beat(self, now_ms: int) -> None:
        self._has_beat = True
        self._be_patient(now_ms)

    def add_answer(self, asker: str, question: int, now_ms: int) -> None:
        self._answers.append((asker, question))
        if len(self._answers) > _ANSWERS_MAX:
            self._answers.pop(0)
            self.dropped += 1
        self._be_patient(now_ms)

    def forget(self) -> None:
        """The link went: nobody hears us."""
        self._answers, self._has_beat, self.due_ms = [], False, NEVER

    def _be_patient(self, now_ms: int) -> None:
        self.due_ms = min(self.due_ms, now_ms + _PATIENCE_MS)

    def can_promise(self, now_ms: int) -> bool:
        return self._clock(now_ms) is not None

    def lack(self, now_ms: int) -> int | None:
        """Return a ceiling that must be stored before what waits can go."""
        if not (self._answers or self._has_beat) or not self.can_promise(now_ms) or not self._publisher.is_idle():
            return None
        ceiling = self._publisher.lack(now_ms)
        return ceiling if ceiling is not None and self._publisher.ask(ceiling) else None

    def take_beat(self, now_ms: int) -> bool:
        """Say whether a heartbeat goes now: with its promise, or without where that takes too long."""
        if not self._has_beat:
            return False
        if self.can_promise(now_ms) and self.due_ms > now_ms and not self._is_ripe(now_ms):
            return False
        self._has_beat = False
        if not self._answers:
            self.due_ms = NEVER
        return True

    def take_answers(self, now_ms: int) -> list:
        """Return (asker, question) of the answers that go now: only once everything of ours is out."""
        answers = []
        if self._answers and self.can_promise(now_ms) and self._publisher.is_idle():
            if self.due_ms <= now_ms or self._is_ripe(now_ms):
                answers, self._answers = self._answers, []
                if not self._has_beat:
                    self.due_ms = NEVER
        if self.due_ms <= now_ms:
            self.due_ms = now_ms + _PATIENCE_MS
        return answers

    def _is_ripe(self, now_ms: int) -> bool:
        return self._publisher.is_idle() and self._publisher.reaches(now_ms)
