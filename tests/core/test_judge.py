"""From an attempt to a verdict that may be spoken: asking, waiting, queueing, companions.

Words: +0 granted to person 0; -0:why denied; ! confirmed by all that were asked; ? unverified; ask:c2,c3; answer:c2.
"""

from tests.core.judging import Bench, shared


def alone(**settings):
    return Bench({"a": shared(**settings)})


def with_one(**settings):
    return Bench({"a": shared("c2", **settings)})


def inside(bench, *people):
    for no in people:
        bench.table.tell(bench.write.move(-100, "in", no=no))
    return bench


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


# While a reader asks


def test_the_same_person_is_ignored_and_four_others_queue():
    bench = inside(with_one(), 0)
    bench.tap(0)
    assert bench.tap(0) == "" and bench.judge.ignored == 1
    assert [bench.tap(no) for no in (1, 2, 3, 4)] == [""] * 4 and bench.judge.ignored == 1
    assert bench.tap(5) == "" and bench.tap(2) == "" and bench.judge.ignored == 3
    assert bench.answer("c2") == "-0!:double_entrance +1 +2 +3 +4"
    assert bench.tap(5) == "+5"


def test_other_readers_go_on():
    bench = inside(with_one(), 0)
    bench.tap(0)
    assert bench.tap(1, reader="other") == "+1" and bench.tap(0, "out", reader="exit") == "+0"


def test_the_queue_goes_on_where_the_next_one_asks():
    bench = inside(with_one(), 0, 1)
    bench.tap(0)
    bench.tap(1)
    bench.tap(2)
    assert bench.answer("c2") == "-0!:double_entrance ask:c2"
    assert bench.tap(3) == ""
    assert bench.answer("c2") == "-1!:double_entrance +2 +3"


def test_who_queues_is_judged_after_who_came_before():
    bench = inside(with_one(capacity=2), 0, 9)
    bench.tap(0)
    bench.table.tell(bench.write.move(-5, "out", no=9))
    assert bench.tap(1) == bench.tap(2) == ""
    assert bench.answer("c2") == "-0!:double_entrance +1 ask:c2"
    assert bench.answer("c2") == "-2!:area_full"


def test_no_link_left_concludes_all_one_after_the_other():
    bench = inside(with_one(capacity=1, when_isolated="enforce", confirm_grants=False), 9)
    bench.tap(0, reader="one")
    bench.tap(1, reader="two")
    bench.table.tell(bench.write.move(-5, "out", no=9))
    words = bench.lose_link() + " " + bench.at(bench.now_ms + 1)
    assert words.strip() == "+0? -1?:area_full"


def test_two_questions_due_at_once_are_decided_one_after_the_other():
    bench = inside(with_one(capacity=1, when_isolated="enforce"), 9)
    bench.tap(0, reader="one")
    bench.tap(1, reader="two")
    bench.table.tell(bench.write.move(-5, "out", no=9))
    assert bench.at(300) == "+0? -1?:area_full"


def test_one_card_at_two_readers_of_one_board_enters_once():
    bench = with_one(confirm_grants=True, when_isolated="soft")
    bench.tap(0, reader="one")
    bench.tap(0, reader="two")
    words = bench.at(300)
    assert words.startswith("+0?") and bench.verdicts[1][1].violates == {"a": "double_entrance"}


# Deferred answers


def test_a_question_of_a_lower_stamp_makes_the_other_wait():
    bench = inside(with_one(), 0)
    bench.tap(0)
    own = bench.asked[0].stamp
    assert bench.is_answered("c2", own - 1, 0), "theirs came first"
    assert not bench.is_answered("c2", own + 1, 0)
    assert bench.is_answered("c2", own + 1, 5) and bench.is_answered("c2", own + 1, None), "about somebody else"
    assert bench.answer("c2") == "-0!:double_entrance answer:c2"


def test_equal_stamps_are_decided_by_name():
    bench = inside(with_one(), 0)
    bench.tap(0)
    assert not bench.is_answered("c2", bench.asked[0].stamp, 0)
    assert bench.is_answered("b9", bench.asked[0].stamp, 0)


def test_an_answer_waits_for_the_last_of_our_questions():
    bench = inside(with_one(), 0)
    bench.tap(0, reader="one")
    bench.tap(0, reader="two")
    assert not bench.is_answered("c2", bench.asked[1].stamp + 1, 0)
    assert bench.answer("c2", 0) == "-0!:double_entrance"
    assert "answer:c2" in bench.answer("c2", 1)


def test_without_a_verdict_nobody_waits_for_ever():
    bench = inside(with_one(), 0)
    bench.tap(0)
    bench.is_answered("c2", bench.asked[0].stamp + 1, 0)
    assert bench.at(300) == "+0? answer:c2"


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


# Counting


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


def test_nothing_is_left_behind():
    bench = inside(with_one(), 0)
    bench.tap(0)
    bench.tap(1)
    bench.is_answered("c2", bench.asked[0].stamp + 1, 0)
    bench.answer("c2")
    assert bench.judge.next_deadline_ms() is None and not bench.judge._questions and not bench.judge._deferred
