"""An area in which nothing happens costs its broker hardly anything."""
from tools.bench.broker import IDLE_MAX, idle_rate
from tools.bench.hall import Hall, site


def test_an_idle_board_publishes_a_message_in_ten_seconds_at_most():
    hall = Hall(site(16, 4))
    rate = idle_rate(hall, 180)
    assert 1 / 75 < rate <= IDLE_MAX, "silent for 75 s counts as offline"
    assert hall.said(0), "they met"
