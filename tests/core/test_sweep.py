"""What happens to everybody at once, for many people: bit by bit, and whoever is looked at was done before."""

from tests.core.facts import Table, Writer, area

PEOPLE = 400


def crowd(at_once_max=256):
    """A table with many people inside, one of them in violation."""
    table, write = Table({"a": area("soft"), "b": area("soft")}), Writer()
    table.presence.at_once_max = at_once_max
    for no in range(PEOPLE):
        table.tell(write.badge(no, "in", no=no))
    table.tell(write.badge(PEOPLE, "in", no=7))
    assert table.row(PEOPLE, no=7)[1] == "double_entrance"
    assert table.presence.inside("a", 10**15) == PEOPLE
    return table, write


def finish(table):
    pieces = 0
    while table.presence.is_sweeping():
        table.presence.sweep()
        pieces += 1
    return pieces


def test_a_reset_empties_the_area_at_once_and_ends_violations_but_rows_follow_bit_by_bit():
    table, write = crowd()
    assert table.tell(write.reset(2000)) == [("a", 7)], "whose violation ended"
    assert table.presence.is_sweeping() and table.presence.inside("a", 10**15) == 0
    assert table.presence._rows["a"].get(399)[0] == "in", "not done yet"
    assert table.row(2001, no=399)[0] == "unknown", "but done when somebody looks"
    assert finish(table) > PEOPLE // 4 and not table.presence.swept
    assert [table.row(2001, no=no)[0] for no in range(PEOPLE)] == ["unknown"] * PEOPLE
    assert table.presence.inside("a", 10**15) == 0


def test_a_checkpoint_has_everybody_as_he_will_be():
    table, write = crowd()
    before = table.presence._rows["a"].raw(399)
    table.tell(write.reset(2000))
    rows, _, _ = table.presence.keep(399)
    assert rows["a"] != before and table.presence._rows["a"].get(399)[0] == "unknown" and table.presence.is_sweeping()


def test_rules_of_the_time_of_a_change_act_on_whoever_has_his_turn_later():
    table, write = Table({"a": area("soft", presence_timeout_s=1300)}), Writer()
    table.tell(*[write.badge(no, "in", no=no) for no in range(PEOPLE)])
    table.tell(write.set(1500, settings={"presence_timeout_s": 0}))
    assert table.presence.is_sweeping()
    assert [table.row(1502, no=no)[0] for no in (100, 300)] == ["unknown", "in"], "time out of the one who came first"
    finish(table)
    assert table.stored(range(PEOPLE)) == table.from_scratch(range(PEOPLE))


def test_the_end_is_the_same_as_if_all_had_been_done_at_once():
    digests = []
    for at_once_max in (256, 10**6):
        table, write = crowd(at_once_max)
        table.tell(write.reset(2000), write.badge(2001, "in", no=5), write.badge(2002, "out", no=6))
        table.tell(write.set(2003, settings={"violation_timeout_s": 60}), write.badge(2004, "out", no=5), write.reset(2005))
        late = write.reset(1000)
        late["stamp"] -= 1
        table.tell(late, write.badge(2006, "in", no=8))
        table.ends = [((table.facts[-1]["stamp"] + 1, "c1", 1), table.facts[-1]["at_ms"] + 5)]
        table.presence.take_emergency_ends(table.ends)
        table.tell(write.badge(2010, "in", no=9))
        finish(table)
        assert table.stored(range(PEOPLE)) == table.from_scratch(range(PEOPLE))
        digests.append(table.presence.digests())
    assert digests[0] == digests[1]


def test_who_comes_while_everybody_is_folded_again_is_folded_once():
    table, write = crowd()
    early = write.set(-5, settings={"violation_timeout_s": 0})
    table.tell(early)
    assert table.presence.is_sweeping()
    table.tell(write.badge(3000, "out", no=390))
    assert table.row(3001, no=390) == ("out", None, False)
    finish(table)
    assert table.stored(range(PEOPLE)) == table.from_scratch(range(PEOPLE))


def test_whose_story_is_not_known_any_more_is_folded_on_from_where_he_is():
    table, write = crowd()
    story = table.presence._story
    table.presence._story = lambda no, counts: None if no == 390 else story(no, counts)
    table.tell(write.set(-5, settings={"violation_timeout_s": 0}))
    assert table.presence.is_sweeping()
    table.tell(write.badge(3000, "out", no=390))
    assert table.row(3001, no=390) == ("out", None, False) and table.presence.unjudged == []
    finish(table)
    assert table.row(3001, no=390) == ("out", None, False) and table.presence.unjudged == []


def test_a_repair_is_told_with_the_number_of_rows_when_all_are_done():
    table, _ = crowd()
    right = table.presence.digests()
    for no in (3, 300, 399):
        standing = table.presence.standing("a", no)
        standing.move("out", 5, None)
        table.presence._store("a", no, standing)
    assert table.presence.refold("a") == [] or table.presence.is_sweeping()
    finish(table)
    assert table.presence.repaired == [["a", 3]] and table.presence.digests() == right


def test_nobody_is_told_of_while_a_checkpoint_is_written_and_it_begins_again():
    table, write = crowd()
    told = []
    table.presence.keeper = told.append
    table.tell(write.reset(2000))
    assert None in told
    del told[:]
    finish(table)
    assert told == [], "who is done in his turn changes nothing that a checkpoint may not have"
    table.tell(write.badge(2001, "in", no=5))
    assert told and set(told) == {5}
