"""The events a controller has, its own and others': in RAM until they are in the flash, then there.

One way in (`add`), one to the flash (`store`, called by the shell when no reader is in a frame), and reads by name, by
range and by person. Without a flash everything stays in RAM.
"""

from firmware.const import const
from firmware.core import events
from firmware.replica.checkpoint import Checkpoints
from firmware.replica.digests import Digests
from firmware.replica.links import Links
from firmware.replica.shelf import FACTS, NOTES, SWAP, Full, Shelf
from firmware.replica.story import Entries, Story
from firmware.replica.stream import Stream

# Of a stream: others seldom ask for old events but the origin itself.
_OWN_SPANS = const(16)
_SPANS = const(8)
# Of facts about people, by the lower bits of their number: a start finds some thousand facts at most, however many people there are.
_CHAINS = const(512)


class Log:
    """`flash`: a hal FlashLog, mounted; `codec`: Codec of wire/packed; `people`: how many are expected in events."""

    def __init__(self, name: str = "", flash=None, codec=None, people: int = 0):
        self.name = name
        self.inc = 0  # our own incarnation; 0: none is drawn yet
        self.ceiling = 0  # the stamp up to which promises may have gone
        self.generations = []  # checkpoints, the newest first (see checkpoint.py)
        self.stored = 0  # facts and site events in the flash
        self.unstorable = 0  # events too long for it
        self.newest_stamp = 0  # of all events in the flash
        self.kept = {}  # who -> {(inc, stream): last seq of ours that they keep for good}
        self.consoles = {}  # those that the site names -> do they count?
        self.is_partial = False  # what came before the oldest checkpoint never was here
        self.checkpoints = None
        self.swap = None  # of a table too large for the heap
        self.shelf = Shelf(flash, codec) if flash else None
        self._near = {}  # where `finding` found something last
        self._digests = Digests() if flash else None
        self._streams = {}  # (controller, inc, stream) -> Stream
        self._fresh = {}  # (controller, inc, stream, seq) -> [event, times it is on its way to the flash]
        self._about = {}  # person -> facts that are not in the flash yet
        self._newest = Links(min(people, _CHAINS) if flash else 0)  # of each chain
        self._end = 0  # address of the newest fact in the flash
        self._promised = (0, 0)  # (our newest incarnation, its highest stamp)
        self._disowned = set()  # keys of own events that turned out to be others' names
        self._replaced = set()  # keys of events for which another stands
        self._renamed = {}  # key -> stamp of the event that had this name, and has another now
        self._told = None  # while everything is learned again: (address, keys of those in RAM) told so far
        self._unsettled = {}  # (inc, stream, seq) -> address of an own event whose clock was not set
        if flash:
            self._mount()

    def provide(self, people: int, areas: int, rows_max: int) -> None:
        """See to room for a table: in the heap up to so many rows, in the flash more.

        Raises: room.FlashTooSmall.
        """
        if self.shelf:
            wants_swap = people * areas > rows_max
            self.checkpoints.room.require(people, areas, wants_swap)
            if wants_swap:
                from firmware.replica.swap import Swap

                self.swap = Swap(self.shelf, rows_max, people * areas, self.checkpoints.room)

    # -- what is here ----------------------------------------------------------------------------

    def add(self, event: dict) -> bool:
        """Take an event. False where it is here already."""
        key = _key(event)
        stream = self._stream(*key[:3])
        if stream.has(key[3]):
            return False
        stream.add(key[3])
        self._take_fresh(key, event)
        if self._digests and key[0] != self.name:
            self._digests.add(event)
        return True

    def rewrite(self, event: dict, was_inc: int) -> None:
        """Take an own event again that now has its stamp, and its incarnation if that was not drawn yet."""
        key = _key(event)
        old = (key[0], was_inc) + key[2:]
        self._unsettled.pop(old[1:], None)
        waiting = self._fresh.pop(old, None)
        if waiting:
            self._forget_about(waiting[0])
        self._stream(*key[:3]).add(key[3])
        self._take_fresh(key, event)
        if waiting:
            self._fresh[key][1] += waiting[1]

    def last(self, controller: str, inc: int, stream: str) -> int:
        """Return the seq up to which everything of one origin's stream is here."""
        found = self._streams.get((controller, inc, stream))
        return found.last if found else 0

    def durable(self, controller: str, inc: int, stream: str) -> int:
        """Return the seq up to which everything of one origin's stream is in the flash."""
        found = self._streams.get((controller, inc, stream))
        return found.durable if found else 0

    def is_stored(self, controller: str, inc: int, stream: str, seq: int) -> bool:
        """Say whether an event is in the flash. One for which another stands may never get there."""
        found = self._streams.get((controller, inc, stream))
        return bool(found) and found.is_stored(seq) and not (self.shelf and (controller, inc, stream, seq) in self._fresh)

    def highest_stored(self, controller: str, inc: int, stream: str) -> int:
        """Return the highest seq of one origin's stream that is in the flash, gaps or not."""
        found = self._streams.get((controller, inc, stream))
        return found.highest_stored() if found else 0

    def first(self, controller: str, inc: int, stream: str) -> int:
        """Return the lowest seq of one origin's stream that is still kept."""
        found = self._streams.get((controller, inc, stream))
        return found.first if found else 1

    def has(self, controller: str, inc: int, stream: str, seq: int) -> bool:
        """Say whether an event is, or was, here."""
        found = self._streams.get((controller, inc, stream))
        return bool(found) and found.has(seq)

    def keys(self):
        """Yield (controller, inc, stream) of each of which anything is here."""
        return iter(self._streams)

    def vector(self) -> list:
        """Return [[controller, inc, stream, last seq], ...], sorted."""
        return [list(key) + [self._streams[key].last] for key in sorted(self._streams) if key[1]]

    def whole(self, controllers: list) -> list | None:
        """Return the same of the facts of some controllers and all site events; None where something is missing."""
        rows = []
        for key, stream in self._streams.items():
            if stream.last and key[1] and (key[2] == "site" or key[2] == "facts" and key[0] in controllers):
                if stream.highest != stream.last:
                    return None
                rows.append(key + (stream.last,))
        rows.sort()
        return rows

    def holes(self) -> list:
        """Return (key, highest seq) of the facts and site events of which something in between is missing, sorted."""
        found = [(key, self._streams[key].highest) for key in sorted(self._streams) if key[2] != "notes" and key[1]]
        return [(key, highest) for key, highest in found if self._streams[key].last < highest]

    def durable_vector(self) -> list:
        """Return the same of what is in the flash."""
        return [list(key) + [self._streams[key].durable] for key in sorted(self._streams) if key[1]]

    def highest_inc(self, controller: str) -> int:
        """Return the highest incarnation of a controller of which anything is here."""
        return max([key[1] for key in self._streams if key[0] == controller] + [0])

    def skip(self, controller: str, inc: int, stream: str, seq: int) -> None:
        """Take note that nothing more of a stream will come up to a seq."""
        self._stream(controller, inc, stream).skip(seq)

    def replace(self, event: dict) -> bool:
        """Let an event stand for the one that it was (`was`). True: that one is here, and has to be unlearned."""
        was_here = False
        for key in events.replaced(event):
            was_here = self.has(*key) or was_here
            self._replaced.add(key)
            self._stream(*key[:3]).settle(key[3])
        return self._rename(event) or was_here

    def _rename(self, event: dict) -> bool:
        """Let an event be known under its new name only. True: it is here under the old one."""
        key = events.renamed(event)
        if key is None:
            return False
        self._renamed[key] = event["stamp"]
        here = self._streams.get(key[:3])
        return bool(here) and here.has(key[3])

    def disown(self, inc: int, stream: str, seq: int) -> None:
        """Give up what we wrote above a seq: others know other events under these names, written before ours."""
        found = self._stream(self.name, inc, stream)
        for above in range(seq + 1, found.highest + 1):
            key = (self.name, inc, stream, above)
            self._disowned.add(key)
            self._unsettled.pop(key[1:], None)
            waiting = self._fresh.pop(key, None)
            if waiting:
                self._forget_about(waiting[0])
        found.rewind(seq)

    def is_replaced(self, event: dict) -> bool:
        """Say whether another event stands for this one."""
        key = _key(event)
        return key in self._replaced or self._is_renamed(key, event["stamp"])

    def _is_renamed(self, key: tuple, stamp: int) -> bool:
        return bool(self._renamed) and self._renamed.get(key) == stamp

    def forget_ahead(self, limit: int) -> None:
        """Let no promise above a stamp count any more: our clock was ahead."""
        self.newest_stamp = min(self.newest_stamp, limit)
        self.ceiling = min(self.ceiling, limit)

    def drop_checkpoints(self, stamp: int) -> None:
        """Give up the checkpoints that may hold something from a stamp on."""
        if self.checkpoints:
            self.checkpoints.drop_from(stamp)

    def was_seen(self, event: dict) -> bool:
        """Say, without a look at the flash, whether this very event came lately."""
        return bool(self._digests) and self._digests.knows(event)

    def same_as_known(self, event: dict) -> bool:
        """Say whether an event is not found here, or here with the same content."""
        if self.was_seen(event):
            return True
        key = _key(event)
        for known in self.entries(key[0], key[1], key[2], key[3], key[3], False):
            if known != event:
                return False
        if self._digests:
            self._digests.add(event)
        return True

    # -- reading ---------------------------------------------------------------------------------

    def between(self, controller: str, inc: int, stream: str, first: int, last: int) -> list:
        """Return the events of one stream from `first` to `last`, in order, as far as they are here."""
        return [event for event in self.entries(controller, inc, stream, first, last)]

    def entries(self, controller: str, inc: int, stream: str, first: int, last: int, is_thorough: bool = True):
        """Return the same as a list of which each event is read when it is looked at; not thorough: what is out of order may be left out."""
        key, kind, places = (controller, inc, stream), _kind(stream), {}
        known = self._streams.get(key)
        if known is None:
            return Entries(None, places)
        if self.shelf:
            # Most boards are seldom asked for anything, and the others need no heap for this.
            from firmware.replica.finding import Finder

            places = Finder(self.shelf, self._near, self._is_current).find(kind, key, known, first, last, is_thorough)
        for seq in range(first, min(last, known.highest) + 1) if self._fresh else ():
            waiting = self._fresh.get((controller, inc, stream, seq))
            if waiting:
                places[seq] = waiting[0]
        return Entries(lambda address: self.shelf.event_at(kind, address), places)

    def _is_current(self, head: tuple, mark, address: int) -> bool:
        """Say whether the name of a record in the flash is the one its event has now, and whether it was not written again."""
        if mark == "up_ms" and head[0] == self.name and self._unsettled.get(head[1:4]) != address:
            return False
        return not self._is_renamed(head[:4], head[4])

    def story(self, no: int, counts) -> tuple | None:
        """Return (base, facts): the newest checkpoint a fold of one person can start from, and all facts beyond it.

        Of the facts, in the total order, only those that `counts(fact)`. The base is None where they are all there ever
        were; None for both where the log does not reach so far back.
        """
        story = Story(self._fact_at)
        for fact in self._fresh_about(no):
            if not self._began_with(fact):
                _tell(story, fact, None, counts)
        address = self._address_of(no)
        for generation in self.generations:
            cut = generation.cut(no)
            if cut is None:
                continue
            while address and address >= cut.address:
                address = self._walk(address, no, story, counts)
            if address is None:
                return None
            if _is_beyond(story, cut):
                return (cut.base, story.close())
        while address and not self.is_partial:
            address = self._walk(address, no, story, counts)
        return None if address is None or self.is_partial else (None, story.close())

    def lacks_areas(self, areas) -> list:
        """Return those of some areas that are not in another board's table, with which this log begins; sorted."""
        taken = self.generations[0] if self.generations and self.generations[0].is_taken else None
        return sorted([area for area in areas if area not in taken.areas]) if taken else []

    def is_folded(self, event: dict) -> bool:
        """Say whether the newest checkpoint is another board's, and has this event in it."""
        return bool(self.generations) and self.generations[0].is_taken and _is_in(event, self.generations[0])

    def _began_with(self, event: dict) -> bool:
        """Say whether an event is in the table of another board with which this log began."""
        return bool(self.generations) and self.generations[-1].is_taken and _is_in(event, self.generations[-1])

    def begin_with(self, generation) -> list:
        """Take another's checkpoint as what came before all else. Returns (key, seq) up to where nothing more will come."""
        self.is_partial = True
        covered = generation.covered()
        own = (self.name, max(self.inc, self._promised[0]))
        rows = [(key, covered[key]) for key in sorted(covered) if key[:2] != own]
        for key, seq in rows:
            self.skip(key[0], key[1], key[2], seq)
        return rows

    def _walk(self, address: int, no: int, story: Story, counts) -> int | None:
        """Take a fact of a chain, if it is about this person. Returns the one before; None: it is gone."""
        found = self.shelf.about(address, no)
        if found is None:
            return None
        link, event = found
        is_told = event is not None and (self._told is None or address <= self._told[0])
        if is_told and events.is_fact(event) and not (self._is_superseded(event) or self._began_with(event)):
            _tell(story, event, address, counts)
        return link

    def _fact_at(self, address: int) -> dict:
        return self.shelf.get(address)[1]

    def _is_superseded(self, event: dict) -> bool:
        """Say whether an event was written again, with its stamp or under another name."""
        return self.is_replaced(event) or "up_ms" in event and _key(event)[1:] not in self._unsettled

    def highest(self, controller: str, inc: int, stream: str) -> int:
        """Return the highest seq of one origin's stream that was ever seen here, gaps or not."""
        found = self._streams.get((controller, inc, stream))
        return found.highest if found else 0

    def since(self, address: int):
        """Yield (address, event) of the facts and site events in the flash from an address on, as they came."""
        for sector in self.shelf.flash.within(FACTS, address >> 12) if self.shelf else ():
            for place, event in self.shelf.events(FACTS, sector):
                if place >= address and not self._is_superseded(event):
                    yield (place, event)

    def learned(self, address: int):
        """Yield (address, event) of the facts and site events from an address on; no address: not in the flash yet.

        Until all are drawn, a story ends with the one drawn last: what comes later is not folded yet.
        """
        self._told = (0, set())
        for place, event in self.since(address):
            if _key(event) not in self._fresh:
                self._told = (place, self._told[1])
                yield (place, event)
        self._told = (self._end, self._told[1])
        for key in sorted(self._fresh):
            if key[2] != "notes" and not self.is_replaced(self._fresh[key][0]):
                self._told[1].add(key)
                yield (None, self._fresh[key][0])
        self._told = None

    def unsettled(self) -> list:
        """Return the own events in the flash whose clock was never set, in the order they were written."""
        found = []
        for kind in (FACTS, NOTES):
            sectors = sorted({address >> 12 for key, address in self._unsettled.items() if _kind(key[1]) == kind})
            for sector in sectors:
                for address, event in self.shelf.events(kind, sector):
                    if self._unsettled.get(_key(event)[1:]) == address:
                        found.append(event)
        return sorted(found, key=_written)

    # -- writing ---------------------------------------------------------------------------------

    def store(self, event: dict) -> bool:
        """Write an event to the flash. False where no sector is left: it stays in RAM.

        An event that no records can hold is counted and let go: nobody is to wait for it.
        """
        key = _key(event)
        if key in self._disowned and (key not in self._fresh or self._fresh[key][0] is not event):
            return True  # given up on its way to the flash
        if self.shelf:
            try:
                self._program(key, event)
            except Full:
                return False
            except ValueError:
                self.unstorable += 1
                self._stream(*key[:3]).settled(key[3])
        else:
            self._stream(*key[:3]).stored(key[3], 0)
        waiting = self._fresh.get(key)
        if waiting:
            waiting[1] -= 1
            if self.shelf and waiting[1] <= 0:
                del self._fresh[key]
                self._forget_about(event)
        return True

    def store_ceiling(self, stamp: int) -> bool:
        """Write the stamp up to which promises may go. False where no sector is left."""
        if self.shelf:
            try:
                self.shelf.put_ceiling(self.inc, stamp)
            except Full:
                return False
        self.ceiling = max(self.ceiling, stamp)
        return True

    def is_settled(self) -> bool:
        """Say whether everything here is in the flash, where there is one."""
        return not (self.shelf and self._fresh)

    def forget_sector(self, kind: int, sector: int) -> list:
        """Take note that a sector is dropped. Returns ("lost", controller, inc, stream, first, last) of our own in it.

        What everybody who counts has for good is not lost.
        """
        lost, spans = [], {}
        for address, head, _ in self.shelf.heads(kind, sector):
            if address != "ceiling":
                low, high = spans.get(head[:3], (head[3], head[3]))
                spans[head[:3]] = (min(low, head[3]), max(high, head[3]))
        for key in sorted(spans):
            self._stream(*key).forget(sector, *spans[key])
            if key[0] == self.name and not self._is_kept(key[1:], spans[key][1]):
                lost.append(("lost",) + key + spans[key])
        self.shelf.forget(sector)
        return lost

    def _is_kept(self, stream: tuple, seq: int) -> bool:
        """Say whether each console that counts, and whoever else tells of what he keeps, has our events up to a seq."""
        needed = [who for who in self.consoles if self.consoles[who]] + [who for who in self.kept if who not in self.consoles]
        return bool(needed) and all([who in self.kept and self.kept[who].get(stream, 0) >= seq for who in needed])

    @property
    def end(self) -> int:
        """The address of the newest fact in the flash."""
        return self._end

    # --------------------------------------------------------------------------------------------

    def _program(self, key: tuple, event: dict) -> None:
        kind = _kind(key[2])
        is_linked = _is_linked(event)
        link = self._address_of(event["no"]) if is_linked else 0
        address = self.shelf.put(kind, event, link)
        self._note_stored(kind, address, key, event["no"] if is_linked else None, "up_ms" in event)

    def _note_stored(self, kind: int, address: int, key: tuple, no: int | None, is_unsettled: bool) -> None:
        stream = self._stream(*key[:3])
        stream.stored(key[3], address >> 12)
        if kind == FACTS:
            self._end = address
            self.stored += 1
            if no is not None:
                self._newest.put(no % _CHAINS, address)
        if key[0] == self.name:
            self.inc = max(self.inc, key[1])
            if is_unsettled:
                self._unsettled[key[1:]] = address
            else:
                self._unsettled.pop(key[1:], None)
                self._unsettled.pop((0,) + key[2:], None)

    def _mount(self) -> None:
        for sector in self.shelf.flash.sectors(SWAP):
            self.shelf.flash.drop(sector)
        for kind in (NOTES, FACTS):
            for sector in self.shelf.flash.sectors(kind):
                for address, head, mark in self.shelf.heads(kind, sector):
                    self._find(kind, address, head, mark)
        self.checkpoints = Checkpoints(self)
        if self.generations and self.generations[0].is_taken:
            self.begin_with(self.generations[0])
        elif self.generations:
            state = self.generations[0].state()
            self.is_partial = state.get("partial", False)
            for controller, inc, stream, seq in state["vector"]:
                self.skip(controller, inc, stream, seq)
        else:
            self.is_partial = self.checkpoints.room.lacks_past()
        for key in self._streams:
            self._streams[key].mounted(key[:2] == (self.name, self._promised[0]))
        self.ceiling = self._promised[1]

    def _find(self, kind: int, address, head, mark) -> None:
        """Take note of a record that the flash holds."""
        if address == "ceiling":
            self._note_promised(head, mark)
            return
        controller, inc, stream, seq, stamp, no = head
        known = self._stream(controller, inc, stream)
        if known.has(seq) and head[1:4] not in self._unsettled:
            known.mix(seq)
        known.add(seq)
        if controller == self.name:
            self._note_promised(inc, stamp)
        else:
            self.newest_stamp = max(self.newest_stamp, stamp)
        self._note_stored(kind, address, head[:4], no if stream == "facts" else None, mark == "up_ms")
        if mark == "was" or mark == "instead":
            for event in self.between(controller, inc, stream, seq, seq):
                if self.replace(event) and mark == "instead" and controller == self.name:
                    # What really has that name is still to come, or lies further on.
                    self._stream(controller, event["instead"][0], stream).rewind(event["instead"][1] - 1)

    def _note_promised(self, inc: int, stamp: int) -> None:
        """Of our own stamps only those of the newest incarnation count: an older one may have been ahead."""
        if inc > self._promised[0]:
            self._promised = (inc, stamp)
        elif inc == self._promised[0]:
            self._promised = (inc, max(self._promised[1], stamp))

    def _address_of(self, no: int) -> int:
        link = self._newest.get(no % _CHAINS)
        return self.shelf.widen(link, self._end) if link else 0

    def _stream(self, controller: str, inc: int, stream: str) -> Stream:
        key = (controller, inc, stream)
        if key not in self._streams:
            self._streams[key] = Stream(_OWN_SPANS if controller == self.name else _SPANS)
        return self._streams[key]

    def _take_fresh(self, key: tuple, event: dict) -> None:
        self._fresh[key] = [event, 1]
        if _is_linked(event):
            self._about.setdefault(event["no"], []).append(event)

    def _fresh_about(self, no: int) -> list:
        facts = [fact for fact in self._about.get(no, ()) if events.is_fact(fact) and not self.is_replaced(fact)]
        if self._told is not None:
            facts = [fact for fact in facts if _key(fact) in self._told[1]]
        return facts

    def _forget_about(self, event: dict) -> None:
        about = self._about.get(event.get("no"))
        if about:
            left = [other for other in about if _key(other) != _key(event)]
            if left:
                self._about[event["no"]] = left
            else:
                del self._about[event["no"]]


def _key(event: dict) -> tuple:
    return (event["controller"], event["inc"], event["stream"], event["seq"])


def _kind(stream: str) -> int:
    return NOTES if stream == "notes" else FACTS


def _is_linked(event: dict) -> bool:
    return event["stream"] == "facts" and event.get("no") is not None


def _tell(story: Story, fact: dict, address: int | None, counts) -> None:
    story.note(fact)
    if counts(fact):
        story.add(fact, address)


def _is_beyond(story: Story, cut) -> bool:
    """Say whether all facts come after all that is folded in a checkpoint, whatever the clocks' errors hide."""
    if story.lowest_stamp is not None and story.lowest_stamp <= cut.stamp:
        return False
    return story.since_ms is None or story.since_ms >= cut.until_ms


def _is_in(event: dict, generation) -> bool:
    """Say whether another board's checkpoint has an event in it."""
    key = _key(event)
    return key[3] <= generation.covered().get(key[:3], 0)


def _written(event: dict) -> tuple:
    return (event["boot"], event["stamp"])
