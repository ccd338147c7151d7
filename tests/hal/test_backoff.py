"""Waits grow to a limit, begin anew, and differ between boards."""

from firmware.hal.backoff import Backoff


def waits(seed, count):
    backoff = Backoff(seed)
    return [backoff.next_ms() for _ in range(count)]


def test_each_wait_is_at_most_twice_the_last_and_at_least_half_of_what_it_may_be():
    for seed in range(50):
        for wait_ms, most_ms in zip(waits(seed, 8), (1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000)):
            assert most_ms >> 1 <= wait_ms <= most_ms


def test_the_same_seed_gives_the_same_waits():
    assert waits(7, 20) == waits(7, 20)


def test_boards_do_not_come_back_together():
    for attempt in range(6):
        assert len({waits(seed, 6)[attempt] for seed in range(64)}) > 32


def test_success_begins_anew_with_short_waits():
    backoff = Backoff(1)
    for _ in range(6):
        backoff.next_ms()
    backoff.worked()
    assert backoff.next_ms() <= 1000
