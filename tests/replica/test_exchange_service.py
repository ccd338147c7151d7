"""Served by the origin, by others while it is offline, and what is kept nowhere any more."""

from tests.core.facts import Lcg
from tests.replica.sides import KINDS, Wires, event, message, pair, trio


def test_a_want_gets_only_what_is_durable():
    wires, c1, c2 = pair()
    c1.say()
    c1.write()
    wires.drop_all()
    c1.hear(message("want", origin=["c1", 1], stream="facts", first=1, last=2))
    wires.deliver_all()
    assert c2.taken == [("c1", "facts", 1)]


def test_a_want_for_nonsense_gets_nothing():
    wires, c1, _ = pair()
    c1.say()
    wires.drop_all()
    for first, last, origin in ((9, 3, "c1"), (0, 0, "c1"), (1 << 50, 1 << 60, "c1"), (1, 5, "c7"), (1, 5, "c2")):
        c1.hear(message("want", origin=[origin, 1], stream="facts", first=first, last=last))
        assert wires.queue == []


def test_what_one_asks_for_all_get():
    wires = trio()
    wires.sides["c1"].say()
    wires.drop_all()
    wires.sides["c1"].say()
    wires.run(300)
    for name in ("c2", "c3"):
        assert sorted(wires.sides[name].taken) == [("c1", "facts", 1), ("c1", "facts", 2)]
    assert len(wires.said("c2", "want") + wires.said("c3", "want")) == 1 == len(wires.said("c1", "log")) - 2


def test_while_the_origin_is_there_nobody_stands_in():
    wires = trio()
    wires.sides["c1"].say()
    wires.deliver_all()
    wires.sides["c2"].hear(message("want", "c3", origin=["c1", 1], stream="facts", first=1, last=1))
    wires.run(900)
    assert wires.said("c2", "log") == []
    wires.sides["c2"].hear(message("want", "c3", origin=["c1", 1], stream="facts", first=1, last=1, any=True))
    wires.run(1000)
    assert len(wires.said("c2", "log")) == 1, "who asks may know better"


def _dead_origin(*names):
    """c1 wrote five facts, then went; the last of the names was not there and comes now."""
    wires = Wires("c1", *names)
    for name in ("c1",) + names[:-1]:
        wires.sides[name].link(True)
    wires.run(1000)
    for _ in range(5):
        wires.sides["c1"].say()
    wires.run(1000)
    wires.sides["c1"].link(False)
    for name in names[:-1]:
        wires.sides[name].exchange.peer("c1", False)
    wires.sent = []
    wires.sides[names[-1]].link(True)
    return wires, wires.sides[names[-1]]


def test_one_of_the_others_serves_for_who_is_gone():
    wires, late = _dead_origin("c2", "c3", "c4", "c5", "c6", "c7")
    wires.run(5000)
    assert sorted(late.taken) == [("c1", "facts", seq) for seq in range(1, 6)]
    assert sum([len(sent["entries"]) for _, sent in wires.sent if sent["t"] == "log"]) <= 10, "one or two, not five"
    assert "c1" not in late.promised, "only c1 itself can promise for c1"


def test_who_only_falls_silent_counts_as_gone_after_75_s():
    wires = trio()
    c1, c2 = wires.sides["c1"], wires.sides["c2"]
    c1.say()
    wires.deliver_all()
    c1.link(False)
    wanted = message("want", "c3", origin=["c1", 1], stream="facts", first=1, last=1)
    wires.run(70000)
    c2.hear(wanted)
    wires.run(1100)
    assert wires.said("c2", "log") == []
    wires.run(10000)
    c2.hear(wanted)
    wires.run(1100)
    assert len(wires.said("c2", "log")) == 1


def test_who_stands_in_leaves_it_to_another_who_was_first():
    wires, late = _dead_origin("c2", "c3")
    c2 = wires.sides["c2"]
    c2.hear(message("want", "c3", origin=["c1", 1], stream="facts", first=1, last=5))
    c2.hear(message("log", "c4", entries=[c2.log.between("c1", 1, "facts", 2, 2)[0]]))
    wires.drop_all()
    late.link(False)
    wires.run(1100)
    assert wires.said("c2", "log") == []


def test_who_stands_in_serves_all_of_it_though_it_hears_itself():
    wires, late = _dead_origin("c2", "c3")
    c1, c2 = wires.sides["c1"], wires.sides["c2"]
    late.link(False)
    c1.link(True)
    for _ in range(15):
        c1.say()
    wires.run(1000)
    c1.link(False)
    c2.exchange.peer("c1", False)
    wires.sent = []
    c2.hear(message("want", "c3", origin=["c1", 1], stream="facts", first=1, last=20))
    wires.run(5000)
    served = [made["seq"] for sent in wires.said("c2", "log") for made in sent["entries"]]
    assert served == list(range(1, 21))


def test_a_last_event_that_only_one_has_heard_reaches_all_when_its_origin_is_gone():
    wires = trio()
    c1, c2, c3 = [wires.sides[name] for name in ("c1", "c2", "c3")]
    c1.say()
    wires.queue = [entry for entry in wires.queue if entry[1] != "c3"]
    wires.deliver_all()
    c1.link(False)
    wires.run(5000)
    assert c3.taken == []
    wires.run(120000)
    assert c3.taken == [("c1", "facts", 1)], "heartbeats repeat what only others can tell"


def test_what_a_log_lacks_of_an_old_incarnation_is_known_at_its_start():
    wires = trio()
    c1, c2 = wires.sides["c1"], wires.sides["c2"]
    for seq in (1, 3):
        c1.log.add(event(seq, "c3"))
        c1.log.store(event(seq, "c3"))
    for side in (c1, c2):
        side.exchange.origins.seen("c3", 2)
    c1.link(False)
    c1.link(True)
    assert c1.exchange.gaps.lacks_older("c3", 2)
    c2.log.add(event(2, "c3"))
    c2.log.store(event(2, "c3"))
    wires.sides["c3"].link(False)
    c2.exchange.peer("c3", False)
    c1.exchange.peer("c3", False)
    wires.run(5000)
    assert ("c3", "facts", 2) in c1.taken and not c1.exchange.gaps.lacks_older("c3", 2)


def test_an_incarnation_that_is_over_is_served_by_whoever_has_it():
    wires = trio()
    c1, c2, c3 = [wires.sides[name] for name in ("c1", "c2", "c3")]
    c3.link(False)
    c1.say()
    c1.say("lockdown.started")
    wires.run(100)
    c1.inc, c1.seqs = 2, {}
    c1.exchange.open(2)
    c1.log._streams = {}
    c1.say()
    wires.run(100)
    c3.link(True)
    wires.run(20000)
    assert sorted(c3.taken) == [("c1", "facts", 1), ("c1", "facts", 1), ("c1", "site", 1)]
    assert c3.log.vector() == c2.log.vector() == c1.log.vector(), "c1, too, has what it wrote before"


def test_notes_that_do_not_come_are_skipped_after_half_a_minute():
    wires, c1, c2 = pair()
    for _ in range(3):
        c1.say("door.opened")
    wires.drop_all()
    c1.log._streams[("c1", 1, "notes")].first = 1
    c1.exchange.link(False, wires.now_ms)
    c2.hear(message("have", "c1", heads={"facts": 0, "notes": 3, "site": 0}))
    wires.run(29000)
    assert c2.log.last("c1", 1, "notes") == 0
    wires.run(2000)
    assert c2.log.last("c1", 1, "notes") == 3 and c2.taken == []


def _with_dropped(*kinds):
    """c1 has let go of the first five of ten."""
    wires, c1, c2 = pair()
    c2.link(False)
    for kind in kinds:
        for _ in range(10):
            c1.say(kind)
    wires.drop_all()
    for key, stream in c1.log._streams.items():
        stream.first = 6
    for key in [key for key in c1.log._fresh if key[3] <= 5]:
        del c1.log._fresh[key]
    c2.link(True)
    return wires, c1, c2


def test_notes_that_are_gone_are_skipped_at_once():
    wires, c1, c2 = _with_dropped("door.opened")
    wires.run(3000)
    assert sorted(c2.taken) == [("c1", "notes", seq) for seq in range(6, 11)] and c2.log.last("c1", 1, "notes") == 10
    assert c2.found("gone") == []


def test_facts_that_are_gone_are_for_the_core_to_settle():
    wires, c1, c2 = _with_dropped("access.entered")
    wires.run(3000)
    assert c2.found("gone")[0] == ("gone", "c1", 1, "facts", 5) and c2.log.last("c1", 1, "facts") == 0
    before = c2.promised.get("c1", 0)
    c2.carry(c2.exchange.skipped("c1", 1, "facts", 5, wires.now_ms))
    assert c2.log.last("c1", 1, "facts") == 10 and c2.promised["c1"] > before
    assert c2.exchange.gaps._gaps == {}


def test_that_something_is_gone_counts_from_its_origin_only_while_that_is_there():
    wires, c1, c2 = pair()
    c2.hear(message("log", "c3", entries=[], gone=[["c1", 1, "notes", 1, 5]]))
    assert c2.log.last("c1", 1, "notes") == 0
    c2.hear(message("log", "c1", entries=[], gone=[["c1", 1, "notes", 3, 5]]))
    assert c2.log.last("c1", 1, "notes") == 0, "the first two are not gone"
    c2.exchange.peer("c1", False)
    c2.hear(message("log", "c3", entries=[], gone=[["c1", 1, "notes", 1, 5]]))
    assert c2.log.last("c1", 1, "notes") == 5


def test_who_returns_after_a_week_drowns_nobody():
    wires = trio()
    c1, c2, c3 = [wires.sides[name] for name in ("c1", "c2", "c3")]
    c3.link(False)
    for side in (c1, c2):
        for _ in range(400):
            side.say()
            wires.drop_all()
            wires.sent = []
    start_ms = wires.now_ms
    c3.link(True)
    per_second = []
    while len(c3.taken) < 800 and wires.now_ms < start_ms + 60000:
        before, wires.sent = len(c3.taken), []
        wires.run(1000)
        per_second.append(len(c3.taken) - before)
    assert len(c3.taken) == 800 and max(per_second[2:]) <= 120 and len(per_second) < 15, per_second


def test_lost_wants_and_lost_answers_are_repeated():
    wires, c1, c2 = pair()
    c2.link(False)
    for kind in KINDS:
        for _ in range(40):
            c1.say(kind)
    wires.drop_all()
    c2.link(True)
    luck = Lcg(5)
    put = wires.put
    wires.put = lambda side, payload: put(side, payload) if luck.below(10) < 5 else None
    wires.run(120000)
    assert len(c2.taken) == 120 == len(set(c2.taken))


def test_entries_far_beyond_what_is_here_wait_until_they_are_asked_for():
    wires, c1, c2 = pair()
    c2.hear(message("log", "c1", entries=[event(900, "c1")]))
    assert c2.taken == []
