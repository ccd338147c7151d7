"""From an attempt to a verdict that may be spoken: whom to ask, how long to wait, what the answers mean.

Words: see tests/core/judging.py.
"""

from tests.core.judging import Bench, alone, inside, shared, with_one


def test_a_grant_is_decided_at_once():
    assert with_one().tap(0) == "+0"


def test_an_area_on_one_board_denies_at_once():
    bench = inside(alone(), 0)
    assert bench.tap(0) == "-0:double_entrance" and bench.tap(0, "out") == "-0:in_violation"


def test_a_denial_asks_every_other_controller_first():
    bench = inside(Bench({"a": shared("c2", "c3")}), 0)
    assert bench.tap(0) == "ask:c2,c3"
    assert bench.answer("c2") == "" and bench.answer("c2") == "" and bench.answer("c9") == ""
    assert bench.answer("c3") == "-0!:double_entrance"
    assert bench.verdicts[0][0].sure_areas == ["a"]
    assert bench.answer("c3") == "" and bench.at(10000) == ""


def test_the_areas_around_are_asked_too():
    areas = {"a": shared("c3", parent="b"), "b": shared("c2")}
    assert inside(Bench(areas), 0).tap(0) == "ask:c2,c3"


def test_a_retired_controller_is_not_waited_for():
    bench = inside(Bench({"a": shared("c2", "c3")}), 0)
    bench.peers._retired.take({"stamp": 1, "controller": "c1", "inc": 1, "seq": 1}, ["c2"], True)
    assert bench.tap(0) == "ask:c3"
    bench = inside(with_one(), 0)
    bench.peers._retired.take({"stamp": 1, "controller": "c1", "inc": 1, "seq": 1}, ["c2"], True)
    assert bench.tap(0) == "-0:double_entrance"


def test_what_comes_with_the_answers_decides():
    bench = inside(with_one(), 0)
    bench.tap(0)
    bench.table.tell(bench.write.badge(-50, "out", "c2"))
    assert bench.answer("c2") == "+0!"


def test_without_an_answer_soft_grants_and_enforce_denies():
    for when, expected in (("soft", "+0?"), ("enforce", "-0?:double_entrance")):
        bench = inside(with_one(when_isolated=when), 0)
        assert bench.tap(0) == "ask:c2" and bench.at(299) == "" and bench.at(300) == expected
        verdict = bench.verdicts[0][1]
        assert verdict.violates == {"a": "double_entrance"} and bench.verdicts[0][0].sure_areas == []
        assert not bench.peers.is_online("c2")
        bench = inside(Bench({"a": shared("c2", when_isolated=when)}, has_link=False), 0)
        assert bench.tap(0) == expected, "without a link nobody is waited for"


def test_one_answer_of_two_is_not_enough():
    bench = inside(Bench({"a": shared("c2", "c3")}), 0)
    bench.tap(0)
    bench.answer("c2")
    assert bench.at(300) == "+0?" and bench.peers.is_online("c2") and not bench.peers.is_online("c3")


def test_only_the_area_whose_controllers_are_silent_is_excused():
    bench = Bench({"a": shared("c2"), "b": shared("c3")})
    for name in "ab":
        bench.table.tell(bench.write.move(-9, "in", area=name))
    bench.tap(0, names=("a", "b"))
    bench.answer("c3")
    assert bench.at(300) == "-0:double_entrance" and bench.verdicts[0][1].areas() == ["b"]
    assert bench.verdicts[0][0].sure_areas == ["b"] and bench.verdicts[0][1].violates == {"a": "double_entrance", "b": "double_entrance"}


def test_the_longest_patience_of_the_areas_counts():
    bench = Bench({"a": shared("c2", confirm_ms=300), "b": shared("c3", confirm_ms=2000)})
    for name in "ab":
        bench.table.tell(bench.write.move(-9, "in", area=name))
    bench.tap(0, names=("a", "b"))
    assert bench.at(1999) == "" and bench.at(2000) == "+0?"


def test_wait_prolongs_once():
    bench = inside(with_one(), 0)
    bench.tap(0)
    assert bench.answer("c2", wait=True) == bench.answer("c2", wait=True) == ""
    assert bench.at(599) == "" and bench.at(600) == "+0?"
    bench = inside(with_one(), 0)
    bench.tap(0)
    bench.answer("c2", wait=True)
    bench.at(500)
    assert bench.answer("c2") == "-0!:double_entrance"


def test_soft_is_granted_without_a_question():
    for settings in ({}, {"confirm_grants": True}):
        bench = inside(with_one(**settings), 0)
        assert bench.tap(0, mode="soft") == "+0" and bench.verdicts[0][1].violates == {"a": "double_entrance"}


def test_confirm_grants_asks_before_granting():
    bench = with_one(confirm_grants=True)
    assert bench.tap(0) == "ask:c2" and bench.answer("c2") == "+0!"
    assert with_one(confirm_grants=True).tap(0, mode="off") == "+0"
    assert alone(confirm_grants=True).tap(0) == "+0"
    for when, expected in (("soft", "+0?"), ("enforce", "-0?:isolated")):
        bench = with_one(confirm_grants=True, when_isolated=when)
        bench.tap(0)
        assert bench.at(300) == expected


def test_a_soft_area_is_never_isolated():
    bench = Bench({"a": shared("c2", confirm_grants=True, when_isolated="enforce"), "b": shared("c2", confirm_grants=True)})
    bench.tap(0, names=("b",))
    assert bench.tap(1, mode="soft", reader="other") == "+1"


# A second look


def test_an_area_that_denies_only_now_is_asked_too():
    bench = Bench({"a": shared("c2"), "b": shared("c3")})
    bench.table.tell(bench.write.move(-9, "in"))
    assert bench.tap(0, names=("a", "b")) == "ask:c2"
    bench.table.tell(bench.write.move(-8, "out"), bench.write.move(-8, "in", area="b"))
    assert bench.answer("c2") == "ask:c2,c3"
    assert bench.answer("c2") == "" and bench.answer("c3") == "-0!:double_entrance"


def test_without_a_link_no_area_denies_that_was_not_asked():
    bench = Bench({"a": shared("c2"), "b": shared("c3")})
    bench.table.tell(bench.write.move(-9, "in"))
    bench.tap(0, names=("a", "b"))
    bench.table.tell(bench.write.move(-8, "out"), bench.write.move(-8, "in", area="b"))
    assert bench.lose_link() == "+0?"
    assert bench.verdicts[0][1].violates == {"b": "double_entrance"}


def test_asking_again_lets_those_go_on_who_waited_for_the_first_question():
    bench = Bench({"a": shared("c2"), "b": shared("c3")})
    bench.table.tell(bench.write.move(-9, "in"))
    bench.tap(0, names=("a", "b"))
    assert not bench.is_answered("c2", bench.asked[0].stamp + 1, 0)
    bench.drawn += 10
    bench.table.tell(bench.write.move(-8, "out"), bench.write.move(-8, "in", area="b"))
    assert sorted(bench.answer("c2").split()) == ["answer:c2", "ask:c2,c3"]


def test_a_soft_area_nobody_asked_is_not_confirmed():
    bench = Bench({"a": shared("c2"), "b": shared("c3")})
    bench.table.tell(bench.write.move(-9, "in"))
    bench.tap(0, names=("a", "b"))
    bench.verdicts.clear()
    soft = bench.judge._questions["c1_in"].attempt.judge
    soft["b"][1] = "soft"
    bench.table.tell(bench.write.move(-8, "out"), bench.write.move(-8, "in", area="b"))
    assert bench.answer("c2") in ("+0", "ask:c2,c3")
