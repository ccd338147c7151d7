"""How many people may be inside: capacity, and companions.

Words: see tests/core/judging.py.
"""

from tests.core.judging import alone, inside, with_one


def test_a_full_area_denies_who_would_be_one_too_many():
    bench = inside(alone(capacity=2), 5, 6)
    assert bench.tap(0) == "-0:area_full" and bench.tap(5, "out") == "+5" and bench.tap(0) == "+0"
    assert bench.tap(0, mode="off") == "+0"
    assert bench.tap(1, mode="off") == "+1", "where nobody is judged nobody is counted"


def test_minimum_lets_two_in_together():
    bench = alone(minimum=2)
    assert bench.tap(0) == "waiting" and bench.at(9000) == ""
    assert bench.tap(0) == "" and bench.judge.ignored == 1
    assert bench.tap(1) == "+0 +1"
    assert bench.tap(2) == "+2"


def test_minimum_alone_is_denied_after_ten_seconds():
    bench = alone(minimum=2)
    bench.tap(0)
    assert bench.at(9999) == "" and bench.at(10000) == "-0:needs_companion"
    assert bench.tap(0) == "waiting"


def test_companions_come_to_the_same_door_in_the_same_direction():
    bench = alone(minimum=2)
    bench.tap(0)
    assert bench.tap(1, door="e") == "waiting"
    assert bench.tap(2) == "+0 +2"
    bench = inside(alone(minimum=2), 5, 6)
    assert bench.tap(5, "out") == "waiting" and bench.tap(7) == "+7" and bench.tap(8) == "+8"


def test_the_last_two_leave_together_and_the_last_one_alone():
    bench = inside(alone(minimum=2), 0, 1)
    assert bench.tap(0, "out") == "waiting" and bench.tap(1, "out") == "+0 +1"
    bench = inside(alone(minimum=2), 0)
    assert bench.tap(0, "out") == "+0"


def test_a_companion_must_be_one_who_may_pass():
    bench = inside(alone(minimum=2), 5, 6, 7)
    assert bench.tap(7, "out") == "+7" and bench.tap(5, "out") == "waiting"
    assert bench.tap(5) == "-5:double_entrance"


def test_a_companion_does_not_make_an_area_fuller_than_it_may_be():
    bench = inside(alone(minimum=3, capacity=3), 5)
    assert bench.tap(0) == "waiting" and bench.tap(1) == "+0 +1"
    assert bench.tap(2) == "-2:area_full"


def test_lacking_a_companion_is_asked_about_too():
    bench = with_one(minimum=2)
    bench.tap(0)
    assert bench.at(10000) == "ask:c2"
    bench.table.tell(bench.write.move(2, "in", no=8))
    assert bench.answer("c2").startswith(("+0", "-0"))


def test_too_many_waiting_are_denied_at_once():
    bench = alone(minimum=40)
    assert [bench.tap(no) for no in range(16)] == ["waiting"] * 16
    assert bench.tap(16) == "-16:needs_companion"
