"""Clocks that run ahead, events that contradict each other, two boards under one name, old images, and nonsense."""

from firmware.wire import messages
from tests.replica.sides import Side, Wires, event, message, pair, stamp_at, trio

SLOW = ("test_nothing_that_decodes_stops_an_exchange",)


def test_an_event_ahead_of_our_clock_waits_until_its_time_has_come():
    wires, c1, c2 = pair()
    c1.offset_ms = 60000
    made = c1.say()
    wires.run(9000)
    assert c2.taken == [] and c2.promised["c1"] < made["stamp"]
    assert c2.found("ahead") == [("ahead", "c1", 60000)]
    wires.run(75000)
    assert c2.taken == [("c1", "facts", 1)] and len(c2.found("ahead")) <= 8
    asked = [want for want in wires.said("c2", "want")]
    assert 2 <= len(asked) <= 5, "slowly"


def test_whose_clock_is_ahead_hears_the_others_soon():
    wires = trio()
    wires.run(5000)
    wires.sent = []
    wires.sides["c1"].offset_ms = 60000
    wires.sides["c1"].say()
    wires.run(300)
    assert len(wires.said("c2", "have")) == len(wires.said("c3", "have")) == 1


def test_ten_seconds_ahead_are_no_fault():
    wires, c1, c2 = pair()
    c1.offset_ms = 9900
    c1.say()
    c1.answer("c2", 77)
    wires.run(1000)
    assert c2.taken and c2.answered and c2.found("ahead") == []


def test_a_promise_ahead_of_our_clock_is_none_and_a_question_gets_no_answer():
    wires, c1, c2 = pair()
    before = c2.promised["c1"]
    ahead = stamp_at(wires.now_ms + 11000)
    c2.hear(message("have", "c1", stamp=ahead))
    c2.hear(message("ask", "c1", to=["c2"], question=ahead, no=1, areas=[]))
    assert c2.promised["c1"] == before and c2.asked == [] and c2.found("ahead") == [("ahead", "c1", 11000)]
    c2.hear(message("answer", "c1", to="c2", question=77, stamp=ahead))
    assert c2.answered == [(77, "c1", False)], "it names its facts, whatever its clock says"


def test_without_a_clock_of_our_own_nothing_is_promised_to_us():
    wires, c1, c2 = pair()
    before = c2.promised["c1"]
    c2.has_clock = False
    c2.hear(message("have", "c1", stamp=stamp_at(10**9)))
    assert c2.promised["c1"] == before and c2.found("ahead") == []


def test_other_content_under_a_known_name_is_told_and_stops_its_incarnation():
    wires, c1, c2 = pair()
    c1.say()
    wires.run(100)
    c2.hear(message("log", "c1", entries=[event(1, "c1", no=7), event(2, "c1")]))
    assert c2.found("conflict") == [("conflict", "c1", 1)]
    assert c2.taken == [("c1", "facts", 1)] and c2.log.between("c1", 1, "facts", 1, 9)[0]["no"] == 1
    promised = c2.promised["c1"]
    c1.say()
    wires.run(40000)
    assert len(c2.taken) == 1 and c2.promised["c1"] == promised and wires.said("c2", "want") == []
    c1.inc, c1.seqs = 2, {}
    c1.exchange.open(2)
    c1.say()
    wires.run(40000)
    assert ("c1", 2) in {(row[0], row[1]) for row in c2.log.vector()} and c2.promised["c1"] > promised


def test_the_same_again_is_no_conflict():
    wires, c1, c2 = pair()
    c1.say()
    wires.queue *= 3
    wires.run(100)
    assert c2.found("conflict") == []


def test_of_old_events_that_are_served_to_somebody_else_one_a_second_is_looked_up():
    wires, c1, c2 = pair()
    for _ in range(40):
        c1.say()
    wires.run(10000)
    served, looked, same = c2.log.between("c1", 1, "facts", 1, 40), [], c2.log.same_as_known
    c2.log.same_as_known = lambda each: looked.append(each["seq"]) or same(each)
    for second in range(3):
        for start in range(0, 40, 8):
            c2.hear(message("log", "c1", entries=served[start : start + 8]))
        assert looked == [1] * (second + 1)
        wires.run(1000)
    c2.hear(message("log", "c1", entries=[event(7, "c1", no=7)]))
    assert c2.found("conflict") == [("conflict", "c1", 1)], "two boards of one name are found all the same"


def test_a_retired_incarnation_has_no_word():
    wires, c1, c2 = pair()
    c2.exchange.origins.retire("c1", 1)
    promised = c2.promised["c1"]
    wires.run(40000)
    c1.answer("c2", 77)
    wires.run(100)
    assert c2.promised["c1"] == promised and c2.answered == []


def _twins():
    """Two boards under the name c1, the later with a higher incarnation; c2 hears both."""
    wires = Wires("c1", "c2")
    c1, c2 = wires.sides["c1"], wires.sides["c2"]
    twin = Side("c1", wires, {stream: ["c2"] for stream in ("facts", "notes", "site")}, inc=5, hardware="other")
    wires.sides["twin"] = twin
    return wires, c1, c2, twin


def test_the_later_of_two_boards_under_one_name_is_told_and_neither_has_a_word():
    wires, c1, c2, twin = _twins()
    c1.link(True)
    c2.link(True)
    wires.run(20000)
    twin.link(True)
    wires.run(60000)
    assert twin.found("duplicate") == [("duplicate", 1, "board of c1")] and c1.found("duplicate") == []
    assert c2.found("twins") == [("twins", "c1")] and c2.found("conflict") == []
    promised = dict(c2.promised)
    c1.answer("c2", 77)
    twin.answer("c2", 77)
    wires.run(60000)
    assert c2.answered == [] and c2.promised == promised
    c2.exchange.origins.retire("c1", 5)
    c1.answer("c2", 78)
    wires.run(100)
    assert c2.answered == [(78, "c1", False)]


def test_facts_of_both_boards_under_one_name_are_kept_by_all_even_by_the_boards_themselves():
    wires, c1, c2, twin = _twins()
    wires.link_all()
    c1.say()
    twin.say()
    twin.say("lockdown.started")
    twin.say("door.opened")
    wires.run(60000)
    assert sorted(c2.log.vector()) == [["c1", 1, "facts", 1], ["c1", 5, "facts", 1], ["c1", 5, "notes", 1], ["c1", 5, "site", 1]]
    assert ["c1", 5, "facts", 1] in c1.log.vector() and ["c1", 5, "site", 1] in c1.log.vector()
    assert ["c1", 1, "facts", 1] in twin.log.vector()
    assert c1.found("forgotten") == [] == twin.found("forgotten")


def test_an_echo_of_our_own_is_nothing():
    wires, c1, c2 = pair()
    c1.say()
    sent = [sent for sender, sent in wires.sent if sender == "c1"]
    wires.run(40000)
    c1.results = []
    for one in sent + [sent for sender, sent in wires.sent if sender == "c1"]:
        c1.hear(one)
    assert c1.results == [] and c1.taken == []


def test_others_who_have_more_of_ours_show_that_our_flash_is_old():
    wires, c1, c2 = pair()
    for _ in range(3):
        c1.say()
    wires.run(100)
    old = Side("c1", wires, {stream: ["c2"] for stream in ("facts", "notes", "site")})
    wires.sides["c1"] = old
    old.link(True)
    wires.run(15000)
    assert old.found("forgotten")[0] == ("forgotten", 1, 3) and len(old.found("forgotten")) <= 2
    old.inc = 2
    old.exchange.open(2)
    old.say()
    wires.run(90000)
    assert sorted(old.taken) == [("c1", "facts", 1), ("c1", "facts", 2), ("c1", "facts", 3)]
    assert old.log.vector() == c2.log.vector()


def test_what_we_wrote_first_since_our_start_shows_that_our_flash_is_old():
    """Also where we have written more since than we have forgotten: then nobody asks for what both have a name for."""
    wires, c1, c2 = pair()
    c1.say()
    wires.run(100)
    old = Side("c1", wires, {stream: ["c2"] for stream in ("facts", "notes", "site")})
    wires.sides["c1"] = old
    wires.now_ms += 5000
    for _ in range(3):
        old.say(no=9)
    old.link(True)
    wires.run(15000)
    assert old.found("forgotten")[0] == ("forgotten", 1, 1)


def test_what_both_know_alike_shows_nothing():
    wires, c1, c2 = pair()
    for _ in range(2):
        c1.say()
        c1.link(True)
        wires.run(15000)
    assert c1.found("forgotten") == [] and [sent for sent in wires.said("c2", "log") if sent["entries"]] == []


def test_a_newer_incarnation_of_ours_that_others_know_shows_it_too_once():
    wires, c1, c2 = pair()
    for _ in range(3):
        c1.hear(message("have", "c2", vector=[["c1", 9, "facts", 4]]))
    assert c1.found("forgotten") == [("forgotten", 9, 4)]


def test_an_own_entry_that_we_never_wrote_shows_it_too():
    wires, c1, c2 = pair()
    c1.hear(message("log", "c2", entries=[event(4, "c1")]))
    assert c1.found("forgotten") == [("forgotten", 1, 4)] and c1.taken == []


def test_more_under_our_name_and_incarnation_than_we_wrote_is_another_board():
    wires, c1, c2 = pair()
    c1.hear(message("want", "c1", origin=["c2", 1], stream="facts", first=1, last=1, heads={"facts": 4, "notes": 0, "site": 0}))
    assert c1.found("duplicate") == [("duplicate", 1, None)]


def test_foreign_names_change_nothing():
    wires, c1, c2 = pair()
    absurd, highest = (1 << 62) - 1, 0xFFFEFFFF
    c2.hear(message("log", "c7", entries=[event(1, "c7"), event(1, "c8")], heads={"facts": 1, "notes": 1, "site": 1}))
    c2.hear(message("have", "c7", vector=[["c9", 1, "facts", 5], ["c1", highest, "facts", absurd]]))
    c2.hear(message("want", "c7", origin=["c9", 1], stream="facts", first=1, last=absurd))
    c2.hear(message("log", "c1", entries=[], gone=[["c9", 1, "facts", 1, 5]]))
    wires.run(300000)
    assert c2.taken == [] and c2.log.vector() == []


def test_nothing_that_decodes_stops_an_exchange():
    from tests.wire.test_messages import each_kind, paths, spoiled

    wires = trio()
    c1 = wires.sides["c1"]
    values = (None, 0, -1, 1, True, "", "c1", "c2", "facts", [], {}, (1 << 62) - 1)
    for sent in each_kind():
        sent["from"] = "c2"
        plain = messages.decode(messages.encode(sent))
        assert plain is not None
        for path in paths(plain):
            for value in values:
                made = messages.decode(spoiled(sent, path, value))
                if made is not None:
                    for _ in c1.exchange.receive(made, wires.now_ms):
                        pass
    wires.queue = []
    for _ in range(100):
        wires.now_ms += 500
        c1.tick()
    assert max([len(payload) for _, _, payload in wires.queue] + [0]) <= 4096
