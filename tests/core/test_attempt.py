"""What the areas of one badge say together, and how a denial explains itself."""

from firmware.core.attempt import Attempt, Verdict, because, suits_minimum, weigh
from tests.core.facts import START_MS, Table, Writer, area
from tests.core.facts import rules as rules_of
from tests.core.judging import Person

MODES = ("off", "soft", "deny", "hard")


def weighed(table, judge, at_s=60, inside=0, excused=()):
    attempt = Attempt("c1_in", "d", Person(0), 1, START_MS + at_s * 1000, judge)
    book = table.presence.view(0, attempt.at_ms)
    verdict = weigh(attempt, book, lambda name: inside, excused)
    return attempt, book, verdict


def told(facts, **settings):
    write = Writer()
    table = Table({"a": area(**settings)})
    table.tell(*[make(write) for make in facts])
    return table


def came(write):
    return write.badge(1, "in")


def caught(write):
    return write.denied(9, "in")


def test_mode_by_violation_by_pardon():
    rows = {
        ("off", "violates"): (None, {}),
        ("soft", "violates"): (None, {"a": "double_entrance"}),
        ("deny", "violates"): ("double_entrance", {"a": "double_entrance"}),
        ("hard", "violates"): ("double_entrance", {"a": "double_entrance"}),
        ("off", "in violation"): (None, {}),
        ("soft", "in violation"): (None, {"a": "double_entrance"}),
        ("deny", "in violation"): ("double_entrance", {"a": "double_entrance"}),
        ("hard", "in violation"): ("in_violation", {"a": "double_entrance"}),
        ("off", "pardoned"): (None, {}),
        ("soft", "pardoned"): (None, {}),
        ("deny", "pardoned"): (None, {}),
        ("hard", "pardoned"): (None, {}),
    }
    facts = {"violates": (came,), "in violation": (came, caught), "pardoned": (came, lambda write: write.pardon(9))}
    for mode in MODES:
        for case in sorted(facts):
            _, _, verdict = weighed(told(facts[case]), {"a": ["in", mode]})
            assert (verdict.reason(), verdict.violates) == rows[(mode, case)], (mode, case)
            assert verdict.is_pardoned == (case == "pardoned")


def test_in_violation_only_hard_denies_a_badge_that_does_not_violate():
    for mode in MODES:
        _, _, verdict = weighed(told((came, caught)), {"a": ["out", mode]})
        assert verdict.reason() == ("in_violation" if mode == "hard" else None) and not verdict.violates


def test_the_weightiest_reason_is_shown_then_the_first_area():
    verdict = Verdict()
    assert verdict.reason() is None and verdict.areas() == []
    verdict.deny("b", "area_full")
    assert verdict.reason() == "area_full"
    verdict.deny("d", "double_entrance")
    verdict.deny("c", "skipped_entrance")
    assert verdict.reason() == "skipped_entrance"
    verdict.deny("e", "in_violation")
    assert verdict.reason() == "in_violation" and verdict.areas() == ["b", "c", "d", "e"]


def test_excused_areas_do_not_deny_but_say_what_they_found():
    _, _, verdict = weighed(told((came,)), {"a": ["in", "hard"]}, excused=["a"])
    assert verdict.reason() is None and verdict.violates == {"a": "double_entrance"}


def test_capacity_counts_people_and_only_for_who_would_come_in():
    for inside, expected in ((1, None), (2, "area_full"), (3, "area_full")):
        for mode in ("soft", "deny", "hard"):
            assert weighed(told((), capacity=2), {"a": ["in", mode]}, inside=inside)[2].reason() == expected
        assert weighed(told((), capacity=2), {"a": ["in", "off"]}, inside=inside)[2].reason() is None
        assert weighed(told((), capacity=2), {"a": ["out", "hard"]}, inside=inside)[2].reason() is None
        assert weighed(told((came,), capacity=2), {"a": ["in", "soft"]}, inside=inside)[2].reason() is None


def test_minimum_of_two():
    rules = rules_of(minimum=2)
    entering = [suits_minimum(rules, True, inside, 1) for inside in range(4)]
    leaving = [suits_minimum(rules, False, inside, 1) for inside in range(4)]
    assert entering == [False, True, True, True] and leaving == [True, True, False, True]
    assert suits_minimum(rules, True, 0, 2) and suits_minimum(rules, False, 2, 2) and not suits_minimum(rules, False, 3, 2)
    assert suits_minimum(rules_of(), True, 0, 1)


def test_only_lacking_a_companion_is_to_lack_nothing_else():
    verdict = Verdict()
    assert not verdict.only_lacks_companion()
    verdict.deny("a", "needs_companion")
    assert verdict.only_lacks_companion()
    verdict.deny("b", "area_full")
    assert not verdict.only_lacks_companion()


def test_a_denial_says_what_it_contradicts_and_how_it_ends():
    table = told((came,), violation_timeout_s=900)
    attempt, book, verdict = weighed(table, {"a": ["in", "hard"]})
    assert because(attempt, book, verdict) == {
        "area": "a",
        "at": START_MS + 1000,
        "reader": "c1_in",
        "since": START_MS + 60000,
        "expires": START_MS + 960000,
        "ends": ["site_admin", "site_manager"],
    }
    table.tell(Writer().denied(9, "in", seq=50))
    attempt, book, verdict = weighed(table, {"a": ["in", "hard"]})
    told_by = because(attempt, book, verdict)
    assert (told_by["since"], told_by["expires"], told_by["at"]) == (START_MS + 9000, START_MS + 909000, START_MS + 1000)


def test_a_denial_that_is_no_violation_names_none():
    attempt, book, verdict = weighed(told((), capacity=1), {"a": ["in", "hard"]}, inside=1)
    told_by = because(attempt, book, verdict)
    assert (told_by["area"], told_by["since"], told_by["expires"], told_by["at"], told_by["ends"]) == ("a", None, None, None, [])


def test_a_skipped_entrance_contradicts_the_badge_at_the_area_around():
    write, table = Writer(), Table({"a": area(), "b": area(parent="a")})
    table.tell(write.badge(3, "out", reader="c1_out"))
    attempt, book, verdict = weighed(table, {"b": ["in", "hard"]})
    told_by = because(attempt, book, verdict)
    assert verdict.reason() == "skipped_entrance" and (told_by["area"], told_by["reader"]) == ("b", "c1_out")
