"""Monotonic time over the wraps of a board's ticks, which begin anew after twelve days."""

from firmware.hal.clock import Clock

PERIOD_MS = 1 << 30
DAY_MS = 86_400_000


class Ticks:
    """Ticks of a 32-bit MicroPython that starts shortly before they wrap."""

    def __init__(self):
        self.ms = PERIOD_MS - 1000

    def ticks_ms(self):
        return self.ms % PERIOD_MS

    def ticks_diff(self, later, earlier):
        return (later - earlier + PERIOD_MS // 2) % PERIOD_MS - PERIOD_MS // 2


def test_time_goes_on_over_several_wraps_also_when_it_is_asked_once_in_six_days():
    ticks = Ticks()
    clock, start_ms = Clock(ticks.ticks_ms, ticks.ticks_diff), ticks.ms
    for step_ms in (0, 1, 999, 1000, 6 * DAY_MS, 5 * DAY_MS, 6 * DAY_MS, 1, 6 * DAY_MS, 6 * DAY_MS, 6 * DAY_MS, PERIOD_MS // 2 - 1):
        ticks.ms += step_ms
        assert clock.now_ms() == ticks.ms - start_ms
    assert ticks.ms // PERIOD_MS >= 3


def test_without_ticks_of_its_own_it_has_those_of_the_interpreter():
    clock = Clock()
    assert 0 <= clock.now_ms() <= clock.now_ms() < 10_000
