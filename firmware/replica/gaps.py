"""What others have and we lack: what to ask for, in which order, and when again.

A gap is all of one origin's stream between what is here and what is known to exist. What was asked for is not asked
for again while it may be on its way; without an answer the waits grow. Facts come before notes.
"""

from firmware.const import const
from firmware.replica.heartbeat import NEVER

_FIRST_MS = const(20)  # messages overtake one another: what is missing may be next
_FIRST_SPREAD_MS = const(40)
_WAIT_MS = const(500)
_WAIT_MAX_MS = const(30000)
_STARVED_MS = const(250)  # until the window is looked at again
_TRIES_MAX = const(20)
_GAPS_MAX = const(256)
_REACH = const(512)  # beyond what is here nothing is asked for, nor taken
_RANGES_MAX = const(4)  # of one gap at a time
_AT_ONCE_MAX = const(64)  # entries of one gap at a time
_NOTES_MS = const(30000)  # notes missing for longer are skipped
_IN_VAIN = const(8)  # tries, more than a minute


class Gap:
    """One stream of which more exists than is here."""

    def __init__(self, last: int, holder: str, now_ms: int, due_ms: int):
        self.last = last  # it exists up to there
        self.holder = holder  # who said so last
        self.due_ms = due_ms
        self.wait_ms = _WAIT_MS
        self.tries = 0  # since anything of it came
        self.asked = 0  # entries that may be on their way
        self.is_held = False  # something of it came that we may not take yet
        self.lackers = {}  # who -> seq up to which nothing of what is missing first is there either
        self.mark = last  # what was missing ...
        self.mark_ms = now_ms  # ... then


class Gaps:
    """`window`: entries that may be on their way to us at a time, of all gaps together."""

    def __init__(self, log, dice, window: int, keeps_all_notes: bool):
        self.due_ms = NEVER
        self.dropped = 0
        self._log = log
        self._dice = dice
        self._window = window
        self._keeps_all_notes = keeps_all_notes
        self._gaps = {}  # (controller, inc, stream) -> Gap

    # -- what is missing -------------------------------------------------------------------------

    def offered(self, key: tuple, last: int, holder: str, now_ms: int, is_urgent: bool = False) -> None:
        """Take that somebody has a stream up to `last`."""
        if last <= self._log.last(*key):
            return
        gap = self._gaps.get(key)
        if gap is None:
            due_ms = now_ms + _FIRST_MS + self._dice.below(_FIRST_SPREAD_MS)
            gap = self._open(key, Gap(last, holder, now_ms, due_ms))
        elif last > gap.last:
            gap.last = last
            if gap.asked == 0 and not gap.is_held:
                gap.due_ms = min(gap.due_ms, now_ms + _FIRST_MS + self._dice.below(_FIRST_SPREAD_MS))
        gap.holder = holder
        if is_urgent and gap.asked == 0:
            gap.due_ms = now_ms
        self._reckon()

    def _open(self, key: tuple, gap: Gap) -> Gap:
        if len(self._gaps) >= _GAPS_MAX:
            self.dropped += 1
            del self._gaps[max(self._gaps, key=_urgency)]
        self._gaps[key] = gap
        return gap

    def arrived(self, key: tuple, now_ms: int) -> None:
        """Take that an entry of a stream has come."""
        gap = self._gaps.get(key)
        if gap is None:
            return
        if self._log.last(*key) >= gap.last:
            del self._gaps[key]
        else:
            gap.asked, gap.is_held, gap.lackers = max(gap.asked - 1, 0), False, {}
            gap.tries, gap.wait_ms = 0, _WAIT_MS
            gap.due_ms = now_ms + _WAIT_MS if gap.asked else min(gap.due_ms, now_ms + _FIRST_MS)
        self._reckon()

    def held(self, key: tuple, now_ms: int) -> None:
        """Take that an entry has come which we may not take yet: ask for it again, slowly."""
        gap = self._gaps.get(key)
        if gap is not None:
            gap.is_held, gap.asked = True, 0
            gap.wait_ms, gap.due_ms = _WAIT_MAX_MS, now_ms + _WAIT_MAX_MS
            self._reckon()

    def asked_by_another(self, key: tuple, now_ms: int) -> None:
        """Take that somebody else asks for a stream: the answer comes to us, too."""
        gap = self._gaps.get(key)
        if gap is not None and gap.due_ms < now_ms + _WAIT_MS:
            gap.due_ms = now_ms + _WAIT_MS + self._dice.below(_FIRST_SPREAD_MS)
            self._reckon()

    def lacks_older(self, controller: str, inc: int) -> bool:
        """Say whether facts are missing that a controller wrote under an incarnation before this one."""
        for key in self._gaps:
            if key[0] == controller and key[1] < inc and key[2] != "notes":
                return True
        return False

    def lacked(self, key: tuple, first: int, last: int, who: str) -> tuple:
        """Take that somebody lacks a range, too. Returns (seq up to which all who said so lack it, their names)."""
        gap = self._gaps.get(key)
        if gap is None or gap.is_held or not first <= self._log.last(*key) + 1 <= last:
            return (0, [])
        gap.lackers[who] = last
        return (min(gap.lackers.values()), sorted(gap.lackers))

    def hopeless(self, controller: str, inc: int) -> list:
        """Return (key, first, last, who lacks it, too) of facts of older incarnations long asked for in vain."""
        found = []
        for key in sorted(self._gaps):
            gap = self._gaps[key]
            if key[0] == controller and key[1] < inc and key[2] != "notes" and gap.tries >= _IN_VAIN and not gap.is_held:
                for first, last in self._holes(key, gap.last, _REACH)[:1]:
                    found.append((key, first, min([last] + list(gap.lackers.values())), sorted(gap.lackers)))
        return found

    def forget(self) -> None:
        """The link went or came: whoever is there will tell anew what there is."""
        self._gaps = {}
        self.due_ms = NEVER

    # -- what to do about it ---------------------------------------------------------------------

    def skips(self, now_ms: int) -> list:
        """Return (key, seq) of notes that are given up."""
        if self._keeps_all_notes:
            return []
        given_up = []
        for key in sorted(self._gaps):
            gap = self._gaps[key]
            if key[2] == "notes" and now_ms - gap.mark_ms >= _NOTES_MS:
                given_up.append((key, gap.mark))
                gap.mark, gap.mark_ms = gap.last, now_ms
        return given_up

    def wants(self, now_ms: int, is_there) -> list:
        """Return (key, first, last, anybody) to ask for now. `is_there(controller)`: not known to be offline."""
        wanted, comes_more = [], self._is_filling()
        room = self._window - sum([gap.asked for gap in self._gaps.values() if gap.due_ms > now_ms])
        for key in sorted(self._gaps, key=_urgency):
            gap = self._gaps[key]
            if gap.due_ms > now_ms:
                continue
            if not (is_there(key[0]) or is_there(gap.holder)) or gap.tries >= _TRIES_MAX:
                self._despair(key, gap)
            elif room <= 0 or (comes_more and key[2] == "notes"):
                gap.due_ms = now_ms + _STARVED_MS
            else:
                ranges = self._holes(key, gap.last, min(room, _AT_ONCE_MAX))
                anybody = gap.tries > 1 or not is_there(key[0])
                wanted += [(key, first, last, anybody) for first, last in ranges]
                self._ask(gap, sum([last - first + 1 for first, last in ranges]), now_ms)
                room -= gap.asked
        self._reckon()
        return wanted

    def _despair(self, key: tuple, gap: Gap) -> None:
        """Forget a gap: whoever has it will say so again. But notes are still to be given up."""
        if key[2] == "notes" and not self._keeps_all_notes:
            gap.due_ms = gap.mark_ms + _NOTES_MS
        else:
            del self._gaps[key]

    def _is_filling(self) -> bool:
        """Say whether facts are missing that come, or may: notes wait for these."""
        for key, gap in self._gaps.items():
            if key[2] != "notes" and gap.tries <= 1 and not gap.is_held:
                return True
        return False

    def _ask(self, gap: Gap, count: int, now_ms: int) -> None:
        gap.asked = count
        gap.tries += 1
        gap.due_ms = now_ms + gap.wait_ms + self._dice.below(_FIRST_SPREAD_MS)
        gap.wait_ms = min(2 * gap.wait_ms, _WAIT_MAX_MS)

    def _holes(self, key: tuple, last: int, count: int) -> list:
        """Return ranges of what is not here, up to so many entries."""
        here = self._log.last(*key)
        ranges, is_open = [], False
        for seq in range(here + 1, min(last, here + _REACH) + 1):
            if self._log.has(key[0], key[1], key[2], seq):
                is_open = False
            elif count > 0 and (is_open or len(ranges) < _RANGES_MAX):
                count -= 1
                if not is_open:
                    ranges.append([seq, seq])
                ranges[-1][1] = seq
                is_open = True
            else:
                break
        return ranges

    def _reckon(self) -> None:
        due_ms = NEVER
        for key, gap in self._gaps.items():
            due_ms = min(due_ms, gap.due_ms)
            if key[2] == "notes" and not self._keeps_all_notes:
                due_ms = min(due_ms, gap.mark_ms + _NOTES_MS)
        self.due_ms = due_ms


def _urgency(key: tuple) -> tuple:
    return (key[2] == "notes", key)
