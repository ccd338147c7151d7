"""Facts, areas and tables for the tests, and random numbers that are the same on every interpreter."""

from firmware.core import fold, stamp
from firmware.core.area_rules import AreaRules, Horizon
from firmware.core.book import Book
from firmware.core.calendar import Zone
from firmware.core.events import in_order, is_fact, stream_of
from firmware.core.presence import Presence, _change_of
from firmware.core.standing import Standing

START_MS = 1767600000000  # 2026-01-05 08:00:00 UTC
ZONE = Zone([[0, 0]])
DEFAULTS = {
    "no": 0,
    "anti_passback": {"entrances": "hard", "exits": "hard"},
    "exempt_groups": [],
    "violation_timeout_s": 0,
    "presence_timeout_s": 0,
    "reset_at": [],
    "schedule": "always",
    "first_use": "either",
    "parent": None,
    "moves_on": "grant",
    "when_isolated": "soft",
    "confirm_grants": False,
    "confirm_ms": 300,
    "capacity": None,
    "minimum": None,
    "after_emergency": "reset",
    "controllers": ["c1", "c2"],
    "has_exits": True,
}


def area(mode=None, **settings):
    """Settings of one area; `mode` sets both directions."""
    made = dict(DEFAULTS)
    made.update(settings)
    if mode:
        made["anti_passback"] = {"entrances": mode, "exits": mode}
    return made


def rules(zone=ZONE, **settings):
    """The rules of one area, with a clock that can be trusted."""
    return AreaRules(area(**settings), zone, Horizon())


class Writer:
    """Writes facts; each origin counts for itself."""

    def __init__(self):
        self._seqs = {}

    def __call__(self, kind, at_s, controller="c1", **fields):
        """A fact `at_s` seconds after the start, its stamp at that time unless `stamp_s` says otherwise."""
        return self.at_ms(kind, START_MS + at_s * 1000, controller, **fields)

    def at_ms(self, kind, at_ms, controller="c1", stamp_s=None, **fields):
        seq = self._seqs[controller] = self._seqs.get(controller, 0) + 1
        made = {"type": kind, "controller": controller, "inc": 1, "seq": seq, "stream": stream_of(kind)}
        made.update({"at_ms": at_ms, "stamp": stamp.at(at_ms), "err_ms": 0})
        if stamp_s is not None:
            made["stamp"] = stamp.at(START_MS + stamp_s * 1000)
        made.update(fields)
        return made

    def badge(self, at_s, direction, controller="c1", no=0, mode="hard", area="a", kind="access.granted", **fields):
        """A granted badge in one area, at a reader of that controller."""
        fields.setdefault("judge", {area: [direction, mode]})
        fields.setdefault("reader", controller + "_" + direction)
        return self(kind, at_s, controller, no=no, door="d", **fields)

    def denied(self, at_s, direction, controller="c1", no=0, **fields):
        return self.badge(at_s, direction, controller, no, kind="access.denied", **fields)

    def clear(self, at_s, controller="c1", no=0, area="a", **fields):
        fields.setdefault("nonce", "clear-%s-%d" % (controller, self._seqs.get(controller, 0)))
        return self("apb.cleared", at_s, controller, no=no, area=area, by="operator", **fields)

    def move(self, at_s, presence, controller="c1", no=0, area="a", **fields):
        return self("apb.moved", at_s, controller, no=no, area=area, presence=presence, by="operator", **fields)

    def pardon(self, at_s, controller="c1", no=0, area="a", **fields):
        return self("apb.passed", at_s, controller, no=no, area=area, by="operator", **fields)

    def reset(self, at_s, controller="c1", area="a", **fields):
        return self("apb.reset", at_s, controller, area=area, by="operator", **fields)

    def set(self, at_s, controller="c1", area="a", **fields):
        """A change of settings: those in `settings`."""
        return self("area.set", at_s, controller, area=area, **fields)


READERS = {"c1_in": 1, "c1_out": 2, "c2_in": 3, "c2_out": 4, "c3_in": 5, "c3_out": 6}


class Table:
    """A table that remembers what it was told, as a controller's log does."""

    def __init__(self, areas):
        self.areas = areas
        self.facts = []
        self.ends = []
        self.presence = Presence(areas, ZONE, READERS, self.story)

    def story(self, no, counts):
        return (None, in_order([fact for fact in self.facts if fact.get("no") == no and is_fact(fact) and counts(fact)]))

    def tell(self, *facts):
        """Fold facts in this order of arrival; returns what the last one touched."""
        touched = []
        for fact in facts:
            self.facts.append(fact)
            touched = self.presence.take(fact) if is_fact(fact) else []
        return touched

    def row(self, at_s, area="a", no=0):
        """(presence, violation's kind, is pardoned) as they are at a time."""
        standing = self.presence.view(no, START_MS + at_s * 1000)[area]
        kind = standing.violation.kind if standing.violation else None
        return (standing.presence, kind, standing.pardon_at_ms is not None)

    def stored(self, people):
        """Everything the table holds, as values to compare."""
        return [
            (no, area, plain(self.presence.standing(area, no))) for no in people for area in sorted(self.areas)
        ]

    def from_scratch(self, people):
        """The same from all facts in stamp order, without the table's journal and short cuts."""
        counting = first_of_nonce(self.facts)
        changes = sorted([self._change(fact) for fact in counting if is_change(fact)] + self._ends(), key=place)
        made = []
        for no in people:
            book = Book(dict(self.presence._own), {area: Standing() for area in self.areas})
            mine = [fact for fact in counting if fact.get("no") == no and is_fact(fact)]
            fold.from_scratch(book, in_order(mine), changes)
            made += [(no, area, plain(book._standings[area])) for area in sorted(self.areas)]
        return made

    def _change(self, fact):
        return _change_of(fact, self.presence._own, ZONE, self.presence.horizon)

    def _ends(self):
        return [fold.Change(where, at_ms, None, "emergency") for where, at_ms in self.ends]


def is_change(fact):
    return fact["type"] in ("area.set", "apb.reset")


def place(change):
    return change.order


def first_of_nonce(facts):
    """Of facts with one nonce, the one with the lowest stamp."""
    counting, lowest = [], {}
    for fact in in_order(facts):
        if fact.get("nonce") is None or fact["nonce"] not in lowest:
            counting.append(fact)
            lowest[fact.get("nonce")] = True
    return counting


def plain(standing):
    violation = standing.violation
    return (
        standing.presence,
        standing.at_ms,
        standing.reader,
        standing.pardon_at_ms,
        violation and (violation.kind, violation.mode, violation.of, violation.at_ms, violation.against),
        sorted(standing.entering.items()),
        [(each.of, by, at_ms) for each, by, at_ms in standing.ended],
    )


class Lcg:
    """Numbers by chance: a linear congruential generator (constants of Numerical Recipes)."""

    def __init__(self, seed):
        self._state = seed
        for _ in range(4):
            self.below(2)

    def below(self, limit):
        self._state = (self._state * 1664525 + 1013904223) & 0xFFFFFFFF
        return (self._state >> 8) % limit

    def one_of(self, values):
        return values[self.below(len(values))]

    def shuffled(self, values):
        values = list(values)
        for last in range(len(values) - 1, 0, -1):
            other = self.below(last + 1)
            values[last], values[other] = values[other], values[last]
        return values
