"""Logs told, asked for and served; whose word is complete; and that no promise is ever broken."""

from tests.core.facts import Lcg
from tests.replica.sides import KINDS, Wires, kinds_of, stamp_at


class Question:
    def __init__(self, stamp, missing, no=4):
        self.stamp = stamp
        self.missing = set(missing)
        self.no = no
        self.areas = ["a"]


def pair():
    wires = Wires("c1", "c2")
    wires.link_all()
    wires.deliver_all()
    return wires, wires.sides["c1"], wires.sides["c2"]


def test_an_event_is_told_once_it_is_durable():
    wires, c1, c2 = pair()
    event = c1.write()
    assert wires.queue == []
    c1.durable(event)
    c1.durable(event)
    assert kinds_of(wires) == ["log"]
    wires.deliver_all()
    assert c2.taken == [("c1", "facts", 1)] and c2.promised["c1"] > event["stamp"]


def test_nothing_is_said_without_a_link():
    wires = Wires("c1", "c2")
    wires.sides["c1"].say()
    wires.sides["c1"].tick()
    assert wires.queue == [] and wires.sides["c1"].exchange.next_deadline_ms() is None


def test_a_duplicate_is_taken_once():
    wires, c1, c2 = pair()
    c1.say()
    wires.queue += wires.queue * 2
    wires.deliver_all()
    assert c2.taken == [("c1", "facts", 1)]


def test_a_gap_is_asked_for_and_filled():
    wires, c1, c2 = pair()
    c1.say()
    wires.drop_all()
    c1.say()
    wires.deliver()
    assert "want" in kinds_of(wires)
    wires.deliver_all()
    assert sorted(c2.taken) == [("c1", "facts", 1), ("c1", "facts", 2)]


def test_an_old_word_does_not_count_for_what_came_later():
    wires, c1, c2 = pair()
    c1.say()
    wires.drop_all()
    wires.now_ms += 1000
    last = c1.say()
    wires.deliver()
    assert c2.promised["c1"] < last["stamp"], "the first event is not here yet"
    wires.deliver_all()
    assert c2.promised["c1"] > last["stamp"]


def test_a_heartbeat_comes_every_30_s_while_there_is_a_link():
    wires, c1, _ = pair()
    wires.now_ms += 29999
    c1.tick()
    assert wires.queue == []
    wires.now_ms += 1
    c1.tick()
    assert kinds_of(wires) == ["have"] and c1.exchange.next_deadline_ms() == wires.now_ms + 30000
    c1.link(False)
    assert c1.exchange.next_deadline_ms() is None


def test_a_heartbeat_promises_the_past():
    wires, c1, c2 = pair()
    wires.beat()
    wires.deliver_all()
    assert c2.promised["c1"] >= stamp_at(wires.now_ms) and c1.promised["c2"] >= stamp_at(wires.now_ms)
    wires.now_ms -= 20000
    assert c1.say()["stamp"] > c2.promised["c1"], "whatever the clock says since"
    wires.deliver_all()


def test_nothing_is_promised_while_an_event_is_on_its_way_to_the_flash():
    wires, c1, c2 = pair()
    before = c2.promised["c1"]
    event = c1.write()
    wires.beat()
    wires.deliver_all()
    assert c2.promised["c1"] == before
    c1.durable(event)
    wires.deliver_all()
    assert c2.promised["c1"] > event["stamp"]


def test_an_answer_waits_until_everything_is_durable():
    wires, c1, c2 = pair()
    event = c1.write()
    c2.carry(c2.exchange.ask(Question(77, ["c1"]), 0))
    wires.deliver_all()
    assert c1.asked == [("c2", 77, 4, ["a"])]
    c1.carry(c1.exchange.answer("c2", 77, 0))
    assert wires.queue == []
    c1.durable(event)
    wires.deliver_all()
    assert c2.answered == [(77, "c1", False)] and c2.taken == [("c1", "facts", 1)]


def test_an_answer_counts_only_with_every_event_that_it_names():
    wires, c1, c2 = pair()
    c1.say()
    wires.drop_all()
    c2.carry(c2.exchange.ask(Question(77, ["c1"]), 0))
    wires.deliver()
    c1.carry(c1.exchange.answer("c2", 77, 0))
    wires.deliver()
    assert c2.answered == [] and "want" in kinds_of(wires)
    wires.deliver_all()
    assert c2.answered == [(77, "c1", False)] and c2.taken == [("c1", "facts", 1)]


def test_wait_is_said_at_once():
    wires, c1, c2 = pair()
    c1.write()
    c1.carry(c1.exchange.wait("c2", 77, 0))
    wires.deliver_all()
    assert c2.answered == [(77, "c1", True)]


def test_a_question_goes_to_those_it_misses_only():
    wires = Wires("c1", "c2", "c3")
    wires.link_all()
    wires.deliver_all()
    wires.sides["c1"].carry(wires.sides["c1"].exchange.ask(Question(77, ["c3"]), 0))
    wires.deliver_all()
    assert wires.sides["c3"].asked and not wires.sides["c2"].asked


def test_what_is_not_followed_is_not_kept():
    wires, c1, c2 = pair()
    c2.exchange._follows = {"facts": [], "notes": [], "site": ["c1"]}
    c2.watched = ("site",)
    for kind in KINDS:
        c1.say(kind)
    wires.deliver_all()
    assert c2.taken == [("c1", "site", 1)] and c2.promised["c1"] > 0


def test_others_serve_for_who_is_gone():
    wires = Wires("c1", "c2", "c3")
    for name in ("c1", "c2"):
        wires.sides[name].link(True)
    for _ in range(5):
        wires.sides["c1"].say()
    wires.queue = [entry for entry in wires.queue if entry[1] != "c3"]
    wires.deliver_all()
    wires.sides["c1"].link(False)
    del wires.sides["c1"].exchange
    wires.sides["c3"].link(True)
    wires.queue = [entry for entry in wires.queue if entry[1] != "c1"]
    while wires.queue:
        wires.deliver()
        wires.queue = [entry for entry in wires.queue if entry[1] != "c1"]
    assert sorted(wires.sides["c3"].taken) == [("c1", "facts", seq) for seq in range(1, 6)]
    assert "c1" not in wires.sides["c3"].promised, "only c1 itself can promise for c1"


def test_without_a_clock_nothing_is_published_nor_promised():
    wires = Wires("c1", "c2")
    c1, c2 = wires.sides["c1"], wires.sides["c2"]
    c1.exchange.may_speak = False
    wires.link_all()
    c1.say()
    wires.deliver_all()
    c1.carry(c1.exchange.answer("c2", 77, 0))
    wires.deliver_all()
    assert c2.taken == [] and "c1" not in c2.promised and c2.answered == []


def test_a_want_gets_only_what_is_durable():
    wires, c1, c2 = pair()
    c1.say()
    c1.write()
    wires.drop_all()
    wanted = {"t": "want", "from": "c2", "inc": 1, "heads": {"facts": 0, "notes": 0, "site": 0}, "stamp": None}
    wanted.update({"origin": ["c1", 1], "stream": "facts", "first": 1, "last": 2})
    c1.carry(c1.exchange.receive(wanted, 0))
    wires.deliver_all()
    assert c2.taken == [("c1", "facts", 1)]


def test_a_want_for_nonsense_gets_nothing():
    wires, c1, _ = pair()
    c1.say()
    wires.drop_all()
    for first, last, origin in ((9, 3, "c1"), (0, 0, "c1"), (1 << 50, 1 << 60, "c1"), (1, 5, "c7")):
        wanted = {"t": "want", "from": "c2", "inc": 1, "heads": {"facts": 0, "notes": 0, "site": 0}, "stamp": None}
        wanted.update({"origin": [origin, 1], "stream": "facts", "first": first, "last": last})
        c1.carry(c1.exchange.receive(wanted, 0))
        assert wires.queue == []


def test_a_long_split_heals_without_a_flood():
    wires, c1, c2 = pair()
    wires.link_all(False)
    for _ in range(560):
        c1.say()
    wires.sent = 0
    wires.link_all()
    wires.deliver_all()
    for _ in range(3):
        wires.beat()
        wires.deliver_all()
    assert len(c2.taken) == len(set(c2.taken)) == 560
    assert wires.sent < 250, wires.sent


def _mess(seed):
    """Some boards write and talk over bad wires; then the wires are good."""
    luck = Lcg(seed)
    wires = Wires("c1", "c2", "c3")
    wires.link_all()
    pending = []
    for _ in range(90):
        side, dice = wires.sides[luck.one_of(("c1", "c2", "c3"))], luck.below(12)
        wires.now_ms += luck.below(400)
        if dice < 3:
            pending.append((side, side.write(luck.one_of(KINDS))))
        elif dice < 6 and pending:
            side, event = pending.pop(0)
            side.durable(event)
        elif dice < 9 and wires.queue:
            wires.deliver(luck.below(len(wires.queue)))
        elif dice == 9 and wires.queue:
            wires.queue.pop(luck.below(len(wires.queue)))
        elif dice == 10 and wires.queue:
            wires.queue.append(luck.one_of(wires.queue))
        else:
            side.link(luck.below(3) > 0)
    for side, event in pending:
        side.durable(event)
    wires.link_all()
    for _ in range(3):
        wires.deliver_all()
        wires.beat()
    wires.deliver_all()
    return wires


def test_whatever_the_wires_do_all_logs_become_equal():
    for seed in range(30):
        wires = _mess(seed)
        vectors = [[entry for entry in wires.sides[name].log.vector()] for name in ("c1", "c2", "c3")]
        assert vectors[0] == vectors[1] == vectors[2], seed
        for name in ("c1", "c2", "c3"):
            side = wires.sides[name]
            assert len(side.taken) == len(set(side.taken)), seed
            assert all(side.log.last(other, 1, stream) == seq
                       for other in wires.sides for stream, seq in wires.sides[other].seqs.items()), seed
            assert sorted(side.promised) == [other for other in ("c1", "c2", "c3") if other != name], seed
