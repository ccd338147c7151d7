"""The journal: what it remembers, what falls out of it, and that what fell out is never forgotten silently."""

from firmware.core import events
from firmware.core.journal import Journal
from tests.core.facts import START_MS, Lcg, Table, Writer, area

LIMIT = 512


def filled(count, no=9):
    write, journal = Writer(), Journal()
    for number in range(count):
        journal.add(write.badge(number, "in", no=no))
    return write, journal


def test_an_empty_journal_finds_nothing_late():
    fact = Writer().badge(5, "in")
    journal = Journal()
    assert not journal.is_late(fact) and not journal.is_before_any(events.order(fact))
    assert journal.newest_badge(0, "a") is None and not journal.may_have_dropped(0, 0)


def test_late_is_only_what_comes_before_a_fact_of_the_same_person():
    write, journal = Writer(), Journal()
    journal.add(write.badge(10, "in", no=1))
    journal.add(write.badge(20, "in", no=2))
    assert journal.is_late(write.badge(9, "in", no=1))
    assert journal.is_late(write.badge(19, "in", no=2))
    assert not journal.is_late(write.badge(11, "in", no=1))
    assert not journal.is_late(write.badge(5, "in", no=3))
    assert journal.is_before_any(events.order(write.badge(19, "in", no=3)))
    assert not journal.is_before_any(events.order(write.badge(21, "in", no=3)))


def test_equal_stamps_are_ordered_by_origin():
    write, journal = Writer(), Journal()
    journal.add(write.badge(10, "in", "c2"))
    assert journal.is_late(write.badge(10, "out", "c1"))
    assert not journal.is_late(write.badge(10, "out", "c3"))


def test_the_newest_badge_is_the_highest_not_the_last_that_came():
    write, journal = Writer(), Journal()
    facts = [write.badge(at_s, "in", no=no) for at_s, no in ((30, 1), (10, 1), (40, 2), (20, 1))]
    for fact in facts:
        journal.add(fact)
    journal.add(write.clear(50, no=1))
    journal.add(write.badge(60, "in", no=1, area="b"))
    assert journal.newest_badge(1, "a").name == events.name_of(facts[0])
    assert journal.newest_badge(2, "a").name == events.name_of(facts[2])
    assert journal.newest_badge(3, "a") is None


def test_the_newest_badge_is_found_among_many_people_late_facts_and_what_fell_out():
    write, journal, draw, facts = Writer(), Journal(), Lcg(1), []
    for number in range(3 * LIMIT):
        late = 40 if draw.below(20) == 0 else 0
        fact = write.badge(number - late, "in", no=draw.below(3) * 256 + draw.below(40), area=draw.one_of(("a", "b")))
        journal.add(fact)
        place = len(facts)
        while place and events.order(facts[place - 1]) > events.order(fact):
            place -= 1
        facts.insert(place, fact)
        del facts[:-LIMIT]
        if number % 5 == 0:
            no, area = draw.below(3) * 256 + draw.below(40), draw.one_of(("a", "b"))
            there = [events.name_of(each) for each in facts if each["no"] == no and area in each["judge"]]
            found = journal.newest_badge(no, area)
            assert (found.name if found else None) == (there[-1] if there else None), number


def test_only_so_many_facts_are_kept():
    write, journal = filled(LIMIT)
    assert not journal.is_late(write.badge(-1, "in", no=1))
    journal.add(write.badge(1000, "in"))
    assert journal.is_late(write.badge(-1, "in", no=1))
    assert not journal.is_late(write.badge(1, "in", no=1))


def test_a_late_fact_that_falls_out_at_once_does_not_hide_those_before():
    write, journal = filled(LIMIT + 100)
    assert journal.is_late(write.badge(50, "in", no=1))
    journal.add(write.badge(10, "in", no=2))
    assert journal.is_late(write.badge(50, "in", no=1))


def test_origins_and_sets_of_areas_come_and_go():
    write, journal, facts = Writer(), Journal(), []
    for number in range(3000):
        fact = write.badge(number - number % 3, "in", no=number % 50, inc=1 + number, area="a%d" % (number // 2))
        fact["judge"]["b"] = ["in", "hard"]
        journal.add(fact)
        facts.append(fact)
        if number % 100 == 99:
            for each in facts[-40:]:
                assert journal.newest_badge(each["no"], "b").name == events.name_of(each)
    assert len(journal._origins) <= 1024 and len(journal._areas) <= 1024
    assert journal.is_late(facts[-1000]) and not journal.is_late(write.badge(5000, "in"))


def test_an_error_of_hours_is_known_exactly_or_taken_for_larger():
    for err_ms in (0, 100, 60000, 8388607, 8388608, 8388609, 50000000, 4000000000):
        write, journal = Writer(), Journal()
        journal.add(write.badge(10, "in", no=1, err_ms=err_ms))
        known_ms = journal.newest_badge(1, "a").err_ms
        assert known_ms == err_ms if err_ms < 8388608 else err_ms < known_ms <= err_ms + 512


def test_what_fell_out_may_still_be_near():
    _, journal = filled(LIMIT + 1)
    assert journal.may_have_dropped(0, START_MS - 1) and not journal.may_have_dropped(0, START_MS)


def test_a_fact_older_than_the_journal_is_judged_at_its_place():
    write, table = Writer(), Table({"a": area("soft")})
    entered, left = write.badge(10, "in", "c1"), write.badge(20, "out", "c2")
    table.tell(entered, *[write.badge(100 + count, "in", no=count + 1) for count in range(LIMIT + 50)])
    table.tell(left)
    assert table.row(700) == ("out", None, False)
    table.tell(write.badge(15, "in", "c3"))
    assert table.row(700) == ("out", "double_entrance", False)
    assert table.stored([0]) == table.from_scratch([0])


def test_a_late_fact_that_fell_out_does_not_hide_a_later_one():
    write, table = Writer(), Table({"a": area("soft")})
    table.tell(write.badge(30, "in", "c1"))
    table.tell(*[write.badge(100 + count, "in", no=count + 1) for count in range(LIMIT + 50)])
    table.tell(write.badge(10, "in", "c2", no=2000), write.badge(20, "out", "c2"))
    assert table.row(700) == ("in", None, False)


def test_two_badges_within_clock_error_meet_across_a_full_journal():
    write, table = Writer(), Table({"a": area("soft")})
    wide = {"err_ms": 600000}
    table.tell(write.badge(10, "in", "c1"), write.badge(60, "in", "c1", **wide))
    table.tell(*[write.badge(100 + count, "in", no=count + 1) for count in range(LIMIT + 50)])
    table.tell(write.badge(700, "out", "c2", **wide))
    assert table.row(800) == ("in", None, False)
    assert table.stored([0]) == table.from_scratch([0])


def test_a_clock_that_errs_by_far_makes_only_its_own_person_near():
    write, journal = Writer(), Journal()
    journal.add(write.badge(0, "in", no=3, err_ms=10**9))
    for number in range(LIMIT + 1):
        journal.add(write.badge(1 + number, "in", no=9))
    later = START_MS + 1000 * LIMIT
    assert journal.may_have_dropped(3, later) and not journal.may_have_dropped(9, later)


def test_of_too_many_clocks_that_err_by_far_the_first_to_be_past_counts_for_all():
    write, journal = Writer(), Journal()
    for no in range(40):
        journal.add(write.badge(no, "in", no=no, err_ms=60000))
    for number in range(LIMIT + 1):
        journal.add(write.badge(40 + number, "in", no=999))
    assert len(journal.far) == 32 and journal.until_ms >= START_MS + 67000
    assert journal.may_have_dropped(5, START_MS + 64999), "he is among all others now"
    assert journal.may_have_dropped(39, START_MS + 98999)
