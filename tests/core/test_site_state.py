"""Emergencies and switches: sets folded from events in any order."""

from firmware.core.events import order
from firmware.core.site_state import Emergency, Switches, retired_incs, retired_name
from tests.core.facts import START_MS, Lcg, Writer

FIRE, ALARM = ["c1", "fire", 1], ["ada", "n1"]


def started(write, at_s, source, controller="c1", **fields):
    return write("emergency.started", at_s, controller, source=source, **fields)


def ended(write, at_s, *sources, controller="c1", **fields):
    return write("emergency.ended", at_s, controller, ends=list(sources), **fields)


def told(*events):
    made = Emergency()
    for event in events:
        made.take(event)
    return made


def test_an_emergency_lasts_while_any_source_does():
    write, made = Writer(), Emergency()
    assert not made.is_active() and made.sources() == [] and made.ends() == []
    for event, expected in (
        (started(write, 1, FIRE), True),
        (started(write, 2, ALARM), True),
        (ended(write, 3, FIRE), True),
        (ended(write, 4, ALARM), False),
    ):
        made.take(event)
        assert made.is_active() == expected
    assert made.ends() == [(order(event), START_MS + 4000)]


def test_a_source_that_ended_never_comes_back():
    write = Writer()
    made = told(ended(write, 3, FIRE), started(write, 1, FIRE), started(write, 5, FIRE))
    assert not made.is_active()


def test_the_lowest_stamp_counts_for_start_and_end():
    write = Writer()
    first = ended(write, 3, FIRE, controller="c2")
    made = told(started(write, 1, FIRE), ended(write, 7, FIRE), first)
    assert made.ends() == [(order(first), START_MS + 3000)]


def test_each_emptying_of_the_set_is_an_end():
    write = Writer()
    events = [started(write, 1, FIRE), ended(write, 2, FIRE), started(write, 3, ALARM), ended(write, 4, ALARM)]
    assert [at_ms for _, at_ms in told(*events).ends()] == [START_MS + 2000, START_MS + 4000]
    late = started(write, 1, ["max", "n9"])
    made = told(late, *events)
    assert made.ends() == [] and made.is_active(), "the set was never empty"
    made.take(ended(write, 9, ["max", "n9"]))
    assert [at_ms for _, at_ms in made.ends()] == [START_MS + 9000]


def test_one_event_may_end_several_sources():
    write = Writer()
    end = ended(write, 5, FIRE, ALARM, ["c9", "fire", 4])
    made = told(started(write, 1, FIRE), started(write, 2, ALARM), end)
    assert not made.is_active() and made.ends() == [(order(end), START_MS + 5000)]


def test_the_order_of_arrival_does_not_matter():
    luck = Lcg(3)
    for _ in range(40):
        write, events = Writer(), []
        for number in range(4):
            source, at_s = ["c1", "fire", number], luck.below(20)
            events.append(started(write, at_s, source))
            if luck.below(3):
                events.append(ended(write, at_s + 1 + luck.below(9), source, controller="c2"))
        one, other = told(*luck.shuffled(events)), told(*luck.shuffled(events))
        assert one.ends() == other.ends() and one.sources() == other.sources()


def test_sources_of_inputs_and_operators_sort_together():
    write = Writer()
    made = told(*[started(write, 1, source) for source in (["c1", "fire", 2], ["c1", "fire"], ["c1", "fire", 1], ["b", "x"])])
    assert made.sources() == [("b", "x"), ("c1", "fire"), ("c1", "fire", 1), ("c1", "fire", 2)]


def switch(made, write, at_s, names, is_on, controller="c1", **fields):
    made.take(write("lockdown.started", at_s, controller, **fields), names, is_on)


def test_a_board_retired_by_its_incarnation_is_no_retired_controller():
    write, made = Writer(), Switches()
    switch(made, write, 5, [retired_name("c2", 7), retired_name("c3", None)], True)
    assert made.is_on("c3") and not made.is_on("c2") and retired_incs(made) == [("c2", 7)]
    switch(made, write, 6, [retired_name("c2", 7)], False)
    assert retired_incs(made) == []


def test_the_newest_act_counts_in_whatever_order_they_come():
    write, made = Writer(), Switches()
    assert not made.is_on("d") and made.on() == []
    switch(made, write, 5, ["d", "e"], True)
    switch(made, write, 3, ["d"], False)
    assert made.is_on("d") and made.on() == ["d", "e"]
    switch(made, write, 7, ["d"], False)
    assert made.on() == ["e"]
    switch(made, write, 6, ["d"], True)
    assert made.on() == ["e"]


def test_one_command_told_by_several_boards_counts_at_its_lowest_stamp():
    # Locked down at 5 and, by a board that heard of the command late, at 9; released in between.
    for times in ((5, 9, 7), (9, 5, 7), (7, 9, 5), (9, 7, 5)):
        write, made = Writer(), Switches()
        for at_s in times:
            is_release = at_s == 7
            switch(made, write, at_s, ["d"], not is_release, "c%d" % at_s, nonce="n2" if is_release else "n1")
        assert not made.is_on("d"), times


def test_equal_stamps_go_by_origin():
    write, made = Writer(), Switches()
    switch(made, write, 5, ["d"], False, "c2")
    switch(made, write, 5, ["d"], True, "c1")
    assert not made.is_on("d")


def test_only_so_many_acts_are_remembered():
    write, made = Writer(), Switches()
    for at_s in range(100):
        switch(made, write, at_s, ["d"], at_s % 2 == 1, nonce="n%d" % at_s)
    assert made.is_on("d") and len(made._acts["d"]) <= 16


def test_a_source_that_another_repeats_is_active_until_its_end_is_known():
    write, made = Writer(), Emergency()
    assert made.take_repeated(tuple(FIRE), 5, START_MS) and made.is_active()
    assert not made.take_repeated(tuple(FIRE), 6, START_MS), "known"
    assert made.to_repeat() == [[FIRE, 5, START_MS]] and made.ends() == [] and made.keep() == Emergency().keep()
    made.forget()
    assert made.is_active(), "whatever is learned again"
    made.take(ended(write, 3, FIRE))
    assert not made.is_active() and made.to_repeat() == []
    assert not made.take_repeated(tuple(FIRE), 5, START_MS), "it never comes back"


def test_what_is_repeated_is_what_the_event_said_once_that_is_here():
    write, made = Writer(), Emergency()
    made.take_repeated(tuple(FIRE), 5, 6)
    event = started(write, 1, FIRE)
    made.take(event)
    assert made.to_repeat() == [[FIRE, event["stamp"], event["at_ms"]]] and made.sources() == [tuple(FIRE)]
    for number in range(100):
        made.take_repeated(("c2", "fire", number), 5, 6)
    assert len(made.sources()) == 64


def lockdown(write, at_s, kind, doors, **fields):
    return write("lockdown." + kind, at_s, doors=doors, **fields)


def test_a_lockdown_that_another_repeats_holds_like_its_event():
    write, told_it, hears_it = Writer(), Switches(), Switches()
    for event in (lockdown(write, 1, "started", ["d", "e"], nonce="n1"), lockdown(write, 2, "started", ["f"])):
        told_it.take(event, event["doors"], True)
    rows = told_it.to_repeat()
    assert [row[0] for row in rows] == [["d", "e"], ["f"]] and rows[0][3] == "n1" and rows[1][2] == ["c1", 1, 2]
    for is_new in (True, False):
        assert [hears_it.take_repeated(row[1], row[2], row[3], row[0]) for row in rows] == [is_new, is_new]
    assert hears_it.on() == ["d", "e", "f"] and hears_it.to_repeat() == rows
    hears_it.forget()
    assert hears_it.on() == ["d", "e", "f"]
    release = lockdown(write, 3, "ended", ["d", "e", "f"])
    hears_it.take(release, release["doors"], False)
    assert hears_it.on() == [] and [hears_it.take_repeated(row[1], row[2], row[3], row[0]) for row in rows] == [False, False]


def test_an_older_release_does_not_end_a_repeated_lockdown_and_its_own_event_changes_nothing():
    write, hears_it = Writer(), Switches()
    before = lockdown(write, 1, "ended", ["d"])
    event = lockdown(write, 2, "started", ["d"], nonce="n1")
    hears_it.take_repeated(event["stamp"], ["c1", 1, 0], "n1", ["d"])
    hears_it.take(before, ["d"], False)
    hears_it.take(event, ["d"], True)
    assert hears_it.on() == ["d"] and len(hears_it._acts["d"]) == 2


def test_a_lockdown_of_many_doors_is_repeated_in_pieces():
    write, told_it = Writer(), Switches()
    doors = ["door-%03d" % number for number in range(100)]
    told_it.take(lockdown(write, 1, "started", doors), doors, True)
    rows = told_it.to_repeat()
    assert [len(row[0]) for row in rows] == [30, 30, 30, 10] and [door for row in rows for door in row[0]] == doors
