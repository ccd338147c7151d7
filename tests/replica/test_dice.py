"""Dice: even enough, bounded, and the same from one seed everywhere."""

from firmware.replica.dice import Dice


def test_one_seed_gives_the_same_numbers_on_every_interpreter():
    dice = Dice("c1", 7)
    assert [dice.below(1000) for _ in range(6)] == [195, 636, 757, 831, 372, 958]


def test_numbers_are_below_the_limit_and_cover_it():
    dice = Dice("c2")
    drawn = [dice.below(10) for _ in range(1000)]
    assert min(drawn) == 0 and max(drawn) == 9 and all([60 < drawn.count(face) < 140 for face in range(10)])
    assert [dice.below(1) for _ in range(5)] == [0] * 5 and max([dice.below(16000) for _ in range(5000)]) < 16000


def test_neighbours_draw_differently():
    firsts = [Dice("c%d" % number).below(500) for number in range(64)]
    assert len(set(firsts)) > 45 and min(firsts) < 60 and max(firsts) > 440
    assert Dice("c1", 1).below(10000) != Dice("c1", 2).below(10000)
