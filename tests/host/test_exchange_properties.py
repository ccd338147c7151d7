"""Whatever the carrier and the power do: all logs become equal, nothing is taken twice, no word counts too early."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.replica.log import Log
from firmware.wire import messages
from tests.replica.sides import KINDS, Side, Wires

JUDGED = ("facts", "site")
HEALED_MS = 400_000


class Board(Side):
    """A side with a flash: what is not in it is lost with the power, and its clock may be wrong after a restart."""

    def __init__(self, name, wires, follows, flash, inc=1):
        self.flash = flash
        log = Log()
        for event in flash["events"]:
            log.add(event)
            log.store(event)
        super().__init__(name, wires, follows, inc, log, flash["ceiling"], seed=flash["boots"])
        for event in flash["events"]:
            self.stamps.hear(event["stamp"])
        self.seqs = {stream: log.last(name, inc, stream) for stream in ("facts", "notes", "site")}
        self.unstored = []
        self.watched = {}  # question -> heads of the answers to it

    def write(self, kind="access.entered", **fields):
        event = super().write(kind, **fields)
        assert event["stamp"] > self.wires.promised.get(self.name, 0) or kind == "door.opened", "it promised none would come"
        self.unstored.append(event)
        return event

    def flush(self, count):
        """Let some of what is on its way to the flash arrive."""
        for _ in range(min(count, len(self.unstored))):
            what = self.unstored.pop(0)
            if isinstance(what, int):
                self.flash["ceiling"] = max(what, self.flash["ceiling"])
                self.carry(self.exchange.durable("ceiling", what, self.wires.now_ms))
            else:
                self._store(what)

    def _store(self, event):
        self.flash["events"].append(event)
        self.log.store(event)
        if event["controller"] == self.name:
            is_judged = event["stream"] in JUDGED
            assert not is_judged or event["stamp"] > self.wires.promised.get(self.name, 0), "promised while it was on its way"
            self.carry(self.exchange.durable(event["stream"], event["seq"], self.wires.now_ms))

    def _take(self, event):
        assert event in self.wires.boards[event["controller"]]["events"], "nobody may hold what its origin can forget"
        self.stamps.hear(event["stamp"])
        self.unstored.append(event)
        self.taken.append((event["controller"], event["inc"], event["stream"], event["seq"]))

    def _store_ceiling(self, ceiling):
        self.unstored.append(ceiling)

    def _keep_promise(self, controller, up_to):
        self.wires.promised[controller] = max(up_to, self.wires.promised.get(controller, 0))
        for event in self.wires.boards[controller]["events"]:
            if event["controller"] == controller and event["stream"] in JUDGED and event["stamp"] <= up_to:
                assert self.log.has(controller, event["inc"], event["stream"], event["seq"]), "said to be here"

    def check_answers(self):
        for question, controller, _ in self.answered:
            for stream in JUDGED:
                here = self.log.last(controller, 1, stream)
                assert here >= self.wires.answers[(question, controller)][stream], "an answer counted too early"
        self.answered = []

    def carry(self, results):
        super().carry(results)
        self.check_answers()


class Site(Wires):
    """Boards that lose power and messages, as one list of numbers says."""

    def __init__(self, count, luck):
        super().__init__()
        self.luck = luck
        self.names = ["c%d" % number for number in range(1, count + 1)]
        self.boards = {name: {"events": [], "ceiling": 0, "boots": 0} for name in self.names}
        self.is_lossy = False  # while it heals: one in three messages is lost on its way to the carrier
        self.promised = {}  # controller -> the furthest promise that anybody counts on
        self.answers = {}
        for name in self.names:
            self.boot(name)

    def boot(self, name):
        flash = self.boards[name]
        flash["boots"] += 1
        follows = {stream: [other for other in self.names if other != name] for stream in ("facts", "notes", "site")}
        side = self.sides[name] = Board(name, self, follows, flash)
        side.offset_ms = self.luck.randrange(-4000, 4000)
        side.link(True)

    def put(self, side, payload):
        sent = messages.decode(payload)
        if sent["t"] == "answer":
            self.answers.setdefault((sent["question"], side.name), sent["heads"])  # asked twice, it answers twice
        if not self.is_lossy or self.luck.randrange(3):
            super().put(side, payload)
        self.sent = []

    def answer_all(self, side):
        for asker, drawn, _, _ in side.asked:
            side.answer(asker, drawn)
        side.asked = []

    # -- steps -----------------------------------------------------------------------------------

    def write(self, name, number):
        self.sides[name].write(KINDS[number % 3])

    def flush(self, name, number):
        self.sides[name].flush(number)

    def power(self, name, number):
        self.boot(name)

    def cut(self, name, number):
        self.sides[name].link(number % 2 == 0)
        for other in self.names:
            if number % 2 and number % 3:
                self.sides[other].exchange.peer(name, False)

    def ask(self, name, number):
        side = self.sides[name]
        side.ask(side.draw(self.now_ms), *[other for other in self.names if other != name])

    def wait(self, name, number):
        self.now_ms += number * number * 40
        for side in self.sides.values():
            side.tick()

    def carry_some(self, name, number):
        for _ in range(min(3 * number, len(self.queue))):
            place = self.luck.randrange(min(len(self.queue), 6))
            fate = self.luck.randrange(10)
            if fate == 0:
                self.queue.pop(place)
            elif fate == 1:
                self.queue.append(self.queue[place])
            else:
                self.deliver(place)
                self.answer_all(self.sides[name])

    def heal(self, lost):
        """Let everything be well, but for those that never come back."""
        for name in lost:
            self.sides[name].link(False)
        self.drop_all()
        for name in self.names:
            if name not in lost:
                self.sides[name].flush(10**6)
                self.sides[name].link(True)
                for other in lost:
                    self.sides[name].exchange.peer(other, False)
        for step in range(200):
            self.is_lossy = step < 40
            self.run(HEALED_MS // 200)
            for name in self.names:
                self.sides[name].flush(10**6)


STEPS = {"write": Site.write, "flush": Site.flush, "power": Site.power, "cut": Site.cut, "ask": Site.ask,
         "wait": Site.wait, "carry": Site.carry_some}
OFTEN = ["write"] * 5 + ["flush"] * 5 + ["carry"] * 8 + ["wait"] * 3 + ["power", "cut", "cut", "ask"]


def lived(count, seed, steps) -> Site:
    site = Site(count, random.Random(seed))
    for what, who, number in steps:
        STEPS[what](site, site.names[who % count], number)
    return site


def held(site, side, stream):
    """{(controller, seq)} of what is here, gaps or not."""
    return {
        (event["controller"], event["seq"])
        for controller, inc, kind, _ in side.log.vector() if kind == stream
        for event in side.log.between(controller, inc, kind, 1, side.log.highest(controller, inc, kind))
    }


def check_equal(site, names, lost=()):
    """Each of these has all facts and site events that any of them has, as their origin has them."""
    first = site.sides[names[0]]
    for name in names:
        side = site.sides[name]
        assert side.log.vector() == first.log.vector(), (name, side.log.vector(), first.log.vector())
        assert all(held(site, side, stream) == held(site, first, stream) for stream in JUDGED)
        assert len(side.taken) == len(set(side.taken)), "taken twice"
        assert not side.found("conflict") + side.found("forgotten") + side.found("duplicate") + side.found("twins"), side.results
        assert {key[0] for key in side.exchange.gaps._gaps} <= set(lost) and set(side.exchange.dropped()) <= {"claims"}
        for controller, inc, stream, last in side.log.vector():
            entries = side.log.between(controller, inc, stream, 1, last)
            assert all(event in site.boards[controller]["events"] for event in entries)
            # Notes that were missing for half a minute have been given up.
            assert stream == "notes" or [event["seq"] for event in entries] == list(range(1, last + 1))


WALKS = st.lists(st.tuples(st.sampled_from(OFTEN), st.integers(0, 4), st.integers(0, 12)), min_size=20, max_size=120)


@pytest.mark.slow
@settings(max_examples=120, deadline=None)
@given(st.integers(2, 5), st.integers(0, 2**20), WALKS)
def test_all_logs_become_equal(count, seed, steps):
    site = lived(count, seed, steps)
    site.heal([])
    check_equal(site, site.names)
    for name in site.names:
        own = [event for event in site.boards[name]["events"] if event["controller"] == name]
        for stream in ("facts", "notes", "site"):
            seqs = [event["seq"] for event in own if event["stream"] == stream]
            assert site.sides[name].log.last(name, 1, stream) == len(seqs), "all that is durable is known to all"
    assert sorted(site.promised) == site.names, "and everybody's promises count"


@pytest.mark.slow
@settings(max_examples=80, deadline=None)
@given(st.integers(3, 5), st.integers(0, 2**20), WALKS)
def test_what_any_of_those_who_are_left_has_all_of_them_get(count, seed, steps):
    site = lived(count, seed, steps)
    lost = site.names[:1]
    site.heal(lost)
    check_equal(site, site.names[1:], lost)
