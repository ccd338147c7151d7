"""Two boards under one name: who gives way."""

from firmware.replica.namesake import Namesake


def test_an_echo_is_no_other_board():
    namesake = Namesake("a")
    assert not namesake.must_yield(5, 5, "a", 10**6) and not namesake.is_met()


def test_who_comes_later_gives_way_once():
    early, late = Namesake("a"), Namesake("b")
    late.link_changed(60000)
    assert not early.must_yield(5, 7, "b", 60100) and late.must_yield(7, 5, "a", 60200)
    for now_ms in range(60300, 200000, 5000):
        assert not early.must_yield(5, 8, "b", now_ms) and not late.must_yield(8, 5, "a", now_ms)
    assert early.is_met() and late.is_met()


def test_a_flapping_link_makes_no_new_incarnations():
    late = Namesake("b")
    yielded = 0
    for now_ms in range(60000, 600000, 20000):
        late.link_changed(now_ms)
        yielded += late.must_yield(7 + yielded, 5, "a", now_ms + 100)
    assert yielded == 1


def test_of_two_with_one_incarnation_that_a_network_brings_together_the_higher_id_gives_way():
    low, high = Namesake("a"), Namesake("b")
    yielded = []
    for now_ms in range(100000, 200000, 10000):
        if low.must_yield(5, 5, "b", now_ms):
            yielded.append(("a", now_ms))
        if high.must_yield(5, 5, "a", now_ms):
            yielded.append(("b", now_ms))
    assert yielded == [("b", 160000)]


def test_two_that_came_together_and_both_gave_way_to_one_incarnation_part_later():
    low, high = Namesake("a"), Namesake("b")
    assert low.must_yield(5, 5, "b", 100) and high.must_yield(5, 5, "a", 100)
    assert not low.must_yield(6, 6, "b", 30000) and not high.must_yield(6, 6, "a", 30000)
    assert not low.must_yield(6, 6, "b", 70000) and high.must_yield(6, 6, "a", 70000)


def test_who_writes_nothing_yet_gives_way_to_nobody():
    assert not Namesake("a").must_yield(0, 5, "b", 100)


def test_strangers_are_bounded():
    namesake = Namesake("z")
    for number in range(100):
        namesake.must_yield(5, 7, "h%d" % number, 100)
    assert len(namesake._met) == 8
