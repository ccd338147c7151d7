"""Logs told, asked for and served; whose word is complete; and that no promise is ever broken."""

from tests.core.facts import Lcg
from tests.replica.sides import KINDS, START_MS, Wires, message, pair, stamp_at, trio

SLOW = ("test_whatever_the_wires_do_all_logs_become_equal",)


def test_an_event_is_told_once_it_is_durable():
    wires, c1, c2 = pair()
    event = c1.write()
    assert wires.queue == []
    c1.durable(event)
    c1.durable(event)
    assert wires.kinds() == ["log"]
    wires.deliver_all()
    assert c2.taken == [("c1", "facts", 1)] and c2.promised["c1"] == event["stamp"]


def test_nothing_is_said_without_a_link():
    wires = Wires("c1", "c2")
    c1 = wires.sides["c1"]
    c1.say()
    c1.tick()
    c1.ask(77, "c2")
    c1.answer("c2", 77)
    assert wires.queue == [] and c1.exchange.next_deadline_ms() is None


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
    wires.deliver_all()
    assert c2.taken == [("c1", "facts", 2)], "what came early is taken at once"
    wires.run(100)
    assert c2.taken == [("c1", "facts", 2), ("c1", "facts", 1)]
    assert [(want["first"], want["last"]) for want in wires.said("c2", "want")] == [(1, 1)]


def test_what_only_was_overtaken_is_not_asked_for():
    wires, c1, c2 = pair()
    c1.say()
    c1.say()
    wires.deliver(1)
    wires.now_ms += 8
    wires.run(500)
    assert sorted(c2.taken) == [("c1", "facts", 1), ("c1", "facts", 2)] and wires.said("c2", "want") == []


def test_a_lost_last_event_shows_by_the_heartbeat():
    wires, c1, c2 = pair()
    c1.say()
    wires.drop_all()
    wires.run(1200)
    assert c2.taken == [("c1", "facts", 1)]


def test_a_word_does_not_count_before_what_it_names_is_here():
    wires, c1, c2 = pair()
    c1.say()
    wires.drop_all()
    wires.now_ms += 1000
    last = c1.say()
    wires.deliver_all()
    assert c2.promised["c1"] < last["stamp"], "the first event is not here yet"
    wires.run(100)
    assert c2.promised["c1"] == last["stamp"]


def test_events_of_one_stream_are_published_in_order():
    wires, c1, c2 = pair()
    first, second = c1.write(), c1.write()
    c1.durable(second)
    assert wires.queue == []
    c1.durable(first)
    wires.deliver_all()
    assert c2.taken == [("c1", "facts", 1), ("c1", "facts", 2)]


def test_an_answer_waits_until_everything_is_durable():
    wires, c1, c2 = pair()
    event = c1.write()
    c2.ask(77, "c1")
    wires.deliver_all()
    assert c1.asked == [("c2", 77, 4, ["a"])]
    c1.answer("c2", 77)
    wires.run(5000)
    assert wires.said("c1", "answer") == []
    c1.durable(event)
    wires.deliver_all()
    assert c2.answered == [(77, "c1", False)] and c2.taken == [("c1", "facts", 1)]


def test_an_answer_counts_only_with_every_event_that_it_names_and_these_are_asked_for_at_once():
    wires, c1, c2 = pair()
    c1.say()
    wires.drop_all()
    now_ms = wires.now_ms
    c1.answer("c2", 77)
    wires.deliver(1)  # to c2: c1 hears itself first
    assert c2.answered == [] and wires.kinds() == ["answer", "want"]
    wires.deliver_all()
    assert wires.now_ms == now_ms and c2.answered == [(77, "c1", False)] and c2.taken == [("c1", "facts", 1)]


def test_an_answer_promises_beyond_the_question():
    wires, c1, c2 = pair()
    c2.ask(c2.draw(wires.now_ms), "c1")
    wires.now_ms += 5
    c1.answer("c2", 77)
    wires.deliver_all()
    assert c2.promised["c1"] >= stamp_at(wires.now_ms)


def test_an_answer_is_for_who_asked():
    wires = trio()
    wires.sides["c1"].answer("c2", 77)
    wires.deliver_all()
    assert wires.sides["c2"].answered == [(77, "c1", False)] and wires.sides["c3"].answered == []


def test_wait_is_said_at_once():
    wires, c1, c2 = pair()
    c1.write()
    c1.carry(c1.exchange.wait("c2", 77, wires.now_ms))
    wires.deliver_all()
    assert c2.answered == [(77, "c1", True)]


def test_one_question_is_put_to_those_it_misses():
    wires = trio()
    wires.sides["c1"].ask(77, "c3")
    assert wires.kinds() == ["ask"]
    wires.deliver_all()
    assert wires.sides["c3"].asked and not wires.sides["c2"].asked


def test_what_is_not_followed_is_not_kept_nor_waited_for():
    wires = Wires("c1", "c2")
    del wires.sides["c2"]
    from tests.replica.sides import Side

    c1, c2 = wires.sides["c1"], Side("c2", wires, {"facts": [], "notes": [], "site": ["c1"]})
    wires.sides["c2"] = c2
    wires.link_all()
    for kind in KINDS:
        c1.say(kind)
    wires.run(40000)
    assert c2.taken == [("c1", "site", 1)] and c2.promised["c1"] > stamp_at(1000)


def test_without_a_clock_nothing_is_published_promised_or_answered():
    wires = Wires("c1", "c2")
    c1, c2 = wires.sides["c1"], wires.sides["c2"]
    c1.has_clock = False
    c1.told = {"clock": [5, 60000, False], "newest": 99}
    wires.link_all()
    event = c1.say(boot=1, up_ms=5)
    c2.ask(77, "c1")
    wires.run(40000)
    c1.answer("c2", 77)
    wires.run(1000)
    assert c2.taken == [] and "c1" not in c2.promised and c2.answered == [] and c1.asked == []
    assert wires.said("c1", "have")[-1]["newest"] == 99, "but it says what it knows"
    del event["boot"], event["up_ms"]
    c1.exchange.written(event)
    c1.has_clock = True
    c1.carry(c1.exchange.speak(wires.now_ms))
    wires.deliver_all()
    assert c2.taken == [] and c2.promised.get("c1", 0) == 0, "the stamped event is on its way to the flash"
    c1.durable(event)
    wires.deliver_all()
    assert c2.taken == [("c1", "facts", 1)] and c2.promised["c1"] >= stamp_at(wires.now_ms)


def test_who_has_no_clock_is_told_the_time_and_the_newest_stamps():
    wires, c1, c2 = pair()
    c1.has_clock = False
    c1.hear(message("have", clock=[123, 45, True]))
    c1.hear(message("have", clock=[123, 45, False], newest=99))
    assert c1.results[-2:] == [("clock", "c2", 123, 45), ("newest", "c2", 99)]
    c1.has_clock, c1.results = True, []
    c1.hear(message("have", clock=[START_MS + wires.now_ms + 9000, 45, True], newest=99))
    assert c1.results == []


def test_where_one_clock_is_far_from_ours_all_are_told():
    wires = trio()
    c1, at_ms = wires.sides["c1"], START_MS + wires.now_ms
    c1.hear(message("have", "c2", clock=[at_ms + 50, 45, True]))
    assert c1.found("clock") == []
    c1.hear(message("have", "c3", clock=[at_ms - 20000, 60, True]))
    assert c1.found("clock") == [("clock", "c2", at_ms + 50, 45), ("clock", "c3", at_ms - 20000, 60)]


def test_what_the_core_repeats_comes_through():
    wires, c1, c2 = pair()
    c2.told = {
        "clock": [1, 2, True],
        "sources": [[["c2", "fire", number], 5, 6] for number in range(20)],
        "lockdowns": [[["d"], 7, ["c2", 1, 3], "n1"]],
        "digest": ["a", 1, 2],
    }
    for _ in range(3):
        wires.run(40000)
    assert ("lockdowns", "c2", [[["d"], 7, ["c2", 1, 3], "n1"]]) in c1.results and ("digest", "c2", ["a", 1, 2]) in c1.results
    sources = {tuple(row[0]) for result in c1.found("sources") for row in result[2]}
    assert len(sources) == 20 and max([len(result[2]) for result in c1.found("sources")]) == 8, "in turn"


def test_a_long_split_heals_without_a_flood():
    wires, c1, c2 = pair()
    wires.link_all(False)
    for _ in range(560):
        c1.say()
    wires.sent = []
    wires.link_all()
    wires.run(15000)
    assert len(c2.taken) == len(set(c2.taken)) == 560
    logs = wires.said("c1", "log")
    assert len(logs) < 160 and max([len(log["entries"]) for log in logs]) >= 4, len(logs)
    assert len(wires.said("c2", "want")) < 40, len(wires.said("c2", "want"))


def test_facts_come_before_notes():
    wires, c1, c2 = pair()
    wires.link_all(False)
    for _ in range(200):
        c1.say("door.opened")
    for _ in range(100):
        c1.say()
    c1.say("lockdown.started")
    wires.link_all()
    wires.run(30000)
    assert len(c2.taken) == 301 and {stream for _, stream, _ in c2.taken[:101]} == {"facts", "site"}


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
        elif luck.below(2):
            side.tick()
        else:
            side.link(luck.below(3) > 0)
    for side, event in pending:
        side.durable(event)
    wires.link_all()
    wires.run(60000)
    return wires


def test_whatever_the_wires_do_all_logs_become_equal():
    for seed in range(30):
        wires = _mess(seed)
        vectors = [wires.sides[name].log.vector() for name in ("c1", "c2", "c3")]
        assert vectors[0] == vectors[1] == vectors[2], seed
        for name in ("c1", "c2", "c3"):
            side = wires.sides[name]
            assert len(side.taken) == len(set(side.taken)), seed
            for other in wires.sides:
                for stream, seq in wires.sides[other].seqs.items():
                    assert side.log.last(other, 1, stream) == seq, seed
            assert sorted(side.promised) == [other for other in ("c1", "c2", "c3") if other != name], seed
            assert {result[0] for result in side.results} <= {"kept", "taken"}, side.results
