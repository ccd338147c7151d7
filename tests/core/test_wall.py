"""Wall-clock time and its error."""

from firmware.core.wall import Wall

NOON_MS = 1767614400000


def test_a_new_clock_is_not_to_be_trusted():
    wall = Wall(500)
    assert not wall.is_trusted and wall.err_ms(500) == 60000
    assert wall.at_ms(1500) - wall.at_ms(500) == 1000


def test_a_synchronisation_is_trusted_and_ages():
    wall = Wall(0)
    wall.set(NOON_MS, 5000)
    assert wall.is_trusted and wall.at_ms(5000) == NOON_MS and wall.at_ms(6000) == NOON_MS + 1000
    assert [wall.err_ms(5000 + s * 1000) for s in (0, 9, 10, 3600)] == [100, 100, 101, 460]
    wall.set(NOON_MS + 7000, 10000, err_ms=60000)
    assert wall.at_ms(10000) == NOON_MS + 7000 and wall.err_ms(10000) == 60000


def test_an_estimate_never_turns_a_clock_back():
    wall = Wall(0)
    wall.estimate(NOON_MS, 1000)
    assert wall.at_ms(1000) == NOON_MS and not wall.is_trusted
    wall.estimate(NOON_MS - 5000, 1000)
    assert wall.at_ms(1000) == NOON_MS


def test_both_directions_agree():
    wall = Wall(0)
    wall.set(NOON_MS, 123456)
    for now_ms in (0, 123456, 10**9):
        assert wall.now_ms(wall.at_ms(now_ms)) == now_ms
