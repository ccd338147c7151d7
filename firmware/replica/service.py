"""What others asked for and we serve: paced, facts before notes, and in the stead of an origin that is offline.

What is served is heard by all. So a request is served once for several who ask alike, and who stands in for an origin
waits a little, and stands down when another serves first.
"""

from firmware.const import const
from firmware.replica.heartbeat import NEVER

STAND_IN_MS = 1000  # whoever stands in waits up to that long
_ENTRY_MS = const(20)  # 50 entries a second
_BURST_MS = const(2000)  # after a rest 100 at once
_AT_ONCE_MAX = const(8)  # entries of one slice: a board has no room for more
_WORTHWHILE = const(8)  # a slice waits until so many may go
_JOBS_MAX = const(64)
_ENTRIES_MAX = const(512)  # of one job
_RECENT_MAX = const(8)
_RECENT_MS = const(300)  # who asks so soon after gets what has just gone out


class Job:
    """A range of one stream to serve, not before `due_ms`."""

    def __init__(self, key: tuple, first: int, last: int, due_ms: int, stands_in: bool):
        self.key = key
        self.first = first
        self.last = last
        self.due_ms = due_ms
        self.stands_in = stands_in

    def urgency(self) -> tuple:
        return (self.key[2] == "notes", self.due_ms, self.key, self.first)

    def touches(self, key: tuple, first: int, last: int) -> bool:
        return self.key == key and first <= self.last + 1 and last >= self.first - 1


class Service:
    """A queue of ranges. `due_ms` is when the next slice may go."""

    def __init__(self):
        self.due_ms = NEVER
        self.dropped = 0
        self._jobs = []
        self._recent = []  # (key, first, last, at) that went out
        self._credit_ms = _BURST_MS
        self._reckoned_ms = 0

    def ask(self, key: tuple, first: int, last: int, now_ms: int, delay_ms: int | None = None) -> None:
        """Take a request. `delay_ms`: how long to wait where we stand in for the origin."""
        last = min(last, first + _ENTRIES_MAX - 1)
        for gone_key, gone_first, gone_last, at_ms in self._recent:
            if gone_key == key and gone_first <= first <= gone_last and now_ms - at_ms < _RECENT_MS:
                first = gone_last + 1
        if first > last:
            return
        self._put(Job(key, first, last, now_ms + (delay_ms or 0), delay_ms is not None))
        self._reckon(now_ms)

    def _put(self, job: Job) -> None:
        for other in self._jobs:
            if other.touches(job.key, job.first, job.last):
                other.first, other.last = min(other.first, job.first), max(other.last, job.last)
                return
        if len(self._jobs) >= _JOBS_MAX:
            self.dropped += 1
        else:
            self._jobs.append(job)

    def another_serves(self, key: tuple, seq: int, now_ms: int) -> None:
        """Somebody else sent an entry: whoever wanted to stand in for its origin need not."""
        if not self._jobs:
            return
        self._jobs = [job for job in self._jobs if not (job.stands_in and job.touches(key, seq, seq))]
        self._reckon(now_ms)

    def forget(self) -> None:
        """The link went or came: nobody waits for anything any more."""
        self._jobs, self._recent, self.due_ms = [], [], NEVER

    def take_due(self, now_ms: int) -> tuple | None:
        """Return (key, first, last) to send now, one slice at a time: the next may be due at once."""
        self._earn(now_ms)
        job, taken = self._next(now_ms), None
        count = self._affordable(job) if job else 0
        if count:
            taken = (job.key, job.first, job.first + count - 1)
            self._spend(job, count, now_ms)
        self._reckon(now_ms)
        return taken

    def _spend(self, job: Job, count: int, now_ms: int) -> None:
        self._credit_ms -= count * _ENTRY_MS
        self._recent.append((job.key, job.first, job.first + count - 1, now_ms))
        del self._recent[:-_RECENT_MAX]
        job.first += count
        if job.first > job.last:
            self._jobs.remove(job)

    def _next(self, now_ms: int) -> Job | None:
        due = [job for job in self._jobs if job.due_ms <= now_ms]
        return min(due, key=Job.urgency) if due else None

    def _affordable(self, job: Job) -> int:
        """Return how many entries of a job may go now; none where waiting makes a longer message."""
        left = min(job.last - job.first + 1, _AT_ONCE_MAX)
        count = min(left, self._credit_ms // _ENTRY_MS)
        return count if count >= min(left, _WORTHWHILE) else 0

    def _earn(self, now_ms: int) -> None:
        self._credit_ms = min(self._credit_ms + now_ms - self._reckoned_ms, _BURST_MS)
        self._reckoned_ms = now_ms

    def _reckon(self, now_ms: int) -> None:
        if not self._jobs:
            self.due_ms = NEVER
            return
        self._earn(now_ms)
        job = self._next(now_ms)
        if job is None:
            self.due_ms = min([other.due_ms for other in self._jobs])
            return
        needed = min(job.last - job.first + 1, _WORTHWHILE) * _ENTRY_MS
        self.due_ms = now_ms + max(needed - self._credit_ms, 0)


def lacking(log, key: tuple, first: int, last: int) -> list:
    """Return [controller, inc, stream, first, last] of ranges of a closed incarnation that neither are here nor were dropped."""
    here = log.entries(key[0], key[1], key[2], first, last).seqs
    return missing(log, key, max(first, log.first(*key)), last, here, True)


def missing(log, key: tuple, first: int, last: int, here: list, is_own: bool) -> list:
    """Return [controller, inc, stream, first, last] of a range that is kept nowhere.

    `here`: the seqs that are not. An origin knows of every event of its own; who stands in for it only of what was dropped here.
    """
    if not is_own:
        last = min(last, log.first(*key) - 1)
    ranges = []
    for seq in range(first, last + 1):
        if seq in here:
            continue
        if ranges and ranges[-1][4] == seq - 1:
            ranges[-1][4] = seq
        else:
            ranges.append([key[0], key[1], key[2], seq, seq])
    return ranges
