"""What has come goes into the database in batches: soon, many at once, and again for as long as that fails."""
from collections.abc import Callable

from tools.console.history import History, Trouble
from tools.console.replica.log import ReplicaLog

BATCH_MAX = 500  # events of one transaction
_LINGER_MS = 50  # others may be on their way
_RETRY_MS, _RETRY_MAX_MS = 500, 30_000
WAITING_MAX = 10_000  # events; with more nothing is taken any more, it can be had later


class Commits:
    """`hear(events)` is told what was newly committed. `trouble`: why it fails now, or None."""

    def __init__(self, history: History, log: ReplicaLog, hear: Callable[[list[dict]], None], unix_ms: Callable[[], int]):
        self._history, self._log, self._hear, self._unix_ms = history, log, hear, unix_ms
        self.due_ms: int | None = None
        self.trouble: str | None = None
        self.failures = 0
        self._wait_ms = _RETRY_MS

    def is_full(self) -> bool:
        return len(self._log.waiting) >= WAITING_MAX

    def arrived(self, now_ms: int) -> None:
        """Something waits."""
        if self.due_ms is None:
            self.due_ms = now_ms + _LINGER_MS
        if len(self._log.waiting) >= BATCH_MAX and self.trouble is None:
            self.due_ms = min(self.due_ms, now_ms)

    def tick(self, now_ms: int) -> bool:
        """Commit what is due. Says whether anything was."""
        return self.due_ms is not None and self.due_ms <= now_ms and self.commit(now_ms)

    def commit(self, now_ms: int) -> bool:
        """Commit a batch now. Says whether the database took it."""
        batch = list(self._log.waiting.values())[:BATCH_MAX]
        lost = self._log.lost if len(batch) == len(self._log.waiting) else []
        try:
            new = self._history.append(batch, [(*key, seq, why) for key, seq, why in lost], self._unix_ms())
        except Trouble as trouble:
            self._fail(str(trouble), now_ms)
            return False
        self._succeed(batch, lost, now_ms)
        if new:
            self._hear(new)
        return True

    def _fail(self, words: str, now_ms: int) -> None:
        self.failures += 1
        self.trouble = words
        self.due_ms = now_ms + self._wait_ms
        self._wait_ms = min(2 * self._wait_ms, _RETRY_MAX_MS)

    def _succeed(self, batch: list[dict], lost: list[tuple], now_ms: int) -> None:
        self._log.committed(batch)
        self._log.lost = self._log.lost[len(lost) :]
        self.trouble, self._wait_ms = None, _RETRY_MS
        self.due_ms = now_ms if self._log.waiting or self._log.lost else None
