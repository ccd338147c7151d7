"""What really happened, and what became of each event that tells of it: kept, lost with the power, heard by whom."""

from collections import Counter, defaultdict, deque
from collections.abc import Callable

from firmware.core import events

FRESH, KEPT, LOST, GONE = "fresh", "kept", "lost", "gone"  # lost: it never was; gone: it was, and its flash is no more
_UNDER_WAY = 30  # events of others that may still be on their way to a board's flash


class Entry:
    """One event of its origin, as it stands now, and the true time at which it was written."""

    __slots__ = ("event", "true_ms", "began_ms", "boot", "state", "heard", "unheard", "waiting", "is_calm", "is_unanswered")

    def __init__(self, event: dict, true_ms: int, boot: int):
        self.event = event
        self.boot = boot  # how often its board had lost its power
        self.true_ms = self.began_ms = true_ms  # a badge begins when it is presented
        self.state = FRESH
        self.heard: set[str] = set()  # the boards that have it, but for the one that wrote it
        self.unheard: list[Entry] = []  # the person's latest entries that this one's board did not know
        self.waiting: list[Callable[[bool], None]] = []
        self.is_calm: set[str] = set()  # areas whose boards could all talk
        self.is_unanswered = False  # whether the door opened on this grant went with the flash of its board

    @property
    def key(self) -> tuple:
        return key_of(self.event)

    @property
    def is_settled(self) -> bool:
        return "up_ms" not in self.event

    def when_known(self, tell: Callable[[bool], None]) -> None:
        """Say later, or now, whether the event was kept."""
        if self.state == FRESH:
            self.waiting.append(tell)
        else:
            tell(self.state != LOST)

    def becomes(self, state: str) -> None:
        self.state = state
        waiting, self.waiting = self.waiting, []
        for tell in waiting:
            tell(state == KEPT)


class Truth:
    """All events of all origins. `now_ms()` is the true time. `on_first` hears of each as it is first written."""

    def __init__(self, now_ms: Callable[[], int]):
        self._now_ms = now_ms
        self.entries: dict[tuple, Entry] = {}
        self.people: dict[str, list[Entry]] = defaultdict(list)  # facts about each person, as they happened
        self.changes: list[Entry] = []  # facts about whole areas and the site
        self.on_first: Callable[[Entry], None] = lambda entry: None
        self._former: dict[tuple, Entry] = {}  # by the names they had before they were written again
        self.torn: set[tuple] = set()  # (controller, inc) of which some are written again elsewhere
        self._fresh: dict[str, list[Entry]] = defaultdict(list)
        self._rewriting: dict[str, list[tuple[Entry, dict]]] = defaultdict(list)  # (entry, as it is in the flash until now)
        self.slowest_ms = 0  # from an event to the flash
        self.cuts: Counter[str] = Counter()  # power cuts of each board
        self._heard: dict[str, deque[Entry]] = defaultdict(lambda: deque(maxlen=_UNDER_WAY))
        self.doubtful: set[tuple] = set()  # (controller, inc) that an old flash image may use twice

    def written(self, controller: str, event: dict) -> None:
        """Take an event that a board writes: its own, its own once more with its stamp, or another's."""
        key = key_of(event)
        if event["controller"] != controller:
            self._hears(controller, key)
            return
        known = self.entries.get(key) or self._undrawn(key) or self._renamed(event) or self._moved(event)
        if known and self._is_same(known, event):
            if known.state == KEPT and known.event != event:
                self._rewriting[controller].append((known, known.event))
            self.entries[key] = known
            known.event = dict(event)
            if known.state == GONE:
                known.state = KEPT  # others have given it back
        else:
            self._take(key, Entry(dict(event), self._now_ms(), self.cuts[controller]))

    def given_back(self, controller: str, event: dict) -> None:
        """A board has heard what was once written under its name: of others, or it was still on its way to the broker."""
        self._hears(controller, key_of(event))

    def _hears(self, controller: str, key: tuple) -> None:
        if key in self.entries:
            self.entries[key].heard.add(controller)
            self._heard[controller].append(self.entries[key])

    def _is_same(self, known: Entry, event: dict) -> bool:
        is_there = known.state in (KEPT, GONE) or (known.state == FRESH and known.boot == self.cuts[event["controller"]])
        is_final = known.is_settled and "was" not in event and "instead" not in event
        same = ("type", "user", "reader", "stamp") if is_final else ("type", "user", "reader")
        return is_there and all(known.event.get(field) == event.get(field) for field in same)

    def _renamed(self, event: dict) -> Entry | None:
        """Return an event that its origin writes again because its stamp was no good."""
        for old in events.replaced(event):
            entry = self._former.get(old) or self.entries.pop(old, None)
            if entry:
                self._former[old] = entry
                self.torn.add(old[:2])
                return entry
        return None

    def _moved(self, event: dict) -> Entry | None:
        """Return an event that a board with an old flash writes under a new incarnation, as it had another's name."""
        old = events.renamed(event)
        entry = self.entries.get(old)
        if entry is None or any(entry.event.get(field) != event.get(field) for field in ("type", "user", "reader")):
            return None
        self._former[old] = self.entries.pop(old)
        self.torn.add(old[:2])
        return entry

    def find(self, key: tuple) -> Entry | None:
        """Return an event by its name, or by the one it had before it was written again."""
        return self.entries.get(key) or self._former.get(key)

    def is_replaced(self, key: tuple) -> bool:
        """Say whether another event stands for the one of this name."""
        return key in self._former

    def _undrawn(self, key: tuple) -> Entry | None:
        """Return an event that was written before its board knew its incarnation."""
        return self.entries.pop((key[0], 0, *key[2:]), None) if key[1] else None

    def _take(self, key: tuple, entry: Entry) -> None:
        event = entry.event
        self.entries[key] = entry
        self._fresh[key[0]].append(entry)
        if event["stream"] == "facts" and event.get("user"):
            self.people[event["user"]].append(entry)
        elif event["stream"] == "site" or event["type"] in ("apb.reset", "area.set"):
            self.changes.append(entry)
        self.on_first(entry)

    def kept(self, controller: str, event: dict) -> None:
        """Take note that a board has an event in its flash."""
        entry = self.entries.get(key_of(event))
        if self._rewriting[controller] and entry and entry.event["stamp"] == event["stamp"]:
            self._rewriting[controller] = [(other, old) for other, old in self._rewriting[controller] if other is not entry]
        if entry and entry.state == FRESH and entry in self._fresh[controller]:
            self._fresh[controller].remove(entry)
            self.slowest_ms = max(self.slowest_ms, self._now_ms() - entry.true_ms)
            entry.becomes(KEPT)

    def went_off(self, controller: str) -> None:
        self.cuts[controller] += 1

    def came_on(self, controller: str, node) -> None:
        """Find out what became of events that were on their way to the flash when the power went."""
        fresh = self._fresh.pop(controller, [])
        self._fresh[controller] = [entry for entry in fresh if entry.boot == self.cuts[controller]]  # written since
        for entry in fresh:
            if entry.boot == self.cuts[controller]:
                continue
            if is_held(node, entry):
                entry.becomes(KEPT)
            else:
                self._drop(entry)
                entry.becomes(LOST)
        for entry, old in reversed(self._rewriting.pop(controller, [])):
            if not is_held(node, entry, entry.event["stamp"]):
                self._take_back(entry, old)
        for entry in self._heard.pop(controller, ()):
            if not is_held(node, entry):
                entry.heard.discard(controller)

    def _take_back(self, entry: Entry, old: dict) -> None:
        """An event was to have another name or stamp, and the power went before that was in the flash."""
        del self.entries[entry.key]
        entry.event = old
        self.entries[entry.key] = entry
        self._former.pop(entry.key, None)

    def renewed(self, controller: str, node, is_old: bool) -> None:
        """A board has another flash: an empty one, or one that `is_old` and may give its numbers twice."""
        missing = [entry for entry in self.entries.values() if not is_held(node, entry)]
        for entry in missing:
            entry.heard.discard(controller)
        for entries in self.people.values():
            self._note_unanswered(controller, entries)
        gone = [entry for entry in missing if entry.event["controller"] == controller and entry.state == KEPT]
        for entry in gone:
            entry.state = GONE
        self.torn |= {key[:2] for key in self.entries if key[0] == controller}
        if is_old:
            self.doubtful |= {key[:2] for key in self.entries if key[0] == controller}

    def _note_unanswered(self, controller: str, entries: list[Entry]) -> None:
        """Note the grants of a person of which only the flash that is gone could have told whether the door opened."""
        open_grants: dict[str, Entry] = {}
        for entry in entries:
            if entry.event["controller"] == controller and entry.state != LOST:
                open_grants.pop(entry.event.get("reader", ""), None)
                if entry.event["type"] == "access.granted":
                    open_grants[entry.event["reader"]] = entry
        for entry in open_grants.values():
            entry.is_unanswered = True

    def recent(self, since_ms: int) -> list[Entry]:
        """Return the facts and site events written since a time."""
        return [e for e in self.entries.values() if e.true_ms >= since_ms and e.event["stream"] != "notes"]

    def _drop(self, entry: Entry) -> None:
        if self.entries.get(entry.key) is entry:
            del self.entries[entry.key]
        for where in (self.people.get(entry.event.get("user"), []), self.changes):
            if entry in where:
                where.remove(entry)


def key_of(event: dict) -> tuple:
    return (event["controller"], event["inc"], event["stream"], event["seq"])


def is_held(node, entry: Entry, stamp: int | None = None) -> bool:
    """Say whether a board's log holds an event, with this stamp if one is given."""
    controller, inc, stream, seq = entry.key
    held = node.log.between(controller, inc, stream, seq, seq)
    return any(
        event["type"] == entry.event["type"]
        and event.get("user") == entry.event.get("user")
        and stamp in (None, event["stamp"])
        for event in held
    )
