"""Who is where: the table of all areas a controller holds, kept by folding facts as they come."""

from binascii import crc32

from firmware.const import const
from firmware.core import events, fold, saved
from firmware.core.area_rules import AreaRules, Horizon
from firmware.core.beside import PENDING, SPECIAL, STANDING, STANDS, Beside
from firmware.core.book import Book
from firmware.core.digested import Digested
from firmware.core.journal import Journal
from firmware.core.pages import Pages
from firmware.core.rows import ROW_BYTES, Rows
from firmware.core.standing import NEVER, UNKNOWN, Standing
from firmware.core.sweep import Sweep

# Commands that are remembered, in pages of 14: the newest 42 about people, and the newest 14 about areas, of which there are few. When
# the second fact of a command comes so late that the first fell out, a person's story has both; an area's is then taken for another.
_COMMAND_PAGES = const(3)
_AREA_COMMAND_PAGES = const(1)
_ORDER_BYTES = const(10)
_AT_ONCE_MAX = const(256)  # people of whom all are changed at once; of more bit by bit,
_SPECIAL_MAX = const(32)  # but at once those with more than a row, if they are no more than so many
NEVER_MS = const(1 << 60)
_SWEPT_MAX = const(4)  # in one piece of work


class Presence:
    """Conclusions of a controller about its areas.

    `story(no, counts)` gives (Base or None for nothing, every fact about a person that is not in it and counts, in
    the total order), or None where the logs do not reach back far enough. `people`: how many the configuration names. `swap`: of Pages.
    """

    def __init__(self, areas: dict, zone, reader_numbers: dict, story, people: int = 0, swap=None):
        self._zone, self._people = zone, people
        self.horizon = Horizon()
        self._own = {name: AreaRules(settings, zone, self.horizon) for name, settings in areas.items()}
        self.rules = dict(self._own)
        self._pages = Pages(ROW_BYTES * max(len(areas), 1), people, swap)
        self._rows = {name: Rows(reader_numbers, self._pages, at * ROW_BYTES) for at, name in enumerate(sorted(areas))}
        self.beside = Beside(areas, swap)  # standings where a row says too little
        self.ends_ms = 0  # no violation ends before that by time alone, but those that had when somebody looked at everybody:
        self.looked_at_ms = 0
        self._digests = {name: 0 for name in areas}
        self._story = story
        self.journal = Journal()
        self.unjudged = []  # (area, no, of) of badges that came too late to be judged, not reported yet
        self.keeper = None  # told of everybody who is about to change, None: of all (see replica/writing.py)
        self.on_late_change = None  # told the stamp of a change that lies before what is folded
        self.changes = 0  # rises when rules may have changed
        self.at_once_max = _AT_ONCE_MAX
        self.swept = []  # (area, no) of standings changed before or at their turn, not looked at yet
        self.repaired = []  # (area, how many rows) that were folded again for their digest, not told yet
        self._sweeps = []  # in their order
        self._is_sweeping = False
        self._known_changes = []  # of whole areas, in stamp order
        self._forgotten = 0  # stamp up to which old ones are not among them any more
        self._changes = []  # those of them that count
        self.commands = Digested(_ORDER_BYTES, _COMMAND_PAGES)  # nonce -> order of the fact that counts: of several, the lowest
        self.area_commands = Digested(_ORDER_BYTES, _AREA_COMMAND_PAGES)

    def view(self, no: int, at_ms: int) -> Book:
        """Return one person's standings at a time, free to be changed; not the rules."""
        return Book(self.rules, {area: self.standing(area, no) for area in self._rows}, at_ms)

    def take(self, fact: dict) -> list:
        """Fold one fact. Returns (area, no) of every standing that may have changed; where very many did, of those with
        more than a row.
        """
        is_change, known = fact["type"] in ("area.set", "apb.reset"), None
        if fact.get("nonce") is not None:
            commands, order = self.area_commands if is_change else self.commands, events.packed(events.order(fact))
            known = commands.get(fact["nonce"])
            if known is None and not is_change and self.journal.is_before_any(events.order(fact)):
                known = self._twin(fact)
            if known is not None and known < order:
                return []
            commands.put(fact["nonce"], order)
        if is_change:
            return self._take_change(_change_of(fact, self.rules, self._zone, self.horizon), known)
        touched = None
        if self._needs_refold(fact):
            touched = self._judge_again(fact)
        elif any([sweep.is_refold and sweep.is_open(fact["no"]) for sweep in self._sweeps]):
            touched = self._refold(fact["no"])
        if touched is None:
            touched = self._fold(fact)
        self.journal.add(fact)
        return touched

    def take_emergency_ends(self, ends: list) -> list:
        """Take the (order, at_ms) of every end of an emergency that is known, in place of those before."""
        others = [change for change in self._known_changes if change.what != "emergency"]
        return self._set_changes(others + [fold.Change(order, at_ms, None, "emergency") for order, at_ms in ends])

    def watchers(self, area: str) -> list:
        """Return the controllers of an area and of every area around it, sorted."""
        names = set()
        while area is not None:
            names.update(self.rules[area]["controllers"])
            area = self.rules[area]["parent"]
        return sorted(names)

    def forget(self) -> None:
        """Forget every conclusion, to fold everything again."""
        self.changes += 1
        self._will_change(None)
        self.rules = dict(self._own)
        self._pages.clear()
        for rows in self._rows.values():
            rows.clear()
        for area, no in self.beside.places(SPECIAL):
            self.beside.put(area, no, STANDING, b"", 0)
        self._digests = {name: 0 for name in self._own}
        self.journal.clear()
        self._known_changes, self._changes, self._forgotten = [], [], 0
        self.commands.clear()
        self.area_commands.clear()
        self._sweeps = []

    def configuration(self, area: str) -> int | None:
        """Return the version of the newest configuration that is a fact for an area."""
        versions = [change.version for change in self._changes if change.area == area and change.version is not None]
        return versions[-1] if versions else None

    def inside(self, area: str, at_ms: int) -> int:
        """Return how many people are `in` an area; while everybody's turn is still to come, of those who came by the time
        of a reset alone, whatever clocks err by."""
        rules = self.rules[area]
        since = rules.last_reset(at_ms)
        if rules["presence_timeout_s"]:
            since = max(since, at_ms - rules["presence_timeout_s"] * 1000 + 1)
        for sweep in self._sweeps:
            since = max(since, sweep.resets.get(area, 0))
        return self._rows[area].inside(since)

    def special(self):
        """Yield (area, no) of everybody with a violation, a pardon or a grant not used yet, sorted."""
        return self.beside.places(SPECIAL)

    def _kept_beside(self, area: str, no: int) -> list | None:
        """Return what `saved.of_standing` gave of a standing that is more than a row."""
        body = self.beside.parts(area, no)[STANDING]
        return saved.unpack(body, self.beside.names) if body else None

    def _put_beside(self, area: str, no: int, kept: list | None) -> None:
        if kept is None:
            self.beside.put(area, no, STANDING, b"", 0)
        else:
            marks = SPECIAL | (STANDS if kept[0] else 0) | (PENDING if kept[2] else 0)
            self.beside.put(area, no, STANDING, saved.pack(kept, self.beside.number_of), marks)

    def note_end(self, area: str, standing: Standing) -> None:
        """Take note of when a violation ends."""
        ends_ms = standing.violation_ends_ms(self.rules[area]) if standing.violation else None
        if ends_ms is not None and self.looked_at_ms < ends_ms < self.ends_ms:
            self.ends_ms = ends_ms

    def is_known(self, area: str, no: int) -> bool:
        """Say whether anything is left to forget of somebody: presence, violation or pardon."""
        standing = self.standing(area, no)
        held = (standing.violation, standing.pardon_at_ms, standing.entering or None)
        return standing.presence in ("in", "out") or any(each is not None for each in held)

    def known(self, area: str):
        """Yield the numbers of everybody of whom a fact was folded: each has a row."""
        return self._rows[area].people()

    def standing(self, area: str, no: int) -> Standing:
        """Return one standing as the last fact left it, not settled. Changed it counts once it is stored."""
        if self._sweeps:
            self._catch_up(no)
        kept, row = self._kept_beside(area, no), self._rows[area].get(no)
        return saved.to_standing(row, kept) if kept else Standing(*row)

    def forget_whereabouts(self, areas: list, at_ms: int) -> None:
        """Make everybody's presence in some areas unknown, and mark the rows."""

        def forget(no):
            for area in areas:
                if no < self._people or self._rows[area].is_known(no):
                    standing = self.standing(area, no)
                    standing.move(UNKNOWN, at_ms, standing.reader)
                    self._store(area, no, standing)
                    self._rows[area].mark(no, True)
            return ()

        self._change_everybody(forget, max(self._people, self.people_max()), {area: at_ms + 1 for area in areas})

    def drop_ended(self, area: str, no: int) -> None:
        """Forget ended violations of a standing: their end is reported."""
        standing = self.standing(area, no)
        standing.ended = []
        self._store(area, no, standing)

    def _twin(self, fact: dict) -> bytes | None:
        """Return the order of the first fact about somebody by this late one's command, which may have been forgotten."""
        story = self._story(fact["no"], lambda other: other.get("nonce") == fact["nonce"])
        return min([events.packed(events.order(other)) for other in story[1]]) if story and len(story[1]) else None

    # -- folding ---------------------------------------------------------------------------------

    def _needs_refold(self, fact: dict) -> bool:
        """Say whether a fact must be judged with what is folded already: late, or within clock error."""
        if self.journal.is_late(fact):
            return True
        if self._changes and self._changes[-1].order > events.order(fact):
            return True
        return events.is_badge(fact) and any(self._is_near(fact, area) for area in fact["judge"])

    def _is_near(self, badge: dict, area: str) -> bool:
        last = self.journal.newest_badge(badge["no"], area)
        if last is None:
            return self.journal.may_have_dropped(badge["no"], badge["at_ms"] - badge["err_ms"])
        if last.name[0] == badge["controller"]:
            return False
        return abs(last.at_ms - badge["at_ms"]) < last.err_ms + badge["err_ms"]

    def _fold(self, fact: dict) -> list:
        no = fact["no"]
        standings = {area: self.standing(area, no) for area in self._rows}
        fold.apply_fact(Book(self.rules, standings), fact)
        return self._store_all(no, standings)

    def _judge_again(self, fact: dict) -> list:
        touched = self._refold(fact["no"])
        return self._merge(fact) if touched is None else touched

    def _refold(self, no: int) -> list | None:
        """Fold again what is known about one person; None where the logs do not reach back far enough."""
        story = self._story(no, self._counts)
        if story is None:
            return None
        base, facts = story
        if base is None and self._forgotten and len(facts) and facts[0]["stamp"] <= self._forgotten:
            return None
        since = base.stamp if base else -1
        standings = {area: self._standing_of(base, area) for area in self._rows}
        changes = [change for change in self._changes if change.order[0] > since]
        fold.from_scratch(Book(self._rules_at(since), standings), facts, changes)
        for sweep in self._sweeps:
            sweep.take(no)  # what it does to everybody is among the changes
        self._will_change(no)
        for area in self._rows:
            self._rows[area].mark(no, False)
        return self._store_all(no, standings)

    def _standing_of(self, base, area: str) -> Standing:
        if base is not None and base.areas is not None and area not in base.areas:
            return Standing(UNKNOWN)
        if base is None or area not in base.rows:
            return Standing()
        row = self._rows[area].read(base.rows[area], 0)
        return saved.to_standing(row, base.side[area]) if area in base.side else Standing(*row)

    def _rules_at(self, stamp: int) -> dict:
        """Return the rules that were in force once everything up to a stamp was folded."""
        rules = dict(self._own)
        for change in self._changes:
            if change.what == "set" and change.order[0] <= stamp:
                rules[change.area] = change.rules
        return rules

    def _merge(self, fact: dict) -> list:
        """A fact came too late to be judged: of two badges the newer one says where the person is."""
        touched = []
        self._will_change(fact["no"])
        for area in self._rows:
            if events.is_badge(fact) and area in fact["judge"]:
                standing = self.standing(area, fact["no"])
                if fact["type"] == "access.granted" and standing.at_ms < fact["at_ms"]:
                    standing.move(fact["judge"][area][0], fact["at_ms"], fact["reader"])
                    self._store(area, fact["no"], standing)
                self._rows[area].mark(fact["no"], True)
                self.unjudged.append((area, fact["no"], events.name_of(fact)))
                touched.append((area, fact["no"]))
        return touched

    def _counts(self, fact: dict) -> bool:
        known = None if fact.get("nonce") is None else self.commands.get(fact["nonce"])
        return known is None or known == events.packed(events.order(fact))

    def _refold_everybody(self) -> list:
        return self._change_everybody(self._refold_known, self.people_max(), {}, is_refold=True)

    def _refold_known(self, no: int) -> list:
        return self._refold(no) or [] if self._has_row(no, self._rows) else []

    def _take_change(self, change, instead_of: bytes | None = None) -> list:
        """Take a change; `instead_of`: order of the same command's change that no longer counts."""
        if change is None or any(known.order == change.order for known in self._known_changes):
            return []
        others = [other for other in self._known_changes if instead_of is None or events.packed(other.order) != instead_of]
        return self._set_changes(others + [change])

    def _set_changes(self, known: list) -> list:
        """Put changes in place of those before; what lies before a folded fact folds everybody again."""
        before, self._known_changes = self._changes, sorted(known, key=lambda change: change.order)
        self._changes = fold.effective(self._known_changes)
        same = 0
        while same < len(before) and same < len(self._changes) and before[same].order == self._changes[same].order:
            same += 1
        new = self._changes[same:]
        if self.on_late_change and (new or before[same:]):
            # What was kept of the table may hold more than what came before this change.
            self.on_late_change(min(change.order[0] for change in new + before[same:]))
        if same < len(before) or any(self.journal.is_before_any(change.order) for change in new):
            touched = self._refold_everybody()
        else:
            touched = [place for change in new for place in self._apply_to_everybody(change)]
        self._set_rules()
        return touched

    def _apply_to_everybody(self, change) -> list:
        areas, rules = [change.area] if change.area else sorted(self._rows), dict(self.rules)

        def apply_to(no):
            if not self._has_row(no, areas):
                return []
            standings = {area: self.standing(area, no) for area in self._rows}
            fold.apply_change(Book(dict(rules), standings), change)
            return self._store_all(no, standings)

        resets = {area: change.at_ms for area in areas if fold.is_reset(change, rules[area])}
        touched = self._change_everybody(apply_to, self.people_max(), resets)
        if change.what == "set":
            self.rules[change.area] = change.rules
        return touched

    def _has_row(self, no: int, areas) -> bool:
        return any([self._rows[area].is_known(no) for area in areas])

    # -- everybody -------------------------------------------------------------------------------

    def is_sweeping(self) -> bool:
        """Say whether something is still to be done to those whose turn has not come: they may not be counted yet."""
        return bool(self._sweeps)

    def sweep(self) -> None:
        """Do a piece of what is to be done to everybody."""
        for _ in range(_SWEPT_MAX):
            no = self._sweeps[0].step() if self._sweeps else None
            if no is not None:
                self._catch_up(no)
            elif self._sweeps:
                self._sweeps.pop(0)

    def _change_everybody(self, change, end: int, resets: dict, is_refold: bool = False) -> list:
        """Change everybody: few at once, of many first those with more than a row, if they are few. Returns what `take` does."""
        if end <= self.at_once_max:
            return [place for no in range(end) for place in self._of_note(no, change)]
        self._will_change(None)
        sweep, before = Sweep(change, end, resets, is_refold), self.swept
        self._sweeps.append(sweep)
        self.swept = []
        if self.beside.count <= _SPECIAL_MAX:
            for no in sorted({no for _, no in self.special()}):
                self._catch_up(no)
        touched, self.swept = self.swept, before
        return touched

    def _catch_up(self, no: int) -> None:
        """Do to somebody what is to be done to everybody, each in its turn."""
        if self._sweeps and not self._is_sweeping:
            keeper, self.keeper, self._is_sweeping = self.keeper, None, True  # a checkpoint begun since has him as he is then
            try:
                for sweep in self._sweeps:
                    if sweep.take(no):
                        self.swept += self._of_note(no, sweep.change)
            finally:
                self.keeper, self._is_sweeping = keeper, False

    def _of_note(self, no: int, change) -> list:
        """Let `change(no)` change one of very many. Returns (area, no) of his standings that are or were more than a row."""
        were = [area for area in self._rows if self.beside.marks(area, no) & SPECIAL]
        return [place for place in change(no) or () if place[0] in were or self.beside.marks(*place) & SPECIAL]

    def _set_rules(self) -> None:
        self.changes += 1
        self.ends_ms = 0
        self.rules = dict(self._own)
        for change in self._changes:
            if change.what == "set":
                self.rules[change.area] = change.rules

    # -- checkpoints -----------------------------------------------------------------------------

    def people_max(self) -> int:
        """Return a number above that of everybody who has a row."""
        return self._pages.people_max

    def keep(self, no: int) -> tuple:
        """Return one person's (rows, side) as `Base` holds them, no rows where nothing was folded; and the time of his
        badges that is beyond what `cut` tells, or 0."""
        self._catch_up(no)
        rows = {area: self._rows[area].raw(no) for area in self._rows}
        if not any(any(row) for row in rows.values()):
            return ({}, {}, 0)
        side = {area: self._kept_beside(area, no) for area in self._rows if self.beside.marks(area, no) & SPECIAL}
        return (rows, side, self.journal.far.get(no, 0))

    def restore_rows(self, no: int, areas: list, rows) -> bool:
        """Take up plain standings of some people, from one on, as a checkpoint has them. False: it has them of other areas.

        Digests are to be restored, too.
        """
        if areas != list(self._rows):
            return False
        self._pages.put(no, rows)
        return True

    def digests(self) -> list:
        """Return what `restore_digests` takes."""
        return [[area, self._digests[area]] for area in sorted(self._digests)]

    def restore_digests(self, digests: list) -> None:
        """Take up the digests of the rows that were restored."""
        for area, digest in digests:
            self._digests[area] = digest
        for rows in self._rows.values():
            rows.count_later()

    def restore(self, no: int, base) -> None:
        """Take up one person's standings as a checkpoint has them."""
        for area in base.rows:
            if area in self._rows:
                self._rows[area].put_raw(no, base.rows[area])
                if area in base.side:
                    self._put_beside(area, no, base.side[area])
                    self.ends_ms = 0
                self._digests[area] ^= self._crc(area, no)

    def cut(self) -> tuple:
        """Return (highest stamp folded, up to when any badge folded may have happened)."""
        changes = [change.order[0] for change in self._known_changes[-1:]]
        return (max([self.journal.highest[0]] + changes), self.journal.until_ms)

    def keep_changes(self) -> dict:
        """Return what concerns whole areas as plain values; the commands known are in `commands` and `area_commands`."""
        return {
            "changes": [fold.of_change(change) for change in self._known_changes],
            "highest": list(self.journal.highest),
            "until": self.journal.until_ms,
            "far": [[no, self.journal.far[no]] for no in sorted(self.journal.far)],
            "forgotten": self._forgotten,
        }

    def restore_changes(self, kept: dict) -> None:
        """Take up what `keep_changes` gave."""
        for nonce in kept.get("nonces", ()):  # as they were kept before there were digests
            self.commands.put(nonce[0], events.packed(tuple(nonce[1:])))
            self.area_commands.put(nonce[0], events.packed(tuple(nonce[1:])))
        self._known_changes = [self._to_change(change) for change in kept["changes"] if change[2] in self._own or not change[2]]
        self._changes = fold.effective(self._known_changes)
        self._forgotten = kept.get("forgotten", 0)
        self.journal.begin_at(tuple(kept["highest"]), kept["until"], kept.get("far", ()))
        self._set_rules()

    def forget_changes(self, stamp: int) -> None:
        """Drop the changes up to a stamp that no fold will begin before: the newest settings of each area stay."""
        needed = {}
        for change in self._changes:
            if change.what == "set" and change.order[0] <= stamp:
                needed[(change.area, change.version is None)] = change
        kept = [each for each in self._known_changes if each.order[0] > stamp or each.what == "emergency" or each in needed.values()]
        if len(kept) < len(self._known_changes):
            self._forgotten = max(self._forgotten, stamp)
            self._known_changes, self._changes = kept, fold.effective(kept)

    def _to_change(self, kept: list):
        order, at_ms, area, what, settings, version = kept
        rules = _told(self._own[area], settings, self._zone, self.horizon) if settings else None
        return fold.Change(tuple(order), at_ms, area, what, rules, version)

    # -- rows ------------------------------------------------------------------------------------

    def _store(self, area: str, no: int, standing: Standing) -> None:
        self._will_change(no)
        before = self._crc(area, no)
        self._rows[area].put(no, standing.presence, standing.at_ms, standing.reader)
        self._put_beside(area, no, None if standing.is_plain() else saved.of_standing(standing))
        self.note_end(area, standing)
        self._digests[area] ^= before ^ self._crc(area, no)

    def _will_change(self, no: int | None) -> None:
        if self.keeper is not None:
            self.keeper(no)

    def _crc(self, area: str, no: int) -> int:
        """Return what one standing adds to the digest of its area; 0 where nobody ever was."""
        presence, at_ms, reader = self._rows[area].get(no)
        kept = self._kept_beside(area, no)
        of = tuple(kept[0][4]) if kept and kept[0] else None
        pardon = kept[1] if kept else None
        if presence == NEVER and of is None and pardon is None:
            return 0
        return crc32(b"%d %s %d %s %s %s" % (no, presence.encode(), at_ms, str(reader).encode(), str(of).encode(), str(pardon).encode()))

    def digest(self, area: str) -> int:
        """Return a number that is the same wherever the same standings are stored, time and suspicions aside."""
        return self._digests[area]

    def refold(self, area: str) -> list:
        """Fold everybody of an area again, less those whom no fold can mend. Returns what `take` does."""
        told = [area, 0]

        def refold_in(no):
            if not self._rows[area].is_known(no) or self._rows[area].is_marked(no):
                return []
            before = self._digests[area]
            touched = self._refold(no) or []
            if self._digests[area] != before:
                told[1] += 1
                if told not in self.repaired:
                    self.repaired.append(told)
            return touched

        return self._change_everybody(refold_in, self.people_max(), {}, is_refold=True)

    def _store_all(self, no: int, standings: dict) -> list:
        for area in sorted(standings):
            self._store(area, no, standings[area])
        return [(area, no) for area in sorted(standings)]


def _change_of(fact: dict, rules: dict, zone, horizon):
    """Return the change that a fact about a whole area means, or None for an area not held."""
    if fact["area"] not in rules:
        return None
    new = None
    if fact["type"] == "area.set":
        new = _told(rules[fact["area"]], fact["settings"], zone, horizon)
    what = "set" if fact["type"] == "area.set" else "reset"
    return fold.Change(events.order(fact), fact["at_ms"], fact["area"], what, new, fact.get("configuration"))


def _told(rules, settings: dict, zone, horizon) -> AreaRules:
    from firmware.core import area_changes

    return AreaRules(area_changes.told(rules.settings, settings), zone, horizon)
