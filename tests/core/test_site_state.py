"""Emergencies and switches: sets folded from events in any order."""

from firmware.core.events import order
from firmware.core.site_state import Emergency, Switches
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
    assert not made.is_active() and made.has_ended(("c1", "fire", 1)) and not made.has_ended(("c1", "fire", 2))


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
