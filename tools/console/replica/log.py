"""The log of a console as an exchange asks for it: numbers in RAM, events only until the database has them."""
from firmware.core import events
from firmware.replica.story import Entries
from tools.console.history import History, Trouble
from tools.console.history.reach import Reach
from tools.console.history.rows import key_of

# Whoever hears of events of others hears most of them several times: of the newest it is known without looking.
_RECENT_MAX = 4096


class ReplicaLog:
    """`waiting`: what is not in the database yet, in the order it came. `lost`: (key, seq, why) not written down yet.

    The verbs have the names and the sense of firmware.replica.log.
    """

    checkpoints = None  # tables of others are no use here: the history has the facts
    generations = ()
    is_partial = False

    def __init__(self, history: History):
        self._history = history
        self._here = {key: reach.copy() for key, reach in history.reaches().items()}  # waiting included
        self.waiting: dict[tuple, dict] = {}
        self.lost: list[tuple] = []
        self._recent: dict[tuple, dict] = {}

    # -- what comes ------------------------------------------------------------------------------

    def add(self, event: dict) -> bool:
        key, seq = key_of(event), event["seq"]
        if self.has(*key, seq):
            return False
        self._reach(key).add(seq)
        for name in events.replaced(event):
            self._reach(name[:3]).add(name[3])
        self.waiting[(*key, seq)] = event
        self._note(event)
        return True

    def skip(self, controller: str, inc: int, stream: str, seq: int) -> None:
        key = (controller, inc, stream)
        if self._reach(key).skip(seq):
            self.lost.append((key, seq, "gone"))

    def closed(self, key: tuple, seq: int) -> None:
        """What was skipped last was lost with the board that wrote it."""
        self.lost = [(other, last, "closed" if (other, last) == (key, seq) else why) for other, last, why in self.lost]

    def committed(self, taken: list[dict]) -> None:
        """Some of what waited is in the database. What this has freed a name of may come again."""
        for event in taken:
            self.waiting.pop((*key_of(event), event["seq"]), None)
        for name in [name for event in taken if (name := events.renamed(event))]:
            if not self._history.has(*name):
                self._reach(name[:3]).reopen(name[3])
                self._recent.pop(name, None)

    # -- what is here ----------------------------------------------------------------------------

    def has(self, controller: str, inc: int, stream: str, seq: int) -> bool:
        reach = self._here.get((controller, inc, stream))
        return reach is not None and reach.has(seq)

    def last(self, controller: str, inc: int, stream: str) -> int:
        reach = self._here.get((controller, inc, stream))
        return reach.last if reach else 0

    def highest(self, controller: str, inc: int, stream: str) -> int:
        return _highest(self._here.get((controller, inc, stream)))

    def durable(self, controller: str, inc: int, stream: str) -> int:
        reach = self._history.reach(controller, inc, stream)
        return reach.last if reach else 0

    def highest_stored(self, controller: str, inc: int, stream: str) -> int:
        return _highest(self._history.reach(controller, inc, stream))

    def is_stored(self, controller: str, inc: int, stream: str, seq: int) -> bool:
        return self._history.has(controller, inc, stream, seq)

    def first(self, controller: str, inc: int, stream: str) -> int:
        return 1  # what is missing here may be elsewhere: nobody is told that it is gone

    def vector(self) -> list:
        return [[*key, reach.last] for key, reach in sorted(self._here.items()) if key[1]]

    def holes(self) -> list:
        """Also of notes: a console keeps them all."""
        return [(key, highest) for key, reach in sorted(self._here.items()) if key[1] and reach.last < (highest := _highest(reach))]

    def durable_vector(self) -> list:
        return [[*key, reach.last] for key, reach in sorted(self._history.reaches().items()) if key[1]]

    def was_seen(self, event: dict) -> bool:
        """Whether this very event came lately."""
        return self._recent.get((*key_of(event), event["seq"])) == event

    def same_as_known(self, event: dict) -> bool:
        """Whether an event has the content that is known under its name, as far as that can be told now."""
        name = (*key_of(event), event["seq"])
        known = self._recent.get(name)
        if known is None:
            try:
                known = self._history.event(*name)
                if known is None or known != event and self._history.is_renamed(event):
                    return True
            except Trouble:
                return True
            self._note(known)
        return known == event

    # -- for others ------------------------------------------------------------------------------

    def between(self, controller: str, inc: int, stream: str, first: int, last: int) -> list:
        return list(self.entries(controller, inc, stream, first, last))

    def entries(self, controller: str, inc: int, stream: str, first: int, last: int) -> Entries:
        try:
            found = self._history.between(controller, inc, stream, first, last)
        except Trouble:
            found = []
        return Entries(None, {event["seq"]: event for event in found})

    # --------------------------------------------------------------------------------------------

    def _reach(self, key: tuple) -> Reach:
        return self._here.setdefault(key, Reach())

    def _note(self, event: dict) -> None:
        self._recent[(*key_of(event), event["seq"])] = event
        if len(self._recent) > _RECENT_MAX:
            del self._recent[next(iter(self._recent))]


def _highest(reach: Reach | None) -> int:
    return max(reach.beyond, default=reach.last) if reach else 0
