"""Heartbeats: when, how long, what they promise; full lists; ceilings."""

from tests.replica.sides import KINDS, Side, Wires, pair, stamp_at


def test_a_heartbeat_comes_every_half_minute_while_there_is_a_link():
    wires, c1, _ = pair()
    wires.run(600000)
    assert 16 <= len(wires.said("c1", "have")) <= 26 and wires.said("c1", "log") == []
    c1.link(False)
    assert c1.exchange.next_deadline_ms() is None


def test_after_an_event_heartbeats_come_soon():
    wires, c1, _ = pair()
    wires.run(1000)
    wires.sent, start_ms = [], wires.now_ms
    c1.say()
    wires.run(20000)
    beats = wires.said("c1", "have")
    assert len(beats) >= 3 and beats[0]["stamp"] >= stamp_at(start_ms + 1000) and beats[0]["heads"]["facts"] == 1


def test_a_heartbeat_has_the_same_size_whatever_there_is_to_tell():
    wires, c1, c2 = pair()
    wires.run(60000)
    before = len(str(wires.said("c1", "have")[-1]))
    for _ in range(9):
        c1.say()
        c2.say()
    wires.run(60000)
    assert len(str(wires.said("c1", "have")[-1])) == before


def test_a_heartbeat_promises_the_past():
    wires, c1, c2 = pair()
    wires.run(40000)
    for side, other in ((c1, "c2"), (c2, "c1")):
        assert side.promised[other] > stamp_at(wires.now_ms - 36001)
    c1.offset_ms = -20000
    assert c1.say()["stamp"] > c2.promised["c1"], "whatever the clock says since"
    wires.deliver_all()


def test_nothing_is_promised_while_an_event_is_on_its_way_to_the_flash():
    wires, c1, c2 = pair()
    before = c2.promised["c1"]
    event = c1.write()
    wires.run(40000)
    assert c2.promised["c1"] == before and wires.said("c1", "have"), "a sign of life it is"
    c1.durable(event)
    wires.deliver_all()
    assert c2.promised["c1"] == event["stamp"]


def test_no_promise_goes_beyond_the_stored_ceiling():
    wires, c1, c2 = pair()
    for _ in range(20):
        wires.run(7000)
        c1.say("door.opened")
    assert 0 < c2.promised["c1"] <= max(c1.ceiling, c1.stamps.newest)
    stamps = [sent["stamp"] for sent in wires.said("c1", "have") if sent["stamp"]]
    assert stamps and max(stamps) <= c1.ceiling


def test_a_flash_that_takes_no_ceiling_stops_promises_but_not_signs_of_life():
    wires, c1, c2 = pair()
    c1.stores_ceilings = False
    ceiling = c1.exchange.publisher.ceiling
    wires.run(100000)
    beats = wires.said("c1", "have")
    assert len(beats) >= 2 and max([beat["stamp"] for beat in beats]) <= ceiling
    made = c1.say()
    c1.answer("c2", 77)
    wires.run(1500)
    assert c2.answered == [(77, "c1", False)] and wires.said("c1", "answer")[0]["stamp"] == made["stamp"]


def test_a_promise_holds_across_a_restart():
    wires, c1, c2 = pair()
    c1.say()
    wires.run(40000)
    promised = c2.promised["c1"]
    again = Side("c1", wires, {stream: ["c2"] for stream in ("facts", "notes", "site")}, log=c1.log, ceiling=c1.ceiling)
    again.seqs, again.offset_ms = c1.seqs, -50000
    wires.sides["c1"] = again
    again.link(True)
    assert again.say()["stamp"] > promised
    wires.run(40000)
    assert c2.taken == [("c1", "facts", 1), ("c1", "facts", 2)] and c2.promised["c1"] > promised


def test_who_comes_hears_from_all_soon_but_not_at_once():
    names = ["c%02d" % number for number in range(24)]
    wires = Wires(*names)
    for name in names[1:]:
        wires.sides[name].link(True)
    wires.run(30000)
    wires.sent = []
    wires.sides["c00"].link(True)
    moments = {}
    for _ in range(50):
        wires.run(10)
        moments[wires.now_ms] = len([1 for sender, _ in wires.sent if sender != "c00"])
    gains = [moments[at_ms] - moments.get(at_ms - 10, 0) for at_ms in sorted(moments)]
    assert {sender for sender, _ in wires.sent} == set(names) and max(gains) <= 5
    full = [sender for sender, sent in wires.sent if "asks" in sent]
    assert len(full) == 24, "each told its list once"


def test_whoever_comes_next_asks_for_no_second_list():
    wires, c1, c2 = pair()
    c2.link(True)
    wires.run(1000)
    assert ["asks" in sent for sent in wires.said("c1", "have")] == [False]
    wires.run(11000)
    assert ["asks" in sent for sent in wires.said("c1", "have")].count(True) == 1


def test_a_full_list_tells_who_keeps_what():
    wires, c1, c2 = pair()
    for kind in KINDS:
        c1.say(kind)
    wires.run(1000)
    c1.results = []
    c1.carry(c1.exchange.survey(wires.now_ms))
    wires.run(11000)
    assert c1.found("kept") == [("kept", "c2", [["c1", 1, "facts", 1], ["c1", 1, "notes", 1], ["c1", 1, "site", 1]])]


def test_a_link_that_flaps_makes_no_noise_beyond_its_own_list():
    wires, c1, c2 = pair()
    for _ in range(20):
        c1.link(False)
        c1.link(True)
        wires.run(200)
    assert len(wires.said("c1", "have")) <= 45 and len(wires.said("c2", "have")) <= 25


def test_a_console_owns_nothing_promises_nothing_and_keeps_all():
    wires = Wires("c1", "c2")
    console = Side("desk", wires, {stream: ["c1", "c2"] for stream in ("facts", "notes", "site")}, inc=0, keeps_all_notes=True)
    wires.sides["desk"] = console
    c1, c2 = wires.sides["c1"], wires.sides["c2"]
    for name in ("c1", "c2"):
        wires.sides[name].link(True)
    for kind in KINDS * 3:
        c1.say(kind)
    wires.run(5000)
    console.link(True)
    wires.run(60000)
    assert len(console.taken) == 9 and sorted(console.promised) == ["c1", "c2"]
    said = [sent for sender, sent in wires.sent if sender == "desk"]
    assert {sent["stamp"] for sent in said} == {None} and {sent["inc"] for sent in said} == {0}
    assert "desk" not in c1.promised
    kept = [["c1", 1, "facts", 3], ["c1", 1, "notes", 3], ["c1", 1, "site", 3]]
    assert c1.found("kept")[-1] == ("kept", "desk", kept), "in each of its heartbeats"
    assert wires.said("desk", "have")[-1]["vector"] == kept


def test_a_console_may_serve_for_who_is_offline():
    wires = Wires("c1", "c2")
    console = Side("desk", wires, {stream: ["c1", "c2"] for stream in ("facts", "notes", "site")}, inc=0, keeps_all_notes=True)
    wires.sides["desk"] = console
    wires.sides["c1"].link(True)
    console.link(True)
    wires.run(1000)
    wires.sides["c1"].say()
    wires.run(1000)
    wires.sides["c1"].link(False)
    for name in ("c2", "desk"):
        wires.sides[name].exchange.peer("c1", False)
    wires.sides["c2"].link(True)
    wires.run(5000)
    assert wires.sides["c2"].taken == [("c1", "facts", 1)]
