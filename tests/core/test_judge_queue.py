"""While a reader asks: who is ignored, who queues, who waits for our verdict.

Words: see tests/core/judging.py.
"""

from tests.core.judging import inside, with_one


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


def test_nothing_is_left_behind():
    bench = inside(with_one(), 0)
    bench.tap(0)
    bench.tap(1)
    bench.is_answered("c2", bench.asked[0].stamp + 1, 0)
    bench.answer("c2")
    assert bench.judge.next_deadline_ms() is None and not bench.judge._questions and not bench.judge._deferred
